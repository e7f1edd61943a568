package dev.restoreworker.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.core.LedgerEntry.Queue;
import dev.restoreworker.core.LedgerEntry.Stage;
import dev.restoreworker.core.Lifecycle.Step;
import dev.restoreworker.core.Outcome.JobFailed;
import dev.restoreworker.core.Outcome.Reason;
import dev.restoreworker.core.RestoreRequest.OnQuota;
import dev.restoreworker.core.RestoreRequest.OnUnknown;
import dev.restoreworker.core.RestoreRequest.Terms;
import dev.restoreworker.core.SubmitReply.NotNow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of a download for which there is no room. */
class QueueTest {

    private static final Instant RECEIVED = Instant.parse("2026-01-01T00:00:00Z");
    private static final Queue THIRD = new Queue(3, List.of("j-1", "j-2"));
    private static final Duration PATIENCE = Duration.ofMinutes(30);
    private static final Decision.AttemptChange NONE = new Decision.AttemptChange.None();

    private final Lifecycle lifecycle = new Lifecycle(FixedRetryPolicy.DEFAULT);

    @ParameterizedTest
    @EnumSource(
            value = WaitsFor.class,
            names = {"SLOT", "SNAPSHOT"})
    void it_sleeps_until_it_is_given_a_slot_or_its_patience_ends(WaitsFor waitsFor) {
        var entry = entry(OnQuota.WAIT, WaitsFor.TURN, RECEIVED.plusSeconds(60));

        var decision = lifecycle.afterNoRoom(entry, waitsFor);

        assertThat(decision)
                .isEqualTo(
                        new Decision(
                                new Stage.Waiting(waitsFor, 0), PATIENCE.minusSeconds(60), NONE));
    }

    @Test
    void with_its_patience_it_gives_up_and_says_who_holds_the_slots() {
        var failed = givenUp(WaitsFor.SLOT);

        assertThat(failed.reason()).isEqualTo(Reason.QUOTA_EXCEEDED);
        assertThat(failed.detail())
                .isEqualTo(
                        "gave up after PT30M, as number 3 in the queue of its project: the slots are"
                                + " held by j-1, j-2");
    }

    @Test
    void with_its_patience_it_says_who_downloads_its_snapshot() {
        assertThat(givenUp(WaitsFor.SNAPSHOT).detail())
                .endsWith("its snapshot is being downloaded by j-1, j-2");
    }

    private JobFailed givenUp(WaitsFor waitsFor) {
        var step = lifecycle.next(entry(OnQuota.WAIT, waitsFor, RECEIVED.plus(PATIENCE)));
        var decision = ((Step.Move) step).decision();
        return (JobFailed) ((Stage.Settled) decision.stage()).outcome();
    }

    @Test
    void it_fails_at_once_if_it_asks_for_that() {
        var entry = entry(OnQuota.FAIL, WaitsFor.TURN, RECEIVED);

        var stage = (Stage.Settled) lifecycle.afterNoRoom(entry, WaitsFor.SLOT).stage();

        assertThat(((JobFailed) stage.outcome()).reason()).isEqualTo(Reason.QUOTA_EXCEEDED);
        assertThat(((JobFailed) stage.outcome()).detail()).startsWith("asked not to wait");
    }

    @Test
    void whoever_was_refused_by_atlas_asks_again_when_it_is_due() {
        assertThat(lifecycle.next(entry(OnQuota.WAIT, WaitsFor.SLOT, RECEIVED.plusSeconds(5))))
                .isEqualTo(new Step.Submit());
    }

    @Test
    void a_slot_is_given_up_by_who_waits_for_room_and_made_no_job_for_certain() {
        var full = NotNow.notSent(WaitsFor.SLOT, "full");
        var first = attempt(1, new Attempt.State.Open());
        var answered = new Decision.AttemptChange.Answer(1, full);
        var waiting = new Stage.Waiting(WaitsFor.SLOT, 1);
        var alone = entry(OnQuota.WAIT, WaitsFor.SLOT, RECEIVED).with(List.of(first));
        var closed = attempt(1, new Attempt.State.Closed(RECEIVED, "cut off"));
        var second = alone.with(List.of(closed, attempt(2, new Attempt.State.Open())));

        assertThat(new Decision(waiting, PATIENCE, answered).givesUpSlot(alone)).isTrue();
        assertThat(
                        new Decision(waiting, PATIENCE, new Decision.AttemptChange.Answer(2, full))
                                .givesUpSlot(second))
                .isFalse();
        assertThat(
                        new Decision(new Stage.Waiting(WaitsFor.RATE, 1), PATIENCE, answered)
                                .givesUpSlot(alone))
                .isFalse();
    }

    private static Attempt attempt(int number, Attempt.State state) {
        return new Attempt(number, RECEIVED, RECEIVED, RECEIVED.plusSeconds(120), state);
    }

    private static LedgerEntry entry(OnQuota onQuota, WaitsFor waitsFor, Instant asOf) {
        var terms = new Terms(PATIENCE, onQuota, OnUnknown.DEFAULT, false, 0);
        return new LedgerEntry(
                        Requests.with(Requests.download("r-1"), terms),
                        RECEIVED,
                        1,
                        new Stage.Waiting(waitsFor, 0),
                        false,
                        List.of(),
                        asOf,
                        asOf)
                .with(THIRD);
    }
}
