package dev.restoreworker.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.core.Attempt.State;
import dev.restoreworker.core.Decision.AttemptChange;
import dev.restoreworker.core.LedgerEntry.Stage;
import dev.restoreworker.core.Lifecycle.Step;
import dev.restoreworker.core.Outcome.AtlasError;
import dev.restoreworker.core.Outcome.JobCreated;
import dev.restoreworker.core.Outcome.JobFailed;
import dev.restoreworker.core.Outcome.Reason;
import dev.restoreworker.core.RestoreRequest.OnQuota;
import dev.restoreworker.core.RestoreRequest.OnUnknown;
import dev.restoreworker.core.RestoreRequest.Terms;
import dev.restoreworker.core.SubmitReply.Created;
import dev.restoreworker.core.SubmitReply.NotNow;
import dev.restoreworker.core.SubmitReply.Refused;
import dev.restoreworker.core.SubmitReply.Unknown;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** One test for each way through the picture in {@link Lifecycle}. */
class LifecycleTest {

    private static final Instant RECEIVED = Instant.parse("2026-01-01T00:00:00Z");
    private static final Created CREATED =
            new Created("65920080aaaaaaaaaaaaaaaa", RECEIVED, "https://atlas/job");
    private static final AtlasError ERROR = new AtlasError(404, "CLUSTER_NOT_FOUND", "No cluster.");

    private final FixedRetryPolicy policy = FixedRetryPolicy.DEFAULT;
    private final Lifecycle lifecycle = new Lifecycle(policy);

    @Test
    void a_waiting_request_is_submitted() {
        assertThat(lifecycle.next(waiting(WaitsFor.TURN, RECEIVED))).isEqualTo(new Step.Submit());
    }

    @Test
    void an_intent_is_out_for_one_lease() {
        var decision = lifecycle.begin(RECEIVED);

        assertThat(decision)
                .isEqualTo(
                        new Decision(
                                new Stage.Submitting(),
                                policy.lease(),
                                new AttemptChange.Begin(RECEIVED, policy.lease())));
    }

    @Test
    void a_created_job_is_the_request_s_and_is_tracked() {
        var decision = lifecycle.afterSubmit(submitting(new State.Open(), RECEIVED), 1, CREATED);

        assertThat(decision.stage())
                .isEqualTo(
                        new Stage.Tracked(
                                new JobCreated(
                                        CREATED.jobId(), CREATED.createdAt(), CREATED.link())));
        assertThat(decision.change()).isEqualTo(new AttemptChange.Answer(1, CREATED));
    }

    @Test
    void a_refusal_settles_the_request_with_atlas_own_words() {
        var refused = new Refused(Reason.REFUSED_BY_ATLAS, ERROR);

        var decision = lifecycle.afterSubmit(submitting(new State.Open(), RECEIVED), 1, refused);

        assertThat(decision.stage())
                .isEqualTo(
                        new Stage.Settled(
                                new JobFailed(Reason.REFUSED_BY_ATLAS, "No cluster.", ERROR)));
    }

    @Test
    void not_now_puts_the_request_off() {
        var decision =
                lifecycle.afterSubmit(
                        submitting(new State.Open(), RECEIVED), 1, notNow(WaitsFor.RATE));

        assertThat(decision.stage()).isEqualTo(new Stage.Waiting(WaitsFor.RATE, 1));
        assertThat(decision.dueIn())
                .isBetween(policy.delayMin(), policy.delayMin().multipliedBy(5).dividedBy(4));
    }

    @ParameterizedTest
    @CsvSource({"0, 5", "1, 10", "2, 20", "3, 40", "4, 60", "40, 60", "2000000000, 60"})
    void the_wait_doubles_with_each_try_up_to_the_longest(int tries, int seconds) {
        var entry =
                entry(new Stage.Waiting(WaitsFor.ATLAS, tries), List.of(), RECEIVED, Terms.DEFAULT);

        var decision = lifecycle.afterNotSent(entry, notNow(WaitsFor.ATLAS));

        assertThat(decision.dueIn())
                .isBetween(Duration.ofSeconds(seconds), Duration.ofMillis(seconds * 1_250L));
    }

    @Test
    void the_advice_of_atlas_is_followed_when_it_is_longer() {
        var advice =
                new NotNow(
                        WaitsFor.RATE,
                        Reason.ATLAS_UNAVAILABLE,
                        Duration.ofMinutes(30),
                        "rate limit",
                        null);

        var decision = lifecycle.afterSubmit(submitting(new State.Open(), RECEIVED), 1, advice);

        assertThat(decision.dueIn()).isEqualTo(Duration.ofMinutes(30));
    }

    @Test
    void what_only_lacked_a_turn_is_due_at_once() {
        var decision =
                lifecycle.afterSubmit(
                        submitting(new State.Open(), RECEIVED),
                        1,
                        NotNow.notSent(WaitsFor.TURN, "too late"));

        assertThat(decision.stage()).isEqualTo(new Stage.Waiting(WaitsFor.TURN, 1));
        assertThat(decision.dueIn()).isZero();
    }

    @Test
    void a_wait_never_outlasts_patience() {
        var almost = RECEIVED.plus(policy.patience()).minusSeconds(1);

        var decision =
                lifecycle.afterNotSent(waiting(WaitsFor.ATLAS, almost), notNow(WaitsFor.ATLAS));

        assertThat(decision.dueIn()).isEqualTo(Duration.ofSeconds(1));
    }

    @ParameterizedTest
    @EnumSource(WaitsFor.class)
    void patience_at_its_end_fails_the_request_for_what_it_waited_for(WaitsFor waitsFor) {
        var step = lifecycle.next(waiting(waitsFor, RECEIVED.plus(policy.patience())));

        assertThat(step).isInstanceOf(Step.Move.class);
        var failed = failure(((Step.Move) step).decision());
        assertThat(failed.reason()).isEqualTo(waitsFor.atTheEnd());
        assertThat(failed.detail()).contains("PT2H").contains(waitsFor.word());
    }

    @Test
    void patience_at_its_end_repeats_atlas_last_word() {
        var last =
                new NotNow(
                        WaitsFor.SNAPSHOT,
                        Reason.SNAPSHOT_UNUSABLE,
                        Duration.ZERO,
                        "not complete",
                        new AtlasError(409, "CANNOT_DOWNLOAD_INCOMPLETE_SNAPSHOT", "not complete"));
        var entry =
                entry(
                        new Stage.Waiting(WaitsFor.SNAPSHOT, 3),
                        List.of(attempt(new State.Answered(RECEIVED, last))),
                        RECEIVED.plus(policy.patience()),
                        Terms.DEFAULT);

        var failed = failure(((Step.Move) lifecycle.next(entry)).decision());

        assertThat(failed.reason()).isEqualTo(Reason.SNAPSHOT_UNUSABLE);
        assertThat(failed.detail()).contains("not complete");
        assertThat(failed.atlas()).isEqualTo(last.error());
    }

    @Test
    void an_answer_that_comes_when_patience_is_over_settles_too() {
        var late = RECEIVED.plus(policy.patience());

        var decision =
                lifecycle.afterSubmit(
                        submitting(new State.Open(), late), 1, notNow(WaitsFor.TARGET));

        assertThat(failure(decision).reason()).isEqualTo(Reason.TARGET_BUSY);
    }

    @ParameterizedTest
    @CsvSource({"PT1H, PT1H", "PT200H, PT24H"})
    void a_request_may_ask_for_another_patience_up_to_the_longest(Duration asked, Duration had) {
        var terms = new Terms(asked, OnQuota.WAIT, OnUnknown.DEFAULT, false, 0);
        var before =
                entry(
                        new Stage.Waiting(WaitsFor.ATLAS, 1),
                        List.of(),
                        RECEIVED.plus(had).minusMillis(1),
                        terms);
        var after =
                entry(new Stage.Waiting(WaitsFor.ATLAS, 1), List.of(), RECEIVED.plus(had), terms);

        assertThat(lifecycle.next(before)).isInstanceOf(Step.Submit.class);
        assertThat(lifecycle.next(after)).isInstanceOf(Step.Move.class);
    }

    @ParameterizedTest
    @CsvSource({"SLOT, true", "SNAPSHOT, true", "RATE, false", "TARGET, false"})
    void a_request_may_ask_to_fail_rather_than_wait_for_the_quota(
            WaitsFor waitsFor, boolean fails) {
        var entry =
                entry(
                        new Stage.Submitting(),
                        List.of(attempt(new State.Open())),
                        RECEIVED,
                        new Terms(null, OnQuota.FAIL, OnUnknown.DEFAULT, false, 0));

        var decision = lifecycle.afterSubmit(entry, 1, notNow(waitsFor));

        assertThat(decision.stage() instanceof Stage.Settled).isEqualTo(fails);
    }

    @Test
    void an_unknown_answer_closes_the_attempt_and_sends_nothing() {
        var unknown = new Unknown("connection was closed");

        var decision = lifecycle.afterSubmit(submitting(new State.Open(), RECEIVED), 1, unknown);

        assertThat(decision)
                .isEqualTo(
                        new Decision(
                                new Stage.Submitting(),
                                Duration.ZERO,
                                new AttemptChange.Answer(1, unknown)));
    }

    @Test
    void an_attempt_that_is_out_is_left_alone_until_its_lease_ends() {
        var before = submitting(new State.Open(), RECEIVED.plus(policy.lease()).minusMillis(1));

        assertThat(lifecycle.next(before)).isInstanceOf(Step.Rest.class);
    }

    @Test
    void a_silent_attempt_is_abandoned_when_its_lease_ends() {
        var step = lifecycle.next(submitting(new State.Open(), RECEIVED.plus(policy.lease())));

        assertThat(step)
                .isEqualTo(
                        new Step.Move(
                                new Decision(
                                        new Stage.Submitting(),
                                        Duration.ZERO,
                                        new AttemptChange.Abandon(1))));
    }

    @Test
    void an_answer_that_another_worker_left_with_the_attempt_decides() {
        var entry = submitting(new State.Answered(RECEIVED, CREATED), RECEIVED);

        var step = lifecycle.next(entry);

        assertThat(step).isInstanceOf(Step.Move.class);
        var decision = ((Step.Move) step).decision();
        assertThat(decision.stage()).isInstanceOf(Stage.Tracked.class);
        assertThat(decision.change()).isEqualTo(new AttemptChange.None());
    }

    @Test
    void a_settled_request_rests() {
        var entry =
                entry(
                        new Stage.Settled(Outcome.invalid(List.of("no id"))),
                        List.of(),
                        RECEIVED,
                        Terms.DEFAULT);

        assertThat(lifecycle.next(entry)).isEqualTo(new Step.Rest());
    }

    private static NotNow notNow(WaitsFor waitsFor) {
        return NotNow.notSent(waitsFor, "not now");
    }

    private static JobFailed failure(Decision decision) {
        return (JobFailed) ((Stage.Settled) decision.stage()).outcome();
    }

    private static LedgerEntry waiting(WaitsFor waitsFor, Instant asOf) {
        return entry(new Stage.Waiting(waitsFor, 0), List.of(), asOf, Terms.DEFAULT);
    }

    private static LedgerEntry submitting(State state, Instant asOf) {
        return entry(new Stage.Submitting(), List.of(attempt(state)), asOf, Terms.DEFAULT);
    }

    private static Attempt attempt(State state) {
        return new Attempt(
                1, RECEIVED, RECEIVED, RECEIVED.plus(FixedRetryPolicy.DEFAULT.lease()), state);
    }

    private static LedgerEntry entry(
            Stage stage, List<Attempt> attempts, Instant asOf, Terms terms) {
        return new LedgerEntry(
                Requests.with(Requests.automated("r-1"), terms),
                RECEIVED,
                1,
                stage,
                false,
                attempts,
                asOf,
                asOf);
    }
}
