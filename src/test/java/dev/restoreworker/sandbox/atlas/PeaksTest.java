package dev.restoreworker.sandbox.atlas;

import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.sandbox.atlas.Peaks.Peak;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PeaksTest extends SimulatorTestCase {
    private static final Instant START = Instant.parse("2026-08-03T03:00:00Z");

    @Test
    void a_download_counts_from_its_creation_until_its_end_and_not_at_its_end() {
        var peaks = Peaks.of(List.of(job(1, 0, 10), job(2, 10, 20), job(3, 19, 21), job(4, 5, 5)));

        assertThat(peaks.ofProject(PROJECT)).isEqualTo(new Peak(2, 2));
    }

    @Test
    void what_people_made_is_in_all_and_not_in_what_calls_made() {
        var peaks = Peaks.of(List.of(job(0, 0, 10), job(0, 1, 10), job(7, 9, 12), job(8, 11, 12)));

        assertThat(peaks.ofProject(PROJECT)).isEqualTo(new Peak(3, 2));
        assertThat(peaks.ofSnapshot(PROJECT, SNAPSHOT)).isEqualTo(new Peak(3, 2));
        assertThat(peaks.ofProject("another")).isEqualTo(new Peak(0, 0));
    }

    /** The oracle looks at every second. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void peaks_are_those_that_a_look_at_every_moment_finds(long seed) {
        var random = new SplittableRandom(seed);
        var jobs = new ArrayList<RestoreJob>();
        for (var i = 0; i < 60; i++) {
            var from = random.nextInt(100);
            jobs.add(job(random.nextInt(2) * (i + 1), from, from + random.nextInt(30)));
        }

        assertThat(Peaks.of(jobs).ofProject(PROJECT))
                .isEqualTo(new Peak(most(jobs, _ -> true), most(jobs, RestoreJob::byCall)));
    }

    @Test
    void the_books_remember_a_peak_of_which_nothing_is_left() throws IOException {
        var first = create(download());
        create(download().put("snapshotId", "5e4e593f70dfbf1010295837"));
        create(automated());
        atlas.makeByHand(
                PROJECT,
                "orders",
                new JobOrder(Delivery.DOWNLOAD, SNAPSHOT, null, null, null, null, null));
        clock.advance(Duration.ofMinutes(2));
        create(automated());
        atlas.byHand().cancel(first);
        create(download());
        clock.advance(Duration.ofHours(3));
        create(download());

        var peaks = atlas.books().peaks();
        var told = json(caller.control("GET", "/simulator/peaks", ""));
        var books = json(caller.control("GET", "/simulator/books", ""));

        assertThat(peaks.ofProject(PROJECT)).isEqualTo(new Peak(3, 2));
        assertThat(peaks.ofSnapshot(PROJECT, SNAPSHOT)).isEqualTo(new Peak(2, 1));
        assertThat(peaks.ofTarget(PROJECT, "orders-standby")).isEqualTo(new Peak(2, 2));
        assertThat(told.getJsonObject("projects").getJsonObject(PROJECT).getMap())
                .containsEntry("all", 3)
                .containsEntry("byCalls", 2);
        assertThat(told.getJsonObject("snapshots").getMap())
                .containsOnlyKeys(PROJECT + "/" + SNAPSHOT, PROJECT + "/5e4e593f70dfbf1010295837");
        assertThat(told.getJsonObject("targets").getMap())
                .containsOnlyKeys(PROJECT + "/orders-standby");
        assertThat(books.getJsonObject("peaks")).isEqualTo(told);
    }

    @Test
    void a_reset_forgets_peaks() throws IOException {
        atlas.limit(Limits.ENFORCED);
        create(download());
        create(automated());

        atlas.books().reset();
        var download = create(download());
        var automated = create(automated());

        assertThat(atlas.books().jobs())
                .extracting(RestoreJob::id)
                .containsExactly(download, automated);
        assertThat(atlas.books().peaks().ofProject(PROJECT)).isEqualTo(new Peak(1, 1));
    }

    private static int most(List<RestoreJob> jobs, Predicate<RestoreJob> which) {
        var most = 0L;
        for (var second = 0; second <= 130; second++) {
            var now = START.plusSeconds(second);
            var live =
                    jobs.stream()
                            .filter(which)
                            .filter(it -> it.stateAt(now) == JobState.READY)
                            .filter(it -> !it.createdAt().isAfter(now))
                            .count();
            most = Math.max(most, live);
        }
        return (int) most;
    }

    /** A download that is ready at once. */
    private static RestoreJob job(long call, int from, int until) {
        return new RestoreJob(
                "%024x".formatted(call),
                PROJECT,
                "orders",
                new JobOrder(Delivery.DOWNLOAD, SNAPSHOT, null, null, null, null, null),
                START.plusSeconds(from),
                START.plusSeconds(from),
                START.plusSeconds(until),
                null,
                null,
                call);
    }
}
