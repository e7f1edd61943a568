package dev.restoreworker.whole;

import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.contract.Schemas;
import dev.restoreworker.sandbox.atlas.RestoreJob;
import dev.restoreworker.sandbox.atlas.SimulatorOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A project whose downloads wait by the thousand keeps no other project's from going on. How much
 * longer the others' first jobs take is printed, as it is the machine's too. {@code
 * -Dfair.waiting=} has more of them wait, {@code -Dfair.probes=} asks more often.
 */
class FairQueueIT {

    private static final int SLOTS = 2;
    private static final int WAITING = Integer.getInteger("fair.waiting", 10_000);
    private static final int PROBES = Integer.getInteger("fair.probes", 40);
    private static final int WARM_UP = 100;
    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration AT_MOST = Duration.ofMinutes(3); // a time-out, and no claim
    private static final String CROWDED = project(0);

    @TempDir private Path folder;
    private int probes;

    @Test
    void a_crowd_that_waits_in_one_project_keeps_no_other_waiting() {
        var options = SimulatorOptions.defaults().withLifecycle(LONG, LONG, LONG);
        try (var around = EmbeddedSurroundings.start(folder, options)) {
            var environment = around.environment();
            environment.put("RESTORE_QUOTA_DOWNLOADS_PER_PROJECT", Integer.toString(SLOTS));
            try (var worker = WorkerProcess.start(folder, environment).awaitReady()) {
                probe(around, WARM_UP);
                var alone = median(probe(around, PROBES));
                crowd(around, worker);

                var beside = median(probe(around, PROBES));

                System.out.printf(
                        "fair: a project's first job takes %d ms, and beside %d that wait %d ms, ratio %.2f%n",
                        alone.toMillis(),
                        WAITING,
                        beside.toMillis(),
                        beside.toMillis() / (double) alone.toMillis());
                assertThat(waiting(worker)).isEqualTo(WAITING);
                assertThat(around.atlas.books().jobs(CROWDED, "orders")).hasSize(SLOTS);
                assertThat(beside).as("far from their turn").isLessThan(alone.multipliedBy(5));
            }
        }
    }

    /** Returns when all of them wait. */
    private static void crowd(Surroundings around, WorkerProcess worker) {
        for (var i = 0; i < WAITING + SLOTS; i++) {
            around.send(download("crowd-" + i, CROWDED, i));
        }
        around.flush();
        Eventually.within(
                AT_MOST,
                () -> "all wait, but " + waiting(worker),
                () -> waiting(worker) == WAITING);
    }

    private static int waiting(WorkerProcess worker) {
        return Schemas.json(worker.get("/projects/" + CROWDED).body()).at("/queue/length").asInt();
    }

    /** How long it takes each of so many projects, one after the other, to get its first job. */
    private List<Duration> probe(Surroundings around, int count) {
        var taken = new ArrayList<Duration>();
        for (var i = 0; i < count; i++) {
            var project = project(++probes);
            var sentAt = Instant.now();
            around.send(download("probe-" + probes, project, 0));
            around.flush();
            Eventually.within(
                    AT_MOST, () -> project + " has a job", () -> !jobs(around, project).isEmpty());
            taken.add(Duration.between(sentAt, jobs(around, project).getFirst().createdAt()));
        }
        return taken;
    }

    private static List<RestoreJob> jobs(Surroundings around, String project) {
        return around.atlas.books().jobs(project, "orders");
    }

    private static Duration median(List<Duration> taken) {
        return taken.stream().sorted().skip(taken.size() / 2).findFirst().orElseThrow();
    }

    private static String project(int number) {
        return "5e2211c17a3e5a48f549%04x".formatted(number);
    }

    private static String download(String id, String project, int snapshot) {
        return """
               {"requestId": "%s", "projectId": "%s", "clusterName": "orders",
                "deliveryType": "download", "snapshotId": "%024x"}
               """
                .formatted(id, project, snapshot);
    }
}
