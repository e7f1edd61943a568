package dev.restoreworker.whole;

import static dev.restoreworker.whole.RequestJson.download;
import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.sandbox.atlas.SimulatorOptions;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The worker is killed again and again, and each request still gets its one job. */
class RelayKillIT {

    private static final int REQUESTS = 1_500;
    private static final int KILLS = 5;
    private static final int EVENTS_BETWEEN_KILLS = REQUESTS / (KILLS + 2);

    /** No claim on how fast it is: a slow day must pass. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @TempDir private Path folder;

    @Test
    void a_worker_that_is_killed_again_and_again_publishes_each_outcome_once() {
        var options = SimulatorOptions.defaults().withLatency(Duration.ofMillis(20));
        try (var around = EmbeddedSurroundings.start(folder, options);
                var events = Events.outcomes(around.bootstrapServers())) {
            IntStream.range(0, REQUESTS)
                    .forEach(i -> around.send(download("kill-" + i, "%024x".formatted(i + 1))));
            around.flush();
            var resumed = 0;
            for (var kill = 0; kill < KILLS; kill++) {
                try (var worker = WorkerProcess.start(folder, environment(around))) {
                    awaitMore(events, EVENTS_BETWEEN_KILLS, worker);
                    worker.kill();
                    resumed += worker.log().contains("published by an earlier relay") ? 1 : 0;
                }
            }

            try (var worker = WorkerProcess.start(folder, environment(around)).awaitReady()) {
                awaitAll(events, around, worker);
                resumed += worker.log().contains("published by an earlier relay") ? 1 : 0;
                assertThat(worker.log()).doesNotContain("ALARM");
                assertThat(worker.get("/q/metrics").body()).contains("restore_relay_alarm 0.0");
                assertThat(worker.terminate()).isIn(0, 143);
            }

            assertThat(around.atlas.books().jobs())
                    .extracting(job -> job.order().snapshotId())
                    .as("each request names a snapshot of its own")
                    .hasSize(REQUESTS)
                    .doesNotHaveDuplicates();
            assertThat(kinds(events))
                    .as("those who were killed are known to be dead, and nothing stays unknown")
                    .isEqualTo(Map.of(Events.CREATED, (long) REQUESTS));
            System.out.printf(
                    "kills: %d, of which between a commit and its note %d; outcomes %s%n",
                    KILLS, resumed, kinds(events));
            try (var anew = Events.outcomes(around.bootstrapServers())) {
                Eventually.within(
                        Duration.ofSeconds(30),
                        () -> "all is read anew",
                        () -> anew.all().size() >= REQUESTS);
                assertThat(counted(anew)).hasSize(REQUESTS);
                assertThat(counted(anew).values()).as("events of one request").containsOnly(1L);
            }
        }
    }

    /** Short times, so that calls that a kill cut off are decided within seconds. */
    private static Map<String, String> environment(Surroundings around) {
        var environment = around.hastyEnvironment();
        environment.put("RESTORE_IN_FLIGHT", "8"); // so that there is enough left for each kill
        environment.put("RESTORE_RELAY_LEASE", "1s");
        environment.put("RESTORE_RELAY_BATCH", "10"); // many commits, and so many chances
        return environment;
    }

    /** Or until all are there: on a slow day many come while a worker is killed. */
    private static void awaitMore(Events events, int count, WorkerProcess worker) {
        var before = events.all().size();
        Eventually.within(
                PATIENCE,
                () -> count + " more events; its log:\n" + worker.log(),
                () -> events.all().size() >= Math.min(before + count, REQUESTS));
    }

    /** Until each request has an outcome, and nothing is left to be published. */
    private static void awaitAll(Events events, Surroundings around, WorkerProcess worker) {
        Eventually.within(
                PATIENCE,
                () -> "all outcomes, but %s; its log:\n%s".formatted(kinds(events), worker.log()),
                () -> counted(events).size() >= REQUESTS && left(around) == 0);
    }

    private static int left(Surroundings around) {
        try (var connection = around.connection();
                var statement = connection.createStatement();
                var row = statement.executeQuery("select count(*) from outbox")) {
            row.next();
            return row.getInt(1);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static Map<String, Long> counted(Events events) {
        return events.all().stream()
                .collect(Collectors.groupingBy(Events.Event::key, Collectors.counting()));
    }

    private static Map<String, Long> kinds(Events events) {
        return events.all().stream()
                .collect(
                        Collectors.groupingBy(
                                event ->
                                        event.topic().equals(Events.FAILED)
                                                ? event.data().get("reason").asText()
                                                : event.topic(),
                                TreeMap::new,
                                Collectors.counting()));
    }
}
