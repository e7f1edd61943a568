package dev.restoreworker.whole;

import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.sandbox.atlas.SimulatorOptions;
import dev.restoreworker.whole.HostileRecords.Fate;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hostile records by the ten thousands, and good ones among them. {@code -Dhostile.records=},
 * {@code -Dhostile.seed=} and {@code -Dhostile.compared=} make it more, others, and the comparison
 * longer.
 */
class HostileInputIT {

    private static final int RECORDS = Integer.getInteger("hostile.records", 100_000);
    private static final long SEED = Long.getLong("hostile.seed", 20_260_101L);
    private static final int COMPARED = Integer.getInteger("hostile.compared", 2_000);
    private static final int KNOWN = 200;
    private static final int GOOD = 1_000;
    private static final int PROBES = 200;
    private static final Duration LONG = Duration.ofMinutes(8);

    private final HostileRecords hostile = new HostileRecords(SEED, KNOWN);
    private int sent;
    private int good;

    @TempDir private Path folder;

    @Test
    void each_hostile_record_is_accounted_for_and_none_disturbs_the_good_ones() {
        try (var around = EmbeddedSurroundings.start(folder, SimulatorOptions.defaults());
                var worker =
                        WorkerProcess.start(folder, around.environment(), "-Xmx256m").awaitReady();
                var fates = new Fates(around.bootstrapServers())) {
            IntStream.range(0, KNOWN).forEach(i -> around.send(HostileRecords.known(i)));
            good += KNOWN;
            around.flush();
            fates.await(good, LONG, worker);

            var start = System.nanoTime();
            flood(around, fates, worker);
            var seconds = (System.nanoTime() - start) / 1e9;
            check(around, fates);
            System.out.printf(
                    "hostile: %d records and %d good ones in %.1f s, %.0f/s: %s%n",
                    RECORDS, GOOD, seconds, RECORDS / seconds, fates.expectedCounts());

            compare(around, fates, worker);
            check(around, fates);
            assertThat(worker.log()).doesNotContain("OutOfMemory");
            assertThat(worker.terminate()).isIn(0, 143);
        }
    }

    private void flood(Surroundings around, Fates fates, WorkerProcess worker) {
        for (var i = 0; i < RECORDS; i++) {
            sendHostile(around, fates);
            if (i % Math.max(1, RECORDS / GOOD) == 0) {
                around.send(oddButGood("good-" + i, i));
                good++;
            }
        }
        around.flush();
        fates.await(good, LONG, worker);
    }

    /**
     * The good ones wait no longer among hostile records than among half as many more good ones.
     * Both are measured here and now, so the machine's speed is in both.
     */
    private void compare(Surroundings around, Fates fates, WorkerProcess worker) {
        var amongHostile =
                meanDelay(
                        "probe-a",
                        COMPARED,
                        _ -> sendHostile(around, fates),
                        around,
                        fates,
                        worker);
        var amongGood =
                meanDelay(
                        "probe-b",
                        COMPARED * 3 / 2,
                        i -> {
                            around.send(RequestJson.download("filler-" + i, "%024x".formatted(i)));
                            good++;
                        },
                        around,
                        fates,
                        worker);

        System.out.printf(
                "hostile: %d good ones took %.0f ms on average among %d hostile ones, %.0f ms among %d good ones, ratio %.2f%n",
                PROBES,
                amongHostile,
                COMPARED,
                amongGood,
                COMPARED * 3 / 2,
                amongHostile / amongGood);
        assertThat(amongHostile).as("delay, in ms").isLessThanOrEqualTo(amongGood);
    }

    private double meanDelay(
            String name,
            int others,
            IntConsumer send,
            Surroundings around,
            Fates fates,
            WorkerProcess worker) {
        var sentAt = new HashMap<String, Long>();
        var cpu = cpuSeconds(worker);
        for (var i = 0; i < others; i++) {
            send.accept(i);
            if (i % (others / PROBES) == 0 && sentAt.size() < PROBES) {
                var id = name + "-" + i;
                sentAt.put(id, System.currentTimeMillis());
                around.send(RequestJson.download(id, "%024x".formatted(i)));
                good++;
            }
        }
        around.flush();
        fates.await(good, LONG, worker);
        System.out.printf(
                "hostile: the worker took %.2f ms of CPU for each of the others of %s%n",
                (cpuSeconds(worker) - cpu) * 1e3 / others, name);
        return sentAt.entrySet().stream()
                .mapToLong(each -> fates.createdAt(each.getKey()) - each.getValue())
                .average()
                .orElseThrow();
    }

    private static double cpuSeconds(WorkerProcess worker) {
        return worker.get("/q/metrics")
                        .body()
                        .lines()
                        .filter(line -> line.startsWith("process_cpu_time_ns_total"))
                        .mapToDouble(
                                line ->
                                        Double.parseDouble(
                                                line.substring(line.lastIndexOf(' ') + 1)))
                        .sum()
                / 1e9;
    }

    private void sendHostile(Surroundings around, Fates fates) {
        var next = hostile.of(sent++);
        fates.expect(next.fate());
        around.send(next.record());
    }

    /** Allowed, however odd. */
    private static String oddButGood(String id, int number) {
        return """
               {"requestId": "%s", "projectId": "%s", "clusterName": "orders",
                "deliveryType": "download", "snapshotId": "%024x",
                "requestedAt": "%s",
                "patience": "PT2562047788015215H30M7S", "priority": 1000,
                "correlationId": "../..\\r\\nX: y\\u0000\\ud800", "context": {"a\\u0000": "\\udfff"}}
               """
                .formatted(
                        id,
                        RequestJson.PROJECT,
                        number,
                        OffsetDateTime.now(ZoneOffset.ofHours(-18)));
    }

    /** All books say the same: the topics, the ledger and the simulator. */
    private void check(Surroundings around, Fates fates) {
        assertThat(fates.faults()).isEmpty();
        var letters = 0;
        var failures = 0;
        for (var fate : Fate.values()) {
            if (fate.isDeadLetter() || fate.isFailure()) {
                assertThat(fates.seen(fate)).as(fate.name()).isEqualTo((int) fates.expected(fate));
            }
            letters += fate.isDeadLetter() ? fates.seen(fate) : 0;
            failures += fate.isFailure() ? fates.seen(fate) : 0;
        }
        var duplicates = fates.expected(Fate.DUPLICATE);
        Eventually.within(
                Duration.ofSeconds(30),
                () -> "the outbox is empty",
                () -> count(around, "outbox") == 0);
        assertThat(letters + failures + fates.expectedSilent()).isEqualTo(sent);
        assertThat(
                        Map.of(
                                "letters", count(around, "dead_letter"),
                                "failures", count(around, "request where job_id is null"),
                                "jobs", count(around, "request where job_id is not null"),
                                "duplicates", count(around, "duplicate"),
                                "downloads", count(around, "work where stage = 'TRACKED'"),
                                "left", count(around, "work where stage <> 'TRACKED'")))
                .isEqualTo(
                        Map.of(
                                "letters", (long) letters,
                                "failures", (long) failures,
                                "jobs", (long) good,
                                "duplicates", duplicates,
                                "downloads", (long) good, // that nobody fetched
                                "left", 0L));
        assertThat(fates.created()).isEqualTo(good);
        assertThat(around.atlas.books().summary().creates()).isEqualTo(good);
        assertThat(around.atlas.books().jobs()).hasSize(good);
    }

    private static long count(Surroundings around, String what) {
        try (var connection = around.connection();
                var statement = connection.createStatement();
                var row = statement.executeQuery("select count(*) from " + what)) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
