package dev.restoreworker.whole;

import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.whole.Makespan.Taken;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class MakespanTest {

    private static final Instant START = Instant.parse("2026-10-01T12:00:00Z");
    private static final Makespan TWO_SLOTS = new Makespan(2, Duration.ofSeconds(10));

    @Test
    void alone_they_take_as_many_lives_as_the_slots_need() {
        assertThat(TWO_SLOTS.alone(4)).hasSeconds(20);
        assertThat(TWO_SLOTS.alone(5)).hasSeconds(30);
    }

    @Test
    void room_that_others_take_is_not_there() {
        assertThat(beside(4)).hasSeconds(20);
        assertThat(beside(4, taken(0, 10))).hasSeconds(25);
        assertThat(beside(4, taken(0, 10), taken(5, 10))).hasMillis(27_500);
        assertThat(beside(4, taken(0, 10), taken(0, 10), taken(0, 10))).hasSeconds(30);
    }

    @Test
    void what_others_took_before_and_after_takes_nothing_away() {
        assertThat(beside(4, taken(-10, 0), taken(20, 30))).hasSeconds(20);
        assertThat(beside(4, taken(-10, 4), taken(18, 100))).hasSeconds(26);
    }

    private static Duration beside(int downloads, Taken... others) {
        return TWO_SLOTS.beside(List.of(others), downloads, START);
    }

    private static Taken taken(int from, int to) {
        return new Taken(START.plusSeconds(from), START.plusSeconds(to));
    }
}
