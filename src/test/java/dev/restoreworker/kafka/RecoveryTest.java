package dev.restoreworker.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.Outbox.Progress;
import dev.restoreworker.kafka.Marker.Last;
import dev.restoreworker.kafka.Recovery.Verdict;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecoveryTest {

    private static final UUID OURS = UUID.fromString("00000000-0000-4000-8000-000000000001");
    private static final UUID THEIRS = UUID.fromString("00000000-0000-4000-8000-000000000002");
    private static final long COUNTER = 77;

    /** A marker of {@code -1} is none. */
    @ParameterizedTest
    @CsvSource({
        // numbered, published, prepared, marker, verdict
        "0, 0, false, -1, Begin", // a new ledger
        "0, 0, false, 0, GoOn",
        "0, 0, false, 1, Alarm",
        "0, 0, false, 9, Alarm",
        "1, 0, true, -1, Alarm", // the very first batch may be out
        "1, 0, true, 0, GoOn",
        "1, 0, true, 1, Published",
        "1, 0, true, 2, Alarm",
        "1, 0, false, -1, Alarm",
        "1, 0, false, 1, Alarm",
        "2, 0, true, -1, Alarm",
        "2, 0, true, 1, Alarm", // the first was refused whole, and cannot have a marker
        "2, 0, true, 2, Published",
        "1, 1, false, 1, GoOn",
        "1, 1, false, -1, Alarm",
        "1, 1, false, 0, Alarm",
        "1, 1, false, 2, Alarm",
        "6, 5, true, 5, GoOn",
        "6, 5, true, 6, Published",
        "6, 5, true, -1, Alarm",
        "6, 5, true, 0, Alarm",
        "6, 5, true, 4, Alarm",
        "6, 5, true, 7, Alarm",
        "6, 5, false, 5, GoOn",
        "6, 5, false, 6, Alarm", // was refused whole: who published it?
        "6, 5, false, 4, Alarm",
        "9, 5, true, 5, GoOn", // 6, 7 and 8 were refused whole
        "9, 5, true, 7, Alarm",
        "9, 5, true, 9, Published",
        "9, 5, true, 10, Alarm",
    })
    void the_marker_decides_what_becomes_of_the_prepared_batch(
            long numbered, long published, boolean prepared, long marker, String verdict) {
        var progress = new Progress(OURS, numbered, published, prepared);

        var decided = Recovery.of(progress, last(marker));

        assertThat(decided.getClass().getSimpleName()).isEqualTo(verdict);
        switch (decided) {
            case Verdict.Begin _ -> assertThat(marker).isNegative();
            case Verdict.GoOn(var counter) -> assertThat(counter).isEqualTo(COUNTER);
            case Verdict.Published(var batch, var counter) -> {
                assertThat(batch).isEqualTo(numbered);
                assertThat(counter).isEqualTo(COUNTER);
            }
            case Verdict.Alarm(var why) ->
                    assertThat(why)
                            .contains(OURS.toString(), "batch " + published + " is the last");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, false, 0",
        "1, 0, true, 1",
        "1, 1, false, 1",
        "6, 5, true, 5",
        "6, 5, true, 6",
    })
    void another_ledgers_marker_is_an_alarm_whatever_its_number(
            long numbered, long published, boolean prepared, long marker) {
        var progress = new Progress(OURS, numbered, published, prepared);

        var decided = Recovery.of(progress, new Last.Found(new Marker(THEIRS, marker, COUNTER)));

        assertThat(decided)
                .isInstanceOfSatisfying(
                        Verdict.Alarm.class,
                        alarm -> assertThat(alarm.why()).contains("another ledger, " + THEIRS));
    }

    @Test
    void a_marker_that_cannot_be_read_is_an_alarm_even_for_a_new_ledger() {
        var decided =
                Recovery.of(
                        new Progress(OURS, 0, 0, false), new Last.Unreadable("not of format 1"));

        assertThat(decided)
                .isInstanceOfSatisfying(
                        Verdict.Alarm.class,
                        alarm -> assertThat(alarm.why()).contains("not of format 1"));
    }

    private static Last last(long batch) {
        return batch < 0 ? new Last.None() : new Last.Found(new Marker(OURS, batch, COUNTER));
    }
}
