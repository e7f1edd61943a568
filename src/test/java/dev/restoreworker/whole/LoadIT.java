package dev.restoreworker.whole;

import static dev.restoreworker.whole.RequestJson.download;
import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.sandbox.atlas.SimulatorOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many requests at once. Correctness is asserted; speed is printed, as it is the machine's too.
 * {@code -Dload.jobs=} runs more of them.
 */
class LoadIT {

    private static final String FAST = "-XX:+TieredCompilation";
    private static final int JOBS = Integer.getInteger("load.jobs", 5_000);
    private static final int WARM_UP = 500;
    private static final Duration LATENCY = Duration.ofMillis(20);
    private static final Duration LONG = Duration.ofHours(1);

    @TempDir private Path folder;

    @Test
    void two_hundred_in_flight_cost_one_create_call_a_job() {
        var options =
                SimulatorOptions.defaults()
                        .withLatency(LATENCY)
                        .withLifecycle(LONG, LONG, LONG); // what becomes of jobs is another matter
        try (var around = EmbeddedSurroundings.start(folder, options);
                var worker = WorkerProcess.start(folder, around.environment(), FAST).awaitReady();
                var events = Events.outcomes(around.bootstrapServers())) {
            send(around, "warm-up", WARM_UP);
            events.on(Events.CREATED, WARM_UP);
            var commitsBefore = commits(worker);
            var start = System.nanoTime();

            send(around, "load", JOBS);
            var created = events.on(Events.CREATED, WARM_UP + JOBS);

            var seconds = (System.nanoTime() - start) / 1e9;
            var commits = commits(worker) - commitsBefore;
            var summary = around.atlas.books().summary();
            System.out.printf(
                    "load: %d jobs, %.0f jobs/s, %.3f commits a job, %.3f creates a job, %d challenges for %d nonces%n",
                    JOBS,
                    JOBS / seconds,
                    commits / JOBS,
                    summary.creates() / (double) (WARM_UP + JOBS),
                    summary.challenges(),
                    summary.nonces());
            assertThat(summary.creates()).as("create calls, one a job").isEqualTo(WARM_UP + JOBS);
            assertThat(summary.challenges())
                    .as("one challenge a nonce")
                    .isEqualTo(summary.nonces());
            assertThat(summary.staleChallenges()).isZero();
            var jobs = new HashSet<String>();
            around.atlas.books().jobs().forEach(job -> jobs.add(job.id()));
            assertThat(created.stream().map(event -> event.data().get("jobId").asText()))
                    .doesNotHaveDuplicates()
                    .allMatch(jobs::contains);
            assertThat(created.stream().map(Events.Event::key).collect(Collectors.toSet()))
                    .hasSize(WARM_UP + JOBS);
            assertThat(worker.terminate()).isIn(0, 143);
        }
    }

    private static void send(Surroundings around, String prefix, int count) {
        for (var i = 0; i < count; i++) {
            around.send(download(prefix + "-" + i, "%024x".formatted(i)));
        }
        around.flush();
    }

    /** Transactions of the ledger that wrote something, as the worker counts them. */
    private static double commits(WorkerProcess worker) {
        return worker.get("/q/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("restore_ledger_commits_total"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
