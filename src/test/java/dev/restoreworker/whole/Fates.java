package dev.restoreworker.whole;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.restoreworker.whole.HostileRecords.Fate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What became of hostile records and of the good ones among them, as a reader of committed records
 * sees it. Of a hostile one it keeps no more than that it was seen, as what was expected.
 */
final class Fates implements AutoCloseable {

    private static final Pattern REASON = Pattern.compile("\"reason\" ?: ?\"([A-Z_]+)\"");
    private static final Pattern NUMBER = Pattern.compile("-(\\d+)$");

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<Fate> expected = new ArrayList<>();
    private final Map<Fate, Integer> seen = new EnumMap<>(Fate.class);
    private final Map<String, Long> createdAt = new HashMap<>();
    private final List<Boolean> found = new ArrayList<>();
    private int foundCount;
    private final List<String> faults = new ArrayList<>();

    Fates(String bootstrapServers) {
        consumer =
                new KafkaConsumer<>(
                        Map.of(
                                "bootstrap.servers",
                                bootstrapServers,
                                "isolation.level",
                                "read_committed",
                                "max.partition.fetch.bytes",
                                "4194304"),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
        var partitions =
                Stream.of(Events.CREATED, Events.FAILED, Events.DEAD)
                        .flatMap(topic -> consumer.partitionsFor(topic).stream())
                        .map(info -> new TopicPartition(info.topic(), info.partition()))
                        .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** The next number is sent, and this is to become of it. */
    void expect(Fate fate) {
        expected.add(fate);
        found.add(false);
    }

    long expected(Fate fate) {
        return expected.stream().filter(fate::equals).count();
    }

    long expectedSilent() {
        return expected(Fate.DUPLICATE) + expected(Fate.KNOWN_LETTER);
    }

    int seen(Fate fate) {
        return seen.getOrDefault(fate, 0);
    }

    int created() {
        return createdAt.size();
    }

    /** When the outcome of this good request was published. */
    long createdAt(String requestId) {
        return createdAt.getOrDefault(requestId, Long.MIN_VALUE);
    }

    /** Whatever was not as expected, at most a few of them. */
    List<String> faults() {
        return faults.stream().limit(20).toList();
    }

    /** Waits until there is an outcome for so many good ones, and for all that was expected. */
    void await(int good, Duration atMost, WorkerProcess worker) {
        Eventually.within(
                atMost,
                () ->
                        "%d of %d good, %s of %s, faults %s; its log ends:\n%s"
                                .formatted(
                                        created(),
                                        good,
                                        seen,
                                        expectedCounts(),
                                        faults(),
                                        tail(worker.log())),
                () -> {
                    for (var polled = consumer.poll(Duration.ofMillis(20));
                            !polled.isEmpty();
                            polled = consumer.poll(Duration.ofMillis(20))) {
                        polled.forEach(this::take);
                    }
                    if (!faults.isEmpty()) {
                        throw new AssertionError(faults());
                    }
                    return created() >= good && isAllSeen();
                });
    }

    private boolean isAllSeen() {
        return foundCount + expectedSilent() >= expected.size();
    }

    Map<Fate, Long> expectedCounts() {
        var counts = new EnumMap<Fate, Long>(Fate.class);
        expected.forEach(fate -> counts.merge(fate, 1L, Long::sum));
        return counts;
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        switch (record.topic()) {
            case Events.CREATED -> created(record);
            case Events.FAILED -> failed(record);
            default ->
                    count(
                            Integer.parseInt(header(record, HostileRecords.NUMBER)),
                            header(record, "dead-letter-reason"));
        }
    }

    private void created(ConsumerRecord<byte[], byte[]> record) {
        var id = new String(record.key(), UTF_8);
        if (createdAt.put(id, record.timestamp()) != null) {
            faults.add("two jobs for " + id);
        }
        if (id.contains("hostile") || id.contains("evil")) {
            faults.add("a job for " + id);
        }
    }

    private void failed(ConsumerRecord<byte[], byte[]> record) {
        var id = new String(record.key(), UTF_8);
        var number = NUMBER.matcher(id);
        var reason = REASON.matcher(new String(record.value(), UTF_8));
        if (number.find() && reason.find() && id.contains("hostile")) {
            count(Integer.parseInt(number.group(1)), reason.group(1));
        } else {
            faults.add("%s failed: %s".formatted(id, new String(record.value(), UTF_8)));
        }
    }

    private void count(int number, String reason) {
        if (!expected.get(number).name().equals(reason)) {
            faults.add("%d was to be %s and is %s".formatted(number, expected.get(number), reason));
        } else if (found.set(number, true)) {
            faults.add("%d is there twice".formatted(number));
        }
        foundCount++;
        seen.merge(Fate.valueOf(reason), 1, Integer::sum);
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    private static String tail(String log) {
        return log.substring(Math.max(0, log.length() - 3_000));
    }

    @Override
    public void close() {
        consumer.close();
    }
}
