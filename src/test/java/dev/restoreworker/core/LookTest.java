package dev.restoreworker.core;

import static dev.restoreworker.core.JobMatcherTest.job;
import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.core.Attempt.State;
import dev.restoreworker.core.Decision.AttemptChange;
import dev.restoreworker.core.JobMatcher.Findings;
import dev.restoreworker.core.LedgerEntry.Stage;
import dev.restoreworker.core.Lifecycle.Look;
import dev.restoreworker.core.Lifecycle.Step;
import dev.restoreworker.core.Outcome.AtlasError;
import dev.restoreworker.core.Outcome.JobCreated;
import dev.restoreworker.core.Outcome.JobFailed;
import dev.restoreworker.core.Outcome.Reason;
import dev.restoreworker.core.RestoreRequest.OnQuota;
import dev.restoreworker.core.RestoreRequest.OnUnknown;
import dev.restoreworker.core.RestoreRequest.Terms;
import dev.restoreworker.core.SubmitReply.NotNow;
import dev.restoreworker.core.SubmitReply.Refused;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a request while Atlas alone knows whether it has a job. */
class LookTest {

    private static final Instant RECEIVED = Instant.parse("2026-01-01T00:00:00Z");
    private static final ListedJob JOB = job(RECEIVED, 1);
    private static final ListedJob OTHER = job(RECEIVED, 2);
    private static final Look NOTHING = seen(List.of(), List.of());
    private static final AtlasError ERROR = new AtlasError(409, "BUSY", "It is busy.");

    private final FixedRetryPolicy policy = FixedRetryPolicy.DEFAULT;
    private final Instant settled = RECEIVED.plus(policy.settle());
    private final Lifecycle lifecycle = new Lifecycle(policy);

    @Test
    void an_undecided_attempt_is_looked_for_and_never_followed_by_another_unseen() {
        for (var hours = 0; hours < 100; hours++) {
            var now = RECEIVED.plus(Duration.ofHours(hours));

            assertThat(lifecycle.next(closed(now))).isEqualTo(new Step.Look());
            assertThat(lifecycle.next(abandoned(now))).isEqualTo(new Step.Look());
        }
    }

    @Test
    void a_job_that_is_ours_is_adopted_at_once() {
        var decision = lifecycle.afterLook(abandoned(RECEIVED), seen(List.of(JOB), List.of(OTHER)));

        assertThat(decision.stage())
                .isEqualTo(
                        new Stage.Tracked(
                                new JobCreated(JOB.id(), JOB.createdAt(), JOB.link(), true)));
    }

    @Test
    void two_jobs_that_are_ours_are_candidates_and_none_is_believed() {
        var decision = lifecycle.afterLook(closed(settled), seen(List.of(JOB, OTHER), List.of()));

        assertThat(failure(decision).reason()).isEqualTo(Reason.OUTCOME_UNKNOWN);
        assertThat(failure(decision).candidates()).containsExactly(JOB.id(), OTHER.id());
    }

    @Test
    void a_doubtful_job_is_looked_at_again_until_the_settle_window_is_over() {
        var doubtful = seen(List.of(), List.of(JOB));

        var during = lifecycle.afterLook(closed(2, settled.minusMillis(1)), doubtful);
        var after = lifecycle.afterLook(closed(2, settled), doubtful);

        assertThat(during.stage()).isEqualTo(new Stage.Submitting(0));
        assertThat(failure(after).reason()).isEqualTo(Reason.OUTCOME_UNKNOWN);
        assertThat(failure(after).candidates()).containsExactly(JOB.id());
    }

    @Test
    void a_closed_attempt_without_a_job_is_sent_again() {
        var decision = lifecycle.afterLook(closed(2, settled), NOTHING);

        assertThat(decision.stage()).isEqualTo(new Stage.Waiting(WaitsFor.ATLAS, 1));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void too_few_looks_prove_nothing_however_late_they_are(int before) {
        var decision =
                lifecycle.afterLook(closed(before, settled.plus(Duration.ofDays(1))), NOTHING);

        assertThat(decision.stage()).isEqualTo(new Stage.Submitting(before + 1));
        assertThat(decision.dueIn()).isEqualTo(policy.settle().dividedBy(2));
    }

    @Test
    void a_look_that_began_before_the_settle_window_was_over_is_not_the_last() {
        var decision = lifecycle.afterLook(closed(100, settled.minusMillis(1)), NOTHING);

        assertThat(decision.stage()).isEqualTo(new Stage.Submitting(101));
        assertThat(decision.dueIn()).isEqualTo(Duration.ofMillis(1));
    }

    @Test
    void the_looks_are_spread_over_the_settle_window() {
        var first = lifecycle.afterLook(closed(0, RECEIVED), NOTHING);
        var second = lifecycle.afterLook(closed(1, RECEIVED.plus(first.dueIn())), NOTHING);

        assertThat(first.dueIn()).isEqualTo(policy.settle().dividedBy(2));
        assertThat(RECEIVED.plus(first.dueIn()).plus(second.dueIn())).isEqualTo(settled);
    }

    @Test
    void each_change_of_an_attempt_begins_the_settle_window_anew() {
        var changed = attempt(1, new State.Closed(RECEIVED.plusSeconds(90), "cut off"));

        var decision = lifecycle.afterLook(submitting(5, settled, changed), NOTHING);

        assertThat(decision.stage()).isEqualTo(new Stage.Submitting(6));
        assertThat(decision.dueIn()).isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void an_abandoned_attempt_may_still_be_sent_and_so_is_never_followed() {
        var decision = lifecycle.afterLook(abandoned(2, settled), NOTHING);

        assertThat(failure(decision).reason()).isEqualTo(Reason.OUTCOME_UNKNOWN);
        assertThat(failure(decision).candidates()).isEmpty();
    }

    @Test
    void the_list_of_a_cluster_that_may_not_be_the_source_proves_nothing() {
        var decision =
                lifecycle.afterLook(
                        closed(2, settled),
                        new Look.Seen(new Findings(List.of(), List.of()), false));

        assertThat(failure(decision).reason()).isEqualTo(Reason.OUTCOME_UNKNOWN);
    }

    @Test
    void what_cannot_be_seen_is_looked_at_later_and_counts_for_nothing() {
        var decision = lifecycle.afterLook(closed(2, settled), blind());

        assertThat(decision.stage()).isEqualTo(new Stage.Submitting(2));
        assertThat(decision.dueIn()).isEqualTo(policy.delayMin());
    }

    @Test
    void what_cannot_be_seen_until_patience_ends_is_unknown() {
        var decision = lifecycle.afterLook(closed(2, RECEIVED.plus(policy.patience())), blind());

        assertThat(failure(decision).reason()).isEqualTo(Reason.OUTCOME_UNKNOWN);
        assertThat(failure(decision).detail()).contains("Atlas is away");
    }

    @Test
    void patience_ends_sending_and_never_looking() {
        var over = RECEIVED.plus(policy.patience());

        assertThat(lifecycle.next(closed(1, over))).isEqualTo(new Step.Look());
        assertThat(lifecycle.afterLook(closed(1, over), NOTHING).stage())
                .isEqualTo(new Stage.Submitting(2));
        assertThat(failure(lifecycle.afterLook(closed(2, over), NOTHING)).reason())
                .isEqualTo(Reason.ATLAS_UNAVAILABLE);
    }

    @Test
    void a_request_may_ask_not_to_be_sent_again() {
        var terms = new Terms(null, OnQuota.WAIT, OnUnknown.FAIL, false, 0);
        var closed = closed(2, settled);
        var entry =
                new LedgerEntry(
                        Requests.with(closed.request(), terms),
                        RECEIVED,
                        1,
                        closed.stage(),
                        false,
                        closed.attempts(),
                        settled,
                        settled);

        assertThat(failure(lifecycle.afterLook(entry, NOTHING)).reason())
                .isEqualTo(Reason.ATLAS_UNAVAILABLE);
    }

    @Test
    void before_it_is_sent_again_a_request_is_looked_for_once_more() {
        var waiting =
                entry(
                        new Stage.Waiting(WaitsFor.ATLAS, 1),
                        settled,
                        attempt(1, new State.Closed(RECEIVED, "cut off")));

        assertThat(lifecycle.looksBeforeSending(waiting)).isTrue();
        assertThat(lifecycle.afterLookBeforeSending(waiting, NOTHING)).isEmpty();
        assertThat(lifecycle.afterLookBeforeSending(waiting, seen(List.of(JOB), List.of())))
                .hasValueSatisfying(
                        decision ->
                                assertThat(decision.stage())
                                        .extracting("outcome")
                                        .isInstanceOf(JobCreated.class));
        assertThat(lifecycle.afterLookBeforeSending(waiting, seen(List.of(), List.of(JOB))))
                .hasValueSatisfying(
                        decision ->
                                assertThat(failure(decision).reason())
                                        .isEqualTo(Reason.OUTCOME_UNKNOWN));
        assertThat(lifecycle.afterLookBeforeSending(waiting, blind()))
                .hasValueSatisfying(
                        decision -> assertThat(decision.stage()).isInstanceOf(Stage.Waiting.class));
    }

    @Test
    void a_request_whose_attempts_are_all_decided_is_sent_without_a_look() {
        var waiting =
                entry(
                        new Stage.Waiting(WaitsFor.SLOT, 1),
                        settled,
                        attempt(1, new State.Answered(RECEIVED, notNow(WaitsFor.SLOT))));

        assertThat(lifecycle.looksBeforeSending(waiting)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"SNAPSHOT, true", "TARGET, true", "SLOT, false", "RATE, false", "ATLAS, false"})
    void what_atlas_is_busy_with_may_be_an_earlier_attempt_of_ours(
            WaitsFor waitsFor, boolean looks) {
        var entry =
                submitting(
                        0,
                        settled,
                        attempt(1, new State.Closed(RECEIVED, "cut off")),
                        attempt(2, new State.Open()));

        var decision = lifecycle.afterSubmit(entry, 2, notNow(waitsFor));

        assertThat(decision.stage() instanceof Stage.Submitting).isEqualTo(looks);
        assertThat(decision.change()).isEqualTo(new AttemptChange.Answer(2, notNow(waitsFor)));
    }

    @Test
    void busy_with_something_else_is_a_wait_once_a_look_has_said_so() {
        var entry =
                submitting(
                        2,
                        settled,
                        attempt(1, new State.Closed(RECEIVED, "cut off")),
                        attempt(2, new State.Answered(RECEIVED, notNow(WaitsFor.TARGET))));

        assertThat(lifecycle.next(entry)).isEqualTo(new Step.Look());
        assertThat(lifecycle.afterLook(entry, NOTHING).stage())
                .isEqualTo(new Stage.Waiting(WaitsFor.TARGET, 2));
    }

    @ParameterizedTest
    @EnumSource(names = {"SNAPSHOT", "TARGET"})
    void busy_without_an_attempt_of_ours_is_believed(WaitsFor waitsFor) {
        var entry = submitting(0, RECEIVED, attempt(1, new State.Open()));

        assertThat(lifecycle.afterSubmit(entry, 1, notNow(waitsFor)).stage())
                .isEqualTo(new Stage.Waiting(waitsFor, 1));
    }

    @Test
    void a_refusal_after_an_attempt_that_made_no_job_is_true() {
        var entry =
                submitting(
                        0,
                        settled,
                        attempt(1, new State.Closed(RECEIVED, "cut off")),
                        attempt(2, new State.Open()));

        var decision = lifecycle.afterSubmit(entry, 2, new Refused(Reason.REFUSED_BY_ATLAS, ERROR));

        assertThat(failure(decision).reason()).isEqualTo(Reason.REFUSED_BY_ATLAS);
    }

    @Test
    void an_answer_that_names_a_job_decides_wherever_the_request_stands() {
        var created = new SubmitReply.Created(JOB.id(), JOB.createdAt(), JOB.link());
        var answered = attempt(1, new State.Answered(RECEIVED, created));
        var waiting = entry(new Stage.Waiting(WaitsFor.ATLAS, 1), settled, answered);
        var second =
                submitting(0, settled, answered, attempt(2, new State.Closed(RECEIVED, "cut off")));

        for (var entry : List.of(waiting, second)) {
            assertThat(((Step.Move) lifecycle.next(entry)).decision().stage())
                    .isEqualTo(
                            new Stage.Tracked(
                                    new JobCreated(JOB.id(), JOB.createdAt(), JOB.link())));
        }
    }

    private static Look seen(List<ListedJob> ours, List<ListedJob> doubtful) {
        return new Look.Seen(new Findings(ours, doubtful), true);
    }

    private static Look blind() {
        return new Look.Blind(NotNow.notSent(WaitsFor.ATLAS, "Atlas is away"));
    }

    private static NotNow notNow(WaitsFor waitsFor) {
        return new NotNow(waitsFor, waitsFor.atTheEnd(), Duration.ZERO, "not now", ERROR);
    }

    private static JobFailed failure(Decision decision) {
        return (JobFailed)
                (decision.stage() instanceof Stage.Followed followed
                        ? followed.outcome()
                        : ((Stage.Settled) decision.stage()).outcome());
    }

    private static LedgerEntry closed(Instant asOf) {
        return closed(0, asOf);
    }

    private static LedgerEntry closed(int absent, Instant asOf) {
        return submitting(absent, asOf, attempt(1, new State.Closed(RECEIVED, "cut off")));
    }

    private static LedgerEntry abandoned(Instant asOf) {
        return abandoned(0, asOf);
    }

    private static LedgerEntry abandoned(int absent, Instant asOf) {
        return submitting(absent, asOf, attempt(1, new State.Abandoned(RECEIVED)));
    }

    private static LedgerEntry submitting(int absent, Instant asOf, Attempt... attempts) {
        return entry(new Stage.Submitting(absent), asOf, attempts);
    }

    private static LedgerEntry entry(Stage stage, Instant asOf, Attempt... attempts) {
        return new LedgerEntry(
                Requests.automated("r-1"),
                RECEIVED,
                1,
                stage,
                false,
                List.of(attempts),
                asOf,
                asOf);
    }

    private static Attempt attempt(int number, State state) {
        return new Attempt(
                number, RECEIVED, RECEIVED, RECEIVED.plus(FixedRetryPolicy.DEFAULT.lease()), state);
    }
}
