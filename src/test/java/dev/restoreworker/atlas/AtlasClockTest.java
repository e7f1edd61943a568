package dev.restoreworker.atlas;

import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.atlas.AtlasClock.Mark;
import dev.restoreworker.atlas.AtlasClock.Offset;
import dev.restoreworker.core.WaitsFor;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AtlasClockTest {

    private static final Instant NOW = Instant.parse("2026-01-02T12:00:00Z");
    private static final Duration AGE_MAX = Duration.ofSeconds(30);

    private static final Duration SKEW_MAX = Duration.ofSeconds(30);

    private Instant wall = NOW;
    private long nanos = -5_000_000_000L;
    private final AtlasClock clock = new AtlasClock(() -> wall, () -> nanos, SKEW_MAX);

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
        assertThat(clock.earliest(AGE_MAX)).contains(Instant.parse("2026-01-02T12:02:12.900Z"));
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
    void a_slow_answer_makes_what_is_known_no_vaguer_until_that_is_old() {
        answered("Fri, 02 Jan 2026 12:02:00 GMT");
        var sent = clock.now();
        pass(Duration.ofSeconds(5));
        clock.observe("Fri, 02 Jan 2026 12:02:00 GMT", sent, clock.now());

        assertThat(clock.earliest(AGE_MAX)).contains(Instant.parse("2026-01-02T12:02:05Z"));
        pass(Duration.ofSeconds(25));
        assertThat(clock.earliest(AGE_MAX)).contains(Instant.parse("2026-01-02T12:02:25Z"));
    }

    @Test
    void answers_that_grow_slower_and_slower_make_it_no_vaguer_either() {
        answered("Fri, 02 Jan 2026 12:02:00 GMT");
        for (var slower = 1; slower <= 5; slower++) {
            var sent = clock.now();
            pass(Duration.ofMillis(1_000 + 400L * slower));
            clock.observe("Fri, 02 Jan 2026 12:02:00 GMT", sent, clock.now());
        }

        assertThat(clock.earliest(AGE_MAX)).contains(Instant.parse("2026-01-02T12:02:11Z"));
    }

    @Test
    void from_slow_answers_alone_it_is_known_and_not_closely() {
        var sent = clock.now();
        pass(Duration.ofMillis(1_001));
        clock.observe("Fri, 02 Jan 2026 12:02:00 GMT", sent, clock.now());
        var slow = clock.closely(AGE_MAX);

        assertThat(clock.earliest(AGE_MAX)).isPresent();
        assertThat(slow).isEmpty();

        answered("Fri, 02 Jan 2026 12:02:02 GMT");
        assertThat(clock.closely(AGE_MAX)).contains(Instant.parse("2026-01-02T12:02:02Z"));
        pass(AGE_MAX);
        assertThat(clock.closely(AGE_MAX)).isEmpty();
    }

    @Test
    void the_latest_answer_counts() {
        answered("Fri, 02 Jan 2026 12:02:00 GMT");
        answered("Fri, 02 Jan 2026 11:58:00 GMT");

        assertThat(clock.earliest(AGE_MAX)).contains(Instant.parse("2026-01-02T11:58:00Z"));
    }

    @ParameterizedTest
    @CsvSource({
        "'Fri, 02 Jan 2026 12:00:00 GMT', false",
        "'Fri, 02 Jan 2026 12:00:30 GMT', false",
        "'Fri, 02 Jan 2026 12:00:31 GMT', true",
        "'Fri, 02 Jan 2026 11:59:29 GMT', false",
        "'Fri, 02 Jan 2026 11:59:28 GMT', true"
    })
    void clocks_that_certainly_differ_too_much_forbid_to_send(String date, boolean objects) {
        answered(date);

        assertThat(clock.isSkewed()).isEqualTo(objects);
        assertThat(clock.objection().isPresent()).isEqualTo(objects);
    }

    @Test
    void it_is_said_by_how_much_they_differ_and_by_how_much_they_may() {
        answered("Fri, 02 Jan 2026 12:02:00 GMT");

        assertThat(clock.objection())
                .hasValueSatisfying(
                        it -> {
                            assertThat(it.waitsFor()).isEqualTo(WaitsFor.SENDING_PAUSED);
                            assertThat(it.detail())
                                    .contains(
                                            "120.5 s behind Atlas'",
                                            "to 0.5 s",
                                            "restore.clock-skew-max",
                                            "PT30S");
                        });
    }

    @Test
    void a_slow_answer_neither_begins_a_pause_nor_ends_one() {
        slowlyAnswered("Fri, 02 Jan 2026 12:00:50 GMT");
        var begun = clock.isSkewed();
        answered("Fri, 02 Jan 2026 12:02:00 GMT");
        slowlyAnswered("Fri, 02 Jan 2026 12:01:00 GMT");

        assertThat(begun).isFalse();
        assertThat(clock.isSkewed()).isTrue();
    }

    @Test
    void a_small_difference_ends_the_pause_and_each_change_is_told_once() {
        try (var log = new LoggedText()) {
            answered("Fri, 02 Jan 2026 12:02:00 GMT");
            answered("Fri, 02 Jan 2026 12:02:01 GMT");
            answered("Fri, 02 Jan 2026 12:00:20 GMT");
            answered("Fri, 02 Jan 2026 12:00:20 GMT");

            assertThat(clock.objection()).isEmpty();
            assertThat(log.lines("ALARM: ")).hasSize(1).first().asString().contains("PT30S");
            assertThat(log.lines("Sending goes on")).hasSize(1);
        }
    }

    @Test
    void while_it_objects_it_lets_a_read_through_every_ten_seconds() {
        answered("Fri, 02 Jan 2026 12:02:00 GMT");

        assertThat(clock.objectionForNow()).isPresent();
        pass(Duration.ofMillis(9_999));
        assertThat(clock.objectionForNow()).isPresent();
        pass(Duration.ofMillis(1));
        assertThat(clock.objectionForNow()).isEmpty();
        assertThat(clock.objection()).isPresent();
    }

    @ParameterizedTest
    @ValueSource(longs = {6, -6, 3_600, -3_600})
    void a_clock_that_jumped_is_compared_again_before_anything_is_sent(long seconds) {
        answered("Fri, 02 Jan 2026 12:00:00 GMT");
        wall = wall.plusSeconds(seconds);

        assertThat(clock.objection())
                .hasValueSatisfying(it -> assertThat(it.waitsFor()).isEqualTo(WaitsFor.TURN));
        assertThat(clock.objectionForNow()).isEmpty();
        wall = NOW.plusSeconds(20);
        answered("Fri, 02 Jan 2026 12:00:00 GMT");
        assertThat(clock.objection()).isEmpty();
    }

    @Test
    void a_clock_that_is_only_corrected_goes_on() {
        answered("Fri, 02 Jan 2026 12:00:00 GMT");
        pass(Duration.ofMinutes(1));
        wall = wall.plusSeconds(5);

        assertThat(clock.objection()).isEmpty();
    }

    private void slowlyAnswered(String date) {
        var sent = clock.now();
        pass(Duration.ofSeconds(29));
        clock.observe(date, sent, clock.now());
        wall = NOW;
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
