package dev.restoreworker.whole;

import static dev.restoreworker.whole.RequestJson.download;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.sandbox.atlas.SimulatorOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dead letters, replayed with the production jar by an operator who may lose patience. */
class ReplayIT {

    private static final int MANY = 400;
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Map<String, String> STRANGE_EVENT =
            Map.of(
                    "ce_specversion", "1.0",
                    "ce_id", "1",
                    "ce_source", "/dr",
                    "ce_type", "com.example.restore");

    @TempDir private Path folder;
    private Surroundings around;

    @BeforeEach
    void start() {
        around = EmbeddedSurroundings.start(folder, SimulatorOptions.defaults());
    }

    @AfterEach
    void end() {
        around.close();
    }

    @Test
    void a_dead_letter_whose_cause_is_mended_becomes_a_job() {
        try (var events = Events.outcomes(around.bootstrapServers())) {
            try (var worker = WorkerProcess.start(folder, around.environment()).awaitReady()) {
                around.send("k", download("replayed-1"), STRANGE_EVENT);
                events.on(Events.DEAD, 1);
                assertThat(replay("UNKNOWN_TYPE")).contains("1 would be replayed", "--execute");
                assertThat(replay("UNKNOWN_TYPE", "--execute"))
                        .contains("replayed-1", "1 replayed to");

                var again = events.on(Events.DEAD, 2).getLast(); // for the same reason
                assertThat(again.header("replayed-from")).isEqualTo(Events.DEAD + "/0/0");
                assertThat(worker.terminate()).isIn(0, 143);
            }
            var mended = around.environment();
            mended.put("RESTORE_EVENTS_REQUEST_TYPES", "com.example.restore");

            try (var _ = WorkerProcess.start(folder, mended).awaitReady()) {
                assertThat(replay("UNKNOWN_TYPE", "--execute"))
                        .contains("1 replayed to", "1 were replayed before");

                var created = events.only("replayed-1");
                assertThat(created.topic()).isEqualTo(Events.CREATED);
                assertThat(replayedFrom()).hasSize(2).doesNotHaveDuplicates();
            }
        }
    }

    @Test
    void a_replay_that_is_killed_again_and_again_publishes_each_record_once() {
        try (var worker = WorkerProcess.start(folder, around.environment()).awaitReady();
                var events = Events.outcomes(around.bootstrapServers())) {
            var before = events.all().size();
            IntStream.range(0, MANY).forEach(i -> around.send("{\"n\":" + i + "}"));
            around.flush();
            Eventually.within(SOON, worker::log, () -> events.all().size() >= before + MANY);
            worker.terminate();
        }
        var args = command("NO_ID", "--execute", "--rate", "100");
        for (var kill = 0; kill < 2; kill++) {
            try (var replay = CommandProcess.start(folder, environment(), args)) {
                awaitLine(replay);
                replay.kill();
            }
        }
        try (var replay = CommandProcess.start(folder, environment(), args)) {
            awaitLine(replay);
            assertThat(replay.terminate()).isEqualTo(143);
            assertThat(replay.said()).contains("It was stopped", " replayed to");
        }

        assertThat(replay("NO_ID", "--execute", "--rate", "1000"))
                .doesNotContain(" 0 were replayed");

        assertThat(replayedFrom()).hasSize(MANY).doesNotHaveDuplicates();
        assertThat(replay("NO_ID", "--execute")).contains("0 replayed to", MANY + " were replayed");
    }

    @Test
    void the_settings_are_read_where_the_worker_reads_them() throws IOException {
        var elsewhere = folder.resolve("elsewhere");
        Files.writeString(
                Files.createDirectories(elsewhere.resolve("config"))
                        .resolve("application.properties"),
                "kafka.bootstrap.servers=%s\nrestore.topics.dead-letter=nowhere\n"
                        .formatted(around.bootstrapServers()));

        try (var list = CommandProcess.start(elsewhere, Map.of(), "dead-letters", "list")) {
            assertThat(list.await()).isEqualTo(1);
            assertThat(list.said()).contains("There is no topic nowhere");
        }
    }

    private static void awaitLine(CommandProcess replay) {
        Eventually.within(SOON, replay::said, () -> replay.said().contains("NO_ID"));
    }

    /** What the command said, which ended well. */
    private String replay(String reason, String... options) {
        try (var replay = CommandProcess.start(folder, environment(), command(reason, options))) {
            assertThat(replay.await()).as(replay.said()).isZero();
            return replay.said();
        }
    }

    private static String[] command(String reason, String... options) {
        var args = new ArrayList<>(List.of("dead-letters", "replay", "--reason", reason));
        args.addAll(List.of(options));
        return args.toArray(String[]::new);
    }

    private Map<String, String> environment() {
        return Map.of("KAFKA_BOOTSTRAP_SERVERS", around.bootstrapServers());
    }

    /** Where the records come from that were replayed and committed. */
    private List<String> replayedFrom() {
        try (var consumer =
                new KafkaConsumer<>(
                        Map.<String, Object>of(
                                "bootstrap.servers",
                                around.bootstrapServers(),
                                "isolation.level",
                                "read_committed"),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            var partitions =
                    consumer.partitionsFor(Surroundings.REQUESTS).stream()
                            .map(info -> new TopicPartition(info.topic(), info.partition()))
                            .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            var found = new ArrayList<String>();
            while (partitions.stream()
                    .anyMatch(it -> consumer.position(it) < ends.getOrDefault(it, 0L))) {
                for (var record : consumer.poll(Duration.ofMillis(50))) {
                    var from = record.headers().lastHeader("replayed-from");
                    if (from != null) {
                        found.add(new String(from.value(), UTF_8));
                    }
                }
            }
            return found;
        }
    }
}
