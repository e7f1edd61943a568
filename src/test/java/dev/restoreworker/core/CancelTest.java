package dev.restoreworker.core;

import static dev.restoreworker.core.JobMatcherTest.job;
import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.core.Attempt.State;
import dev.restoreworker.core.Cancel.Effect;
import dev.restoreworker.core.Decision.AttemptChange;
import dev.restoreworker.core.JobMatcher.Findings;
import dev.restoreworker.core.LedgerEntry.Line;
import dev.restoreworker.core.LedgerEntry.Stage;
import dev.restoreworker.core.Lifecycle.Look;
import dev.restoreworker.core.Lifecycle.Step;
import dev.restoreworker.core.Outcome.JobCreated;
import dev.restoreworker.core.Outcome.JobFailed;
import dev.restoreworker.core.Outcome.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a cancel makes of a request, by how far that is. */
class CancelTest {

    private static final Instant RECEIVED = Instant.parse("2026-01-01T00:00:00Z");
    private static final Cancel CANCEL = new Cancel(RECEIVED.plusSeconds(1), "ops", "no more");
    private static final ListedJob JOB = job(RECEIVED, 1);
    private static final Look NOTHING = seen(List.of());
    private static final JobCreated CREATED = new JobCreated(JOB.id(), JOB.createdAt(), JOB.link());

    private final FixedRetryPolicy policy = FixedRetryPolicy.DEFAULT;
    private final Instant settled = RECEIVED.plus(policy.settle());
    private final Lifecycle lifecycle = new Lifecycle(policy);

    // ---- what waits

    @Test
    void what_was_never_sent_ends_at_once_and_says_who_wanted_it() {
        var decision = moved(lifecycle.next(waiting(RECEIVED)));

        assertThat(decision.stage()).isEqualTo(new Stage.Settled(CANCEL.outcome()));
        assertThat(failure(decision).reason()).isEqualTo(Reason.CANCELLED);
        assertThat(failure(decision).detail())
                .isEqualTo("cancelled by ops at 2026-01-01T00:00:01Z: no more");
        assertThat(Reason.CANCELLED.retriable()).isFalse();
        assertThat(Reason.CANCELLED.jobMayExist()).isFalse();
    }

    @Test
    void a_cancel_says_no_more_than_it_knows() {
        assertThat(new Cancel(RECEIVED, null, null).outcome().detail())
                .isEqualTo("cancelled at 2026-01-01T00:00:00Z");
    }

    @Test
    void neither_a_line_nor_the_end_of_patience_nor_a_repeat_is_told_of_it() {
        var late = waiting(RECEIVED.plus(Duration.ofDays(2)));

        for (var entry :
                List.of(
                        late,
                        late.with(new Line("r-0", null)),
                        late.with(new Line(null, "r-0")),
                        waiting(RECEIVED).with(new Line("r-0", null)))) {
            assertThat(failure(moved(lifecycle.next(entry))).reason()).isEqualTo(Reason.CANCELLED);
        }
    }

    @Test
    void what_atlas_put_off_made_no_job_and_ends_at_once() {
        var notNow = SubmitReply.NotNow.notSent(WaitsFor.SLOT, "full");
        var entry = waiting(settled, new State.Answered(RECEIVED, notNow));

        assertThat(failure(moved(lifecycle.next(entry))).reason()).isEqualTo(Reason.CANCELLED);
    }

    @Test
    void a_job_that_an_answer_named_meanwhile_is_its_outcome() {
        var created = new SubmitReply.Created(JOB.id(), JOB.createdAt(), JOB.link());
        var entry = waiting(settled, new State.Answered(RECEIVED, created));

        assertThat(moved(lifecycle.next(entry)).stage()).isEqualTo(new Stage.Tracked(CREATED));
    }

    // ---- what may have a job

    @Test
    void what_may_have_a_job_is_looked_for_as_ever() {
        assertThat(lifecycle.next(waiting(settled, closed()))).isEqualTo(new Step.Look());
        assertThat(lifecycle.next(submitting(0, settled, closed()))).isEqualTo(new Step.Look());
        var looked = lifecycle.afterLook(waiting(settled, closed()), NOTHING);
        assertThat(looked.stage()).isEqualTo(new Stage.Submitting(1));
        assertThat(looked.change()).isEqualTo(new AttemptChange.None());
    }

    @Test
    void an_attempt_that_is_out_is_left_alone() {
        var out = submitting(0, RECEIVED, new State.Open());

        assertThat(lifecycle.next(out)).isEqualTo(new Step.Rest());
    }

    @Test
    void where_it_would_be_sent_again_it_ends() {
        var entry = submitting(2, settled, closed());

        assertThat(lifecycle.afterLook(entry.cancelledBy(null), NOTHING).stage())
                .isInstanceOf(Stage.Waiting.class);
        assertThat(lifecycle.afterLook(entry, NOTHING).stage())
                .isEqualTo(new Stage.Settled(CANCEL.outcome()));
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "2, -1"})
    void too_few_or_too_early_looks_prove_nothing_for_it_either(int before, int millis) {
        var decision =
                lifecycle.afterLook(
                        submitting(before, settled.plusMillis(millis), closed()), NOTHING);

        assertThat(decision.stage()).isEqualTo(new Stage.Submitting(before + 1));
    }

    @Test
    void a_job_that_is_found_is_its_outcome() {
        var decision = lifecycle.afterLook(submitting(2, settled, closed()), seen(List.of(JOB)));

        assertThat(decision.stage())
                .isInstanceOfSatisfying(
                        Stage.Tracked.class,
                        tracked -> assertThat(tracked.jobId()).isEqualTo(JOB.id()));
    }

    @Test
    void what_is_unknown_stays_unknown() {
        var abandoned = submitting(2, settled, new State.Abandoned(RECEIVED));

        var decision = lifecycle.afterLook(abandoned, NOTHING);

        assertThat(decision.stage()).isInstanceOf(Stage.Followed.class);
        assertThat(failure(decision).reason()).isEqualTo(Reason.OUTCOME_UNKNOWN);
    }

    @Test
    void where_silence_is_risked_no_end_without_a_job_is_certain() {
        var risky = new Lifecycle(policy.retrying());
        var abandoned = submitting(2, settled, new State.Abandoned(RECEIVED));

        var decision = risky.afterLook(abandoned, NOTHING);

        assertThat(failure(decision).reason()).isEqualTo(Reason.OUTCOME_UNKNOWN);
    }

    // ---- what has a job

    @Test
    void a_download_is_cancelled_at_atlas_and_listed_often_and_nothing_else_is() {
        var tracking = new Tracking(policy);
        var asOf = RECEIVED.plus(Duration.ofHours(3));
        var tracked = new Stage.Tracked(CREATED);
        var old = entry(Requests.download("r-1"), tracked, asOf).cancelledBy(null);
        var fresh = new Cancel(asOf.minusSeconds(5), null, null);
        var restore = entry(Requests.automated("r-1"), tracked, asOf).cancelledBy(fresh);

        assertThat(Tracking.cancels(old)).isFalse();
        assertThat(Tracking.cancels(old.cancelledBy(fresh))).isTrue();
        assertThat(Tracking.cancels(restore)).isFalse();
        assertThat(tracking.spacing(List.of(old), false)).isEqualTo(Duration.ofMinutes(5));
        assertThat(tracking.spacing(List.of(restore), false)).isEqualTo(Duration.ofMinutes(5));
        assertThat(tracking.spacing(List.of(old.cancelledBy(fresh)), false))
                .isEqualTo(policy.trackEvery());
        var hoursAgo = new Cancel(asOf.minus(Duration.ofHours(2)), null, null);
        assertThat(tracking.spacing(List.of(old.cancelledBy(hoursAgo)), false))
                .isEqualTo(Duration.ofMinutes(5));
    }

    // ---- what it comes to

    @ParameterizedTest
    @CsvSource({
        "false, false, false, false, PENDING",
        "true, false, false, true, TOO_LATE",
        "true, true, false, true, PENDING",
        "true, true, true, false, PENDING",
        "true, true, true, true, NOT_CANCELLABLE",
    })
    void what_it_comes_to_at_first(
            boolean seen, boolean live, boolean hasJob, boolean wipes, Effect effect) {
        assertThat(Effect.atFirst(seen, live, hasJob, wipes)).isEqualTo(effect);
    }

    @Test
    void what_it_came_to_is_told_of_what_is_live() {
        var waiting = waiting(RECEIVED);
        var tracked = entry(Requests.automated("r-1"), new Stage.Tracked(CREATED), RECEIVED);

        assertThat(CANCEL.effect(waiting, null, null, null, true)).isEqualTo(Effect.PENDING);
        assertThat(CANCEL.effect(tracked, CREATED, null, null, true))
                .isEqualTo(Effect.NOT_CANCELLABLE);
        assertThat(CANCEL.effect(tracked, CREATED, null, null, false)).isEqualTo(Effect.PENDING);
    }

    @Test
    void what_it_came_to_is_told_when_all_is_over() {
        var before = CANCEL.at().minusMillis(1);
        var after = CANCEL.at().plusMillis(1);
        var refused = new JobFailed(Reason.REFUSED_BY_ATLAS, "no", null);

        assertThat(effect(CANCEL.outcome(), null, before, false)).isEqualTo(Effect.CANCELLED);
        assertThat(effect(CREATED, Ending.Kind.CANCELLED, before, false))
                .isEqualTo(Effect.CANCELLED);
        assertThat(effect(CREATED, Ending.Kind.COMPLETED, before, true)).isEqualTo(Effect.TOO_LATE);
        assertThat(effect(refused, null, CANCEL.at(), true)).isEqualTo(Effect.TOO_LATE);
        assertThat(effect(refused, null, after, true)).isEqualTo(Effect.WITHOUT_EFFECT);
        assertThat(effect(CREATED, Ending.Kind.COMPLETED, after, true))
                .isEqualTo(Effect.NOT_CANCELLABLE);
        assertThat(effect(refused, Ending.Kind.COMPLETED, after, true))
                .isEqualTo(Effect.NOT_CANCELLABLE);
        assertThat(effect(CREATED, Ending.Kind.READY, after, false))
                .isEqualTo(Effect.WITHOUT_EFFECT);
    }

    @ParameterizedTest
    @EnumSource
    void an_effect_has_a_word(Effect effect) {
        assertThat(effect.word()).matches("[a-z]+(-[a-z]+)*");
    }

    private static Effect effect(
            Outcome outcome, Ending.@Nullable Kind kind, Instant toldAt, boolean wipes) {
        var ending = kind == null ? null : new Ending(kind, JOB.id(), null, null, null);
        return CANCEL.effect(null, outcome, ending, toldAt, wipes);
    }

    private static State closed() {
        return new State.Closed(RECEIVED, "no answer");
    }

    private static Look seen(List<ListedJob> ours) {
        return new Look.Seen(new Findings(ours, List.of()), true);
    }

    private static Decision moved(Step step) {
        return ((Step.Move) step).decision();
    }

    private static JobFailed failure(Decision decision) {
        return switch (decision.stage()) {
            case Stage.Settled(JobFailed failed) -> failed;
            case Stage.Followed(JobFailed failed, _) -> failed;
            default -> throw new AssertionError(decision);
        };
    }

    private static LedgerEntry waiting(Instant asOf, State... states) {
        return entry(Requests.automated("r-1"), new Stage.Waiting(WaitsFor.TURN, 0), asOf, states);
    }

    private static LedgerEntry submitting(int absent, Instant asOf, State state) {
        return entry(Requests.automated("r-1"), new Stage.Submitting(absent), asOf, state);
    }

    /** One that is to be cancelled. */
    private static LedgerEntry entry(
            RestoreRequest request, Stage stage, Instant asOf, State... states) {
        var attempts =
                List.of(states).stream()
                        .map(
                                state ->
                                        new Attempt(
                                                1,
                                                RECEIVED,
                                                RECEIVED,
                                                RECEIVED.plusSeconds(120),
                                                state))
                        .toList();
        return new LedgerEntry(request, RECEIVED, 1, stage, false, attempts, asOf, asOf)
                .cancelledBy(CANCEL);
    }
}
