package dev.restoreworker.atlas;

import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.atlas.AtlasClock.Mark;
import dev.restoreworker.atlas.AtlasClock.Offset;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class AtlasClockTest {

    private static final Instant NOW = Instant.parse("2026-01-02T12:00:00Z");
    private static final Duration AGE_MAX = Duration.ofSeconds(30);

    private Instant wall = NOW;
    private long nanos = -5_000_000_000L;
    private final AtlasClock clock = new AtlasClock(() -> wall, () -> nanos);

    @Test
    void nothing_is_known_before_the_first_answer() {
        assertThat(clock.offset()).isEmpty();
        assertThat(clock.earliest(AGE_MAX)).isEmpty();
    }

    @Test
    void the_offset_is_known_to_a_second_and_the_time_of_travel() {
        var sent = clock.now();
        pass(Duration.ofMillis(300));
        clock.observe("Fri, 02 Jan 2026 12:02:00 GMT", sent, clock.now());

        assertThat(clock.offset())
                .contains(new Offset(Duration.ofMillis(119_700), Duration.ofMillis(121_000)));
    }

    @Test
    void atlas_shows_its_date_at_least_and_what_has_passed_since() {
        answered("Fri, 02 Jan 2026 12:02:00 GMT");

        assertThat(clock.earliest(AGE_MAX)).contains(Instant.parse("2026-01-02T12:02:00Z"));
        pass(Duration.ofMillis(12_900));
        assertThat(clock.earliest(AGE_MAX)).contains(Instant.parse("2026-01-02T12:02:12Z"));
    }

    @Test
    void a_wall_clock_that_is_put_forward_does_not_move_atlas() {
        answered("Fri, 02 Jan 2026 12:02:00 GMT");
        wall = wall.plusSeconds(20);

        assertThat(clock.earliest(AGE_MAX)).contains(Instant.parse("2026-01-02T12:02:00Z"));
    }

    @Test
    void a_wall_clock_that_is_put_back_does_not_put_atlas_back() {
        answered("Fri, 02 Jan 2026 12:02:00 GMT");
        nanos += 1_000_000_000L;
        wall = wall.minusSeconds(20);

        assertThat(clock.earliest(AGE_MAX)).contains(Instant.parse("2026-01-02T12:02:00Z"));
    }

    @Test
    void what_is_known_grows_old_by_either_clock() {
        answered("Fri, 02 Jan 2026 12:02:00 GMT");
        wall = wall.plus(AGE_MAX);
        var byWall = clock.earliest(AGE_MAX);
        wall = NOW;
        nanos += AGE_MAX.toNanos();

        assertThat(byWall).isEmpty();
        assertThat(clock.earliest(AGE_MAX)).isEmpty();
    }

    @Test
    void an_answer_without_a_readable_date_changes_nothing() {
        answered("Fri, 02 Jan 2026 12:02:00 GMT");
        clock.observe(null, clock.now(), clock.now());
        clock.observe("today", clock.now(), clock.now());

        assertThat(clock.earliest(AGE_MAX)).contains(Instant.parse("2026-01-02T12:02:00Z"));
    }

    @Test
    void the_latest_answer_counts() {
        answered("Fri, 02 Jan 2026 12:02:00 GMT");
        answered("Fri, 02 Jan 2026 11:58:00 GMT");

        assertThat(clock.earliest(AGE_MAX)).contains(Instant.parse("2026-01-02T11:58:00Z"));
    }

    private void answered(String date) {
        var now = new Mark(wall, nanos);
        clock.observe(date, now, now);
    }

    private void pass(Duration time) {
        wall = wall.plus(time);
        nanos += time.toNanos();
    }
}
