package dev.restoreworker.whole;

import static dev.restoreworker.whole.RequestJson.download;
import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.sandbox.atlas.AtlasSimulator;
import dev.restoreworker.sandbox.atlas.Fault;
import dev.restoreworker.sandbox.atlas.SimulatorOptions;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the worker needs goes away and comes back. */
class OutageIT {

    @TempDir private static Path folder;
    private static EmbeddedSurroundings around;

    @BeforeAll
    static void start() {
        around = EmbeddedSurroundings.start(folder, SimulatorOptions.defaults());
    }

    @AfterAll
    static void end() {
        around.close();
    }

    @Test
    void a_database_that_is_down_pauses_the_channel_and_loses_nothing() {
        try (var worker = WorkerProcess.start(folder, around.environment()).awaitReady();
                var events = Events.outcomes(around.bootstrapServers())) {
            around.send(null, download("before-outage"), Map.of());
            events.only("before-outage");

            around.postgres.stop();
            for (var i = 0; i < 50; i++) {
                around.send(download("during-outage-" + i, "%024x".formatted(i)));
            }
            around.flush();
            Eventually.within(
                    Duration.ofSeconds(30),
                    () -> "the outage is told: " + worker.log(),
                    () -> worker.log().contains("WARN"));
            around.postgres.start();

            for (var i = 0; i < 50; i++) {
                assertThat(events.only("during-outage-" + i).topic()).isEqualTo(Events.CREATED);
            }
            assertThat(around.atlas.books().jobs().stream().map(job -> job.order().snapshotId()))
                    .as("one job for each request, by its snapshot")
                    .filteredOn(snapshot -> snapshot != null && snapshot.startsWith("0000"))
                    .hasSize(50)
                    .doesNotHaveDuplicates();
            assertThat(worker.get("/q/health/live").statusCode()).isEqualTo(200);
            assertThat(worker.terminate()).isIn(0, 143);
        }
    }

    @Test
    void paused_sending_takes_requests_in_and_a_restart_sends_them() {
        var environment = around.environment();
        environment.put("RESTORE_SENDING", "paused");
        var creates = around.atlas.books().summary().creates();
        try (var paused = WorkerProcess.start(folder, environment).awaitReady()) {
            around.send(null, download("paused-1"), Map.of());
            Eventually.within(
                    Duration.ofSeconds(30),
                    () -> "it is known to wait: " + paused.restore("paused-1").body(),
                    () -> paused.restore("paused-1").body().contains("sending-paused"));
            assertThat(around.atlas.books().summary().creates()).isEqualTo(creates);
            assertThat(paused.terminate()).isIn(0, 143);
        }

        try (var sending = WorkerProcess.start(folder, around.environment()).awaitReady();
                var events = Events.outcomes(around.bootstrapServers())) {
            assertThat(events.only("paused-1").topic()).isEqualTo(Events.CREATED);
            assertThat(sending.terminate()).isIn(0, 143);
        }
    }

    @Test
    void going_down_gives_back_what_was_not_sent_and_waits_for_what_was() {
        var slow = SimulatorOptions.defaults().withLatency(Duration.ofSeconds(1));
        try (var atlas = AtlasSimulator.start(slow.withPort(0), Clock.systemUTC());
                var events = Events.outcomes(around.bootstrapServers())) {
            var environment = around.environment();
            environment.put("ATLAS_URL", atlas.url().toString());
            environment.put("RESTORE_IN_FLIGHT", "20");
            try (var first = WorkerProcess.start(folder, environment).awaitReady()) {
                for (var i = 0; i < 100; i++) {
                    around.send(download("going-down-" + i, "%024x".formatted(1_000 + i)));
                }
                around.flush();
                Eventually.within(
                        Duration.ofSeconds(30),
                        () -> "calls are out",
                        () -> atlas.books().summary().creates() >= 10);
                assertThat(first.terminate()).isIn(0, 143);
            }
            assertThat(atlas.books().summary().creates()).as("calls of the first").isLessThan(100);

            try (var second = WorkerProcess.start(folder, environment).awaitReady()) {
                for (var i = 0; i < 100; i++) {
                    assertThat(events.only("going-down-" + i).topic()).isEqualTo(Events.CREATED);
                }
                assertThat(second.terminate()).isIn(0, 143);
            }
            assertThat(atlas.books().summary().creates()).isEqualTo(100);
            assertThat(atlas.books().jobs()).hasSize(100);
        }
    }

    @Test
    void an_atlas_that_cannot_be_reached_is_waited_for() {
        var environment = around.environment();
        environment.put("RESTORE_DELAY_MIN", "100ms");
        environment.put("RESTORE_DELAY_MAX", "200ms");
        environment.put("RESTORE_PATIENCE", "3s");
        environment.put("ATLAS_URL", "http://localhost:1");
        try (var worker = WorkerProcess.start(folder, environment).awaitReady();
                var events = Events.outcomes(around.bootstrapServers())) {
            around.send(null, download("unreachable-1"), Map.of());

            var data = events.only("unreachable-1").data();

            assertThat(data.get("reason").asText()).isEqualTo("ATLAS_UNAVAILABLE");
            assertThat(data.get("attempts")).isEmpty();
            assertThat(worker.get("/q/metrics").body())
                    .as("what provably was not sent is tried again")
                    .containsPattern("ft_retry_retries_total\\{[^}]*read[^}]*} [1-9]");
            assertThat(worker.terminate()).isIn(0, 143);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "RESTORE_TARGETS_PROTECTD, */production, RESTORE_TARGETS_PROTECTD",
        "RESTORE_LEASE, 10s, restore.lease",
        "RESTORE_OPERATOR_TOKEN, file:/no/such/file, restore.operator.token",
        "ATLAS_CREDENTIALS_DEFAULT_PRIVATE_KEY, file:/no/such/file, atlas.credentials.default.private-key",
        "ATLAS_URL, http://atlas.example.com, atlas.url",
        "MP_MESSAGING_INCOMING_RESTORE_REQUESTS_ISOLATION_LEVEL, read_uncommitted, isolation.level"
    })
    void settings_that_would_break_a_promise_stop_the_worker_by_name(
            String variable, String value, String named) {
        var environment = around.environment();
        environment.put(variable, value);
        try (var worker = WorkerProcess.start(folder, environment)) {
            assertThat(worker.awaitEnd(Duration.ofSeconds(60))).isNotZero();
            assertThat(worker.log()).contains(named);
        }
    }

    @Test
    void a_database_that_may_forget_stops_the_worker() {
        around.execute("alter database postgres set synchronous_commit = off");
        try (var worker = WorkerProcess.start(folder, around.environment())) {
            assertThat(worker.awaitEnd(Duration.ofSeconds(60))).isNotZero();
            assertThat(worker.log()).contains("synchronous_commit");
        } finally {
            around.execute("alter database postgres reset synchronous_commit");
        }
    }

    @Test
    void an_atlas_that_fails_is_left_alone_for_a_while_and_no_job_is_made_twice() {
        try (var atlas =
                        AtlasSimulator.start(
                                SimulatorOptions.defaults().withPort(0), Clock.systemUTC());
                var events = Events.outcomes(around.bootstrapServers())) {
            var environment = around.hastyEnvironment();
            environment.put("ATLAS_URL", atlas.url().toString());
            environment.put("RESTORE_DELAY_MIN", "1s");
            environment.put("RESTORE_IN_FLIGHT", "1");
            try (var worker = WorkerProcess.start(folder, environment).awaitReady()) {
                atlas.faults().plan(new Fault.CannedAnswer(500, Map.of(), ""), 20);
                for (var i = 0; i < 60; i++) {
                    around.send(download("failing-" + i, "%024x".formatted(2_000 + i)));
                }
                around.flush();
                Eventually.within(
                        Duration.ofSeconds(60),
                        () -> "the breaker is open, and the worker ready: " + worker.log(),
                        () ->
                                worker.isReady()
                                        && worker.get("/q/health/ready")
                                                .body()
                                                .matches(
                                                        "(?s).*\"breaker-create\"\\s*:\\s*\"open\".*"));

                var topics =
                        IntStream.range(0, 60)
                                .mapToObj(i -> events.only("failing-" + i).topic())
                                .collect(Collectors.groupingBy(it -> it, Collectors.counting()));

                assertThat(topics).isEqualTo(Map.of(Events.CREATED, 60L));
                assertThat(atlas.books().summary().creates()).as("those that failed").isEqualTo(80);
                assertThat(atlas.books().jobs()).hasSize(60);
                assertThat(worker.get("/q/metrics").body())
                        .as("the breaker opened")
                        .containsPattern("ft_circuitbreaker_opened_total\\{[^}]*} [1-9]")
                        .containsPattern("restore_atlas_breaker\\{[^}]*create[^}]*} 0");
                assertThat(worker.terminate()).isIn(0, 143);
            }
        }
    }

    @Test
    void a_clock_that_is_wrong_pauses_sending_until_it_is_right() {
        var ahead = new AtomicReference<>(Duration.ofMinutes(2));
        try (var atlas =
                        AtlasSimulator.start(
                                SimulatorOptions.defaults().withPort(0),
                                () -> Clock.systemUTC().instant().plus(ahead.get()));
                var events = Events.outcomes(around.bootstrapServers())) {
            var environment = around.hastyEnvironment();
            environment.put("ATLAS_URL", atlas.url().toString());
            try (var worker = WorkerProcess.start(folder, environment).awaitReady()) {
                around.send(null, download("skewed-1"), Map.of());
                Eventually.within(
                        Duration.ofSeconds(60),
                        () -> "it is known to wait: " + worker.restore("skewed-1").body(),
                        () -> worker.restore("skewed-1").body().contains("sending-paused"));
                assertThat(worker.log()).containsOnlyOnce("ALARM: nothing is sent");
                assertThat(worker.get("/q/metrics").body())
                        .containsPattern("restore_clock_paused(\\{[^}]*})? 1");
                assertThat(worker.isReady()).isTrue();
                assertThat(atlas.books().jobs()).isEmpty();

                ahead.set(Duration.ZERO);
                assertThat(events.only("skewed-1").topic()).isEqualTo(Events.CREATED);
                assertThat(worker.log()).contains("Sending goes on");
                assertThat(worker.terminate()).isIn(0, 143);
            }
        }
    }
}
