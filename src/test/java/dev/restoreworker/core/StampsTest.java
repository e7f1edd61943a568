package dev.restoreworker.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class StampsTest {

    private static final Instant NOW = Instant.parse("2026-01-02T00:00:00Z");
    private static final Instant DAY_BEFORE = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration SKEW = Duration.ofSeconds(30);

    @Test
    void the_oldest_tells_the_age_whichever_it_is() {
        var older = DAY_BEFORE.minusMillis(1);

        assertThat(new Stamps(older, NOW, NOW).tooOld(NOW, DAY).orElseThrow())
                .startsWith("requestedAt is " + older);
        assertThat(new Stamps(NOW, older, NOW).tooOld(NOW, DAY).orElseThrow())
                .startsWith("time is " + older);
        assertThat(new Stamps(null, null, older).tooOld(NOW, DAY).orElseThrow())
                .startsWith("the record's timestamp is " + older);
    }

    @Test
    void what_is_just_as_old_as_it_may_be_is_taken() {
        assertThat(new Stamps(DAY_BEFORE, DAY_BEFORE, DAY_BEFORE).tooOld(NOW, DAY)).isEmpty();
    }

    @Test
    void what_has_no_times_is_neither_old_nor_wrong() {
        var none = new Stamps(null, null, null);

        assertThat(none.tooOld(NOW, DAY)).isEmpty();
        assertThat(none.faults(NOW, SKEW)).isEmpty();
    }

    @Test
    void every_time_that_is_later_than_clocks_may_differ_is_a_fault() {
        var later = NOW.plus(SKEW).plusMillis(1);

        assertThat(new Stamps(later, later, later).faults(NOW, SKEW))
                .satisfiesExactly(
                        one -> assertThat(one).startsWith("requestedAt is in the future"),
                        two -> assertThat(two).startsWith("time is in the future"),
                        three -> assertThat(three).startsWith("the record's timestamp is"));
        assertThat(new Stamps(NOW.plus(SKEW), NOW, null).faults(NOW, SKEW)).isEmpty();
    }
}
