package dev.restoreworker.sandbox;

import static java.lang.System.Logger.Level.ERROR;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Publishes the samples once the worker is ready, and prints what becomes of every request, whoever
 * published it. When all samples have their outcomes, or time is over, it says once whether they
 * are the right ones, and goes on printing.
 */
final class OutcomeWatch implements AutoCloseable {
    /**
     * What the watch is told.
     *
     * @param samples none, if nothing is to be published and judged
     * @param waitMax how long the worker may take to be ready, and then to decide the samples
     * @param hint the line that says what to try next
     */
    record Plan(String bootstrapServers, List<Sample> samples, Duration waitMax, String hint) {}

    private static final System.Logger LOG = System.getLogger(OutcomeWatch.class.getName());
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration CLOSE_MAX = Duration.ofSeconds(10);

    /** An outcome too many, for the sample that is published twice, would come in by then. */
    private static final Duration QUIET = Duration.ofSeconds(1);

    private final Plan plan;
    private final BooleanSupplier workerReady;
    private final PrintStream out;
    private final IntConsumer verdict;
    private final InstantSource clock = InstantSource.system();
    private final SampleCheck check;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<String, Instant> publishedAt = new HashMap<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "sandbox-outcomes");
    private Instant lastSeen = Instant.MIN;

    private OutcomeWatch(
            Plan plan, BooleanSupplier workerReady, PrintStream out, IntConsumer verdict) {
        this.plan = plan;
        this.workerReady = workerReady;
        this.out = out;
        this.verdict = verdict;
        check = new SampleCheck(plan.samples());
        consumer =
                new KafkaConsumer<>(
                        Map.of(
                                "bootstrap.servers", plan.bootstrapServers(),
                                "isolation.level", "read_committed",
                                "auto.offset.reset", "earliest",
                                "enable.auto.commit", "false"),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
    }

    /**
     * @param verdict is told 0 if every sample ended as it should, else 1; never if there are none
     */
    static OutcomeWatch start(
            Plan plan, BooleanSupplier workerReady, PrintStream out, IntConsumer verdict) {
        var watch = new OutcomeWatch(plan, workerReady, out, verdict);
        watch.thread.start();
        return watch;
    }

    @Override
    public void close() {
        closing.countDown();
        consumer.wakeup();
        try {
            thread.join(CLOSE_MAX);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try (consumer) {
            assignAll();
            if (awaitWorker()) {
                publish();
                out.println(OutcomeTable.header());
                judge(clock.instant().plus(plan.waitMax()));
            } else {
                conclude(List.of("The worker was not ready within " + plan.waitMax()));
            }
            while (isOpen()) {
                show();
            }
        } catch (WakeupException _) {
            // close() ends a poll that way
        } catch (RuntimeException e) {
            LOG.log(ERROR, "No more outcomes will be shown", e);
            conclude(List.of("The table of outcomes broke down: " + e));
        }
    }

    private boolean isOpen() {
        return closing.getCount() > 0;
    }

    private void assignAll() {
        var partitions =
                Topics.OUTCOMES.stream()
                        .flatMap(topic -> consumer.partitionsFor(topic).stream())
                        .map(info -> new TopicPartition(info.topic(), info.partition()))
                        .toList();
        consumer.assign(partitions);
    }

    /** False if time is over first; true also when the watch is closed, which ends the rest. */
    private boolean awaitWorker() {
        var until = clock.instant().plus(plan.waitMax());
        while (isOpen() && !workerReady.getAsBoolean()) {
            if (clock.instant().isAfter(until)) {
                return false;
            }
            pause();
        }
        return true;
    }

    private void pause() {
        try {
            if (closing.await(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new WakeupException();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Nobody interrupts this thread", e);
        }
    }

    private void publish() {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", plan.bootstrapServers(), "acks", "all");
        try (var producer =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            for (var sample : plan.samples()) {
                publishedAt.putIfAbsent(sample.requestId(), clock.instant());
                var _ =
                        producer.send(
                                new ProducerRecord<>(
                                        Topics.REQUESTS, sample.requestId(), sample.value()),
                                (_, failure) -> warnIf(failure, sample));
            }
        }
    }

    private static void warnIf(@Nullable Exception failure, Sample sample) {
        if (failure != null) {
            LOG.log(ERROR, sample.requestId() + " was not published", failure);
        }
    }

    private void judge(Instant until) {
        while (isOpen() && !plan.samples().isEmpty()) {
            show();
            var faults = check.faults();
            if (!faults.isEmpty() || isQuiet() || clock.instant().isAfter(until)) {
                conclude(Stream.concat(faults.stream(), check.missing().stream()).toList());
                return;
            }
        }
    }

    private boolean isQuiet() {
        return check.missing().isEmpty() && clock.instant().isAfter(lastSeen.plus(QUIET));
    }

    private void show() {
        for (var each : consumer.poll(POLL)) {
            var event = SeenEvent.of(each);
            var now = clock.instant();
            out.println(OutcomeTable.row(event, time(event, now)));
            check.see(event);
            lastSeen = now;
        }
    }

    private String time(SeenEvent event, Instant now) {
        var published = publishedAt.get(event.requestId());
        return published == null
                ? OutcomeTable.clock(now.atZone(ZoneId.systemDefault()).toLocalTime())
                : OutcomeTable.since(Duration.between(published, now));
    }

    private void conclude(List<String> complaints) {
        if (complaints.isEmpty()) {
            out.printf(
                    "All %d samples ended as they should. %s%n",
                    plan.samples().size(), plan.hint());
        } else {
            out.println("Not all samples ended as they should:");
            complaints.forEach(line -> out.println("  " + line));
        }
        verdict.accept(complaints.isEmpty() ? 0 : 1);
    }
}
