package dev.restoreworker.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.sandbox.OutcomeWatch.Plan;
import dev.restoreworker.sandbox.Sample.Expectation.Ends;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real broker; the test answers in the worker's place. */
class OutcomeWatchTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    @TempDir static Path dir;

    private final List<Sample> samples = Samples.requestedAt(Instant.now());
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(printed, true, UTF_8);
    private final CompletableFuture<Integer> verdict = new CompletableFuture<>();
    private EmbeddedKafka kafka;

    @BeforeEach
    void start() throws Exception {
        kafka = EmbeddedKafka.start(Files.createTempDirectory(dir, "kafka"), 0);
        Topics.createIn(kafka);
    }

    @AfterEach
    void stop() {
        kafka.close();
    }

    @Test
    void samples_that_end_as_they_should_are_printed_and_judged_good() throws Exception {
        try (var _ = watch(LONG, true)) {
            var published = publishedRequests();
            samples.forEach(this::answerAsExpected);

            assertThat(verdict.get(30, TimeUnit.SECONDS)).isZero();
            assertThat(published)
                    .containsExactlyInAnyOrderElementsOf(
                            samples.stream().map(Sample::value).toList());
        }
        assertThat(lines().getFirst()).startsWith("REQUEST ");
        assertThat(lines()).filteredOn(line -> line.startsWith("sample-")).hasSize(11);
        assertThat(lines().getLast()).isEqualTo("All 12 samples ended as they should. Try this.");
    }

    @Test
    void an_outcome_that_is_not_the_right_one_is_named_and_judged_bad() throws Exception {
        try (var _ = watch(LONG, true)) {
            answer("sample-download", Outcome.failed("OUTCOME_UNKNOWN"));

            assertThat(verdict.get(30, TimeUnit.SECONDS)).isEqualTo(1);
        }
        assertThat(lines())
                .contains(
                        "  sample-download: expected job-created,"
                                + " saw [job-failed OUTCOME_UNKNOWN]");
    }

    @Test
    void an_outcome_that_does_not_come_is_named_when_time_is_over() throws Exception {
        try (var _ = watch(Duration.ofSeconds(2), true)) {
            samples.stream().skip(1).forEach(this::answerAsExpected);

            assertThat(verdict.get(30, TimeUnit.SECONDS)).isEqualTo(1);
        }
        assertThat(lines()).contains("  sample-download: expected job-created, saw nothing");
    }

    @Test
    void nothing_is_published_to_a_worker_that_does_not_become_ready() throws Exception {
        try (var _ = watch(Duration.ofMillis(300), false)) {
            assertThat(verdict.get(30, TimeUnit.SECONDS)).isEqualTo(1);
        }
        assertThat(lines()).contains("  The worker was not ready within PT0.3S");
        assertThat(recordsIn(Topics.REQUESTS)).isZero();
    }

    private OutcomeWatch watch(Duration waitMax, boolean ready) {
        var plan = new Plan(kafka.bootstrapServers(), samples, waitMax, "Try this.");
        return OutcomeWatch.start(plan, () -> ready, out, verdict::complete);
    }

    private List<String> lines() {
        return printed.toString(UTF_8).lines().toList();
    }

    private void answerAsExpected(Sample sample) {
        if (sample.expectation() instanceof Ends(var outcome)) {
            answer(sample.requestId(), outcome);
        }
    }

    private void answer(String requestId, Outcome outcome) {
        var event = new ProducerRecord<>(topicOf(outcome), requestId, dataOf(outcome));
        event.headers()
                .add(
                        "ce_type",
                        "dev.restoreworker.%s.v1".formatted(outcome.event()).getBytes(UTF_8))
                .add("dead-letter-reason", outcome.reason().getBytes(UTF_8));
        Map<String, Object> settings = Map.of("bootstrap.servers", kafka.bootstrapServers());
        try (var producer =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            var _ = producer.send(event);
        }
    }

    private static String topicOf(Outcome outcome) {
        return outcome.event().equals(Outcome.DEAD_LETTER)
                ? "restore-requests-dead-letter"
                : "restore-" + outcome.event();
    }

    private static String dataOf(Outcome outcome) {
        return outcome.reason().isEmpty()
                ? "{\"jobId\": \"6712a4b0c3d5e6f708192a3b\"}"
                : "{\"reason\": \"%s\"}".formatted(outcome.reason());
    }

    private long recordsIn(String topic) {
        Map<String, Object> settings = Map.of("bootstrap.servers", kafka.bootstrapServers());
        try (var consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            var partitions =
                    consumer.partitionsFor(topic).stream()
                            .map(info -> new TopicPartition(topic, info.partition()))
                            .toList();
            consumer.assign(partitions);
            return consumer.endOffsets(partitions).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
        }
    }

    private List<String> publishedRequests() {
        var values = new ArrayList<String>();
        Map<String, Object> settings =
                Map.of(
                        "bootstrap.servers", kafka.bootstrapServers(),
                        "group.id", "test",
                        "auto.offset.reset", "earliest");
        var until = Instant.now().plus(LONG);
        try (var consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(Topics.REQUESTS));
            while (values.size() < samples.size() && Instant.now().isBefore(until)) {
                consumer.poll(Duration.ofMillis(200)).forEach(each -> values.add(each.value()));
            }
        }
        return values;
    }
}
