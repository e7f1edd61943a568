package dev.restoreworker.core;

import static dev.restoreworker.core.JobMatcherTest.job;
import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.core.Attempt.State;
import dev.restoreworker.core.JobMatcher.Findings;
import dev.restoreworker.core.JobMatcher.Rivals;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an operator gets who lets silent attempts be sent again, and what he gives up. */
class RetryTest {

    private static final FixedRetryPolicy POLICY = FixedRetryPolicy.DEFAULT.retrying();
    private static final Instant BEGUN = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant ABANDONED = BEGUN.plus(POLICY.lease());
    private static final Instant SETTLED = ABANDONED.plus(POLICY.settle());
    private static final Instant SECOND = SETTLED.plusSeconds(10);
    private static final Instant THEN = SECOND.plusSeconds(5);
    private static final Look NOTHING = look(true);
    private static final State SILENT = new State.Abandoned(ABANDONED);
    private static final Refused REFUSED =
            new Refused(
                    Reason.REFUSED_BY_ATLAS, new AtlasError(404, "NO_SUCH", "It is not there."));

    private final Lifecycle lifecycle = new Lifecycle(POLICY);

    @Test
    void a_silent_attempt_whose_job_was_absent_long_enough_is_sent_again() {
        var decision = lifecycle.afterLook(submitting(2, SETTLED, first(SILENT)), NOTHING);

        assertThat(decision.stage()).isEqualTo(new Stage.Waiting(WaitsFor.ATLAS, 1));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void too_few_looks_prove_nothing_of_it_either(int before) {
        var decision = lifecycle.afterLook(submitting(before, SETTLED, first(SILENT)), NOTHING);

        assertThat(decision.stage()).isEqualTo(new Stage.Submitting(before + 1));
    }

    @Test
    void the_settle_window_is_counted_from_when_it_was_abandoned() {
        var early = submitting(9, SETTLED.minusMillis(1), first(SILENT));

        assertThat(lifecycle.afterLook(early, NOTHING).stage()).isEqualTo(new Stage.Submitting(10));
    }

    @Test
    void a_source_that_is_not_proven_ends_it_as_unknown() {
        var decision = lifecycle.afterLook(submitting(2, SETTLED, first(SILENT)), look(false));

        assertUnknown(decision, 1);
    }

    @Test
    void a_request_that_asks_not_to_be_sent_again_wins() {
        var terms = new Terms(null, OnQuota.WAIT, OnUnknown.FAIL, false, 0);

        var looked =
                lifecycle.afterLook(asking(terms, submitting(2, SETTLED, first(SILENT))), NOTHING);
        var waiting = asking(terms, waiting(SETTLED, first(SILENT)));

        assertUnknown(looked, 1);
        assertThat(lifecycle.afterLookBeforeSending(waiting, NOTHING)).isPresent();
    }

    @Test
    void what_waits_to_be_sent_again_is_not_once_the_operator_changed_his_mind() {
        var waiting = waiting(SETTLED, first(SILENT));

        assertThat(lifecycle.afterLookBeforeSending(waiting, NOTHING)).isEmpty();
        assertThat(new Lifecycle(FixedRetryPolicy.DEFAULT).afterLookBeforeSending(waiting, NOTHING))
                .isPresent();
    }

    @Test
    void news_of_the_attempt_while_it_waits_begin_the_looks_anew() {
        var closed = new State.Closed(SETTLED.plusSeconds(1), "cut off");
        var waiting = waiting(SETTLED.plusSeconds(2), first(closed));

        assertThat(lifecycle.next(waiting)).isEqualTo(new Step.Look());
        assertThat(lifecycle.afterLook(waiting, NOTHING).stage())
                .isEqualTo(new Stage.Submitting(1));
    }

    @Test
    void a_refusal_that_comes_while_it_waits_is_its_end() {
        var waiting = waiting(SETTLED.plusSeconds(2), first(answered(SETTLED, REFUSED)));

        assertThat(lifecycle.next(waiting))
                .isInstanceOfSatisfying(
                        Step.Move.class,
                        it ->
                                assertThat(failure(it.decision()).reason())
                                        .isEqualTo(Reason.REFUSED_BY_ATLAS));
    }

    /**
     * All ends without a job, of a request whose first attempt is silent and whose second is not.
     */
    static Stream<Decision> endsWithoutAJob() {
        var lifecycle = new Lifecycle(POLICY);
        var out = submitting(0, THEN, first(SILENT), second(new State.Open()));
        var over = BEGUN.plus(POLICY.patience());
        var closed = submitting(2, over, first(SILENT), second(new State.Closed(THEN, "cut off")));
        var notNow = NotNow.notSent(WaitsFor.ATLAS, "Atlas is away");
        var waiting = waiting(over, first(SILENT), second(answered(THEN, notNow)));
        return Stream.of(
                lifecycle.afterSubmit(out, 2, REFUSED),
                lifecycle.afterSubmit(waiting(over, out.attempts()), 2, notNow),
                lifecycle.afterLook(closed, NOTHING),
                ((Step.Move) lifecycle.next(waiting)).decision(),
                lifecycle.afterNotSent(waiting, notNow),
                lifecycle.afterNotAllowed(waiting, "not any more"));
    }

    @ParameterizedTest
    @MethodSource("endsWithoutAJob")
    void once_a_silent_attempt_was_sent_again_no_end_without_a_job_is_certain(Decision decision) {
        assertUnknown(decision, 1);
    }

    @Test
    void that_stays_so_when_the_first_sender_was_heard_of_after_all() {
        for (var heard : List.of(new State.Closed(THEN, "cut off"), answered(THEN, REFUSED))) {
            var out = submitting(0, THEN, first(heard), second(new State.Open()));

            assertUnknown(lifecycle.afterSubmit(out, 2, REFUSED), 1);
        }
    }

    @Test
    void patience_that_ends_before_it_was_sent_again_is_unknown() {
        var over = BEGUN.plus(POLICY.patience());

        assertUnknown(((Step.Move) lifecycle.next(waiting(over, first(SILENT)))).decision(), 1);
        assertUnknown(lifecycle.afterLook(submitting(2, over, first(SILENT)), NOTHING), 1);
    }

    @Test
    void the_newest_attempt_decides_and_an_older_ones_refusal_does_not() {
        var entry = submitting(0, THEN, first(answered(THEN, REFUSED)), second(new State.Open()));

        assertThat(lifecycle.next(entry)).isEqualTo(new Step.Rest());
    }

    @Test
    void a_job_in_the_window_of_the_first_attempt_is_adopted_after_the_second() {
        var entry = submitting(0, THEN, first(SILENT), second(new State.Closed(THEN, "cut off")));
        var late = job(BEGUN.plusSeconds(30), 1);
        var findings =
                new JobMatcher(Duration.ofSeconds(10)).match(entry, List.of(late), Rivals.NONE);

        assertThat(findings.ours()).containsExactly(late);
        assertThat(lifecycle.afterLook(entry, new Look.Seen(findings, true)).stage())
                .isEqualTo(
                        new Stage.Tracked(
                                new JobCreated(late.id(), late.createdAt(), late.link(), true)));
    }

    @Test
    void without_a_silent_attempt_nothing_is_different() {
        var entry =
                submitting(
                        0,
                        THEN,
                        first(new State.Closed(BEGUN, "cut off")),
                        second(new State.Open()));

        assertThat(failure(lifecycle.afterSubmit(entry, 2, REFUSED)).reason())
                .isEqualTo(Reason.REFUSED_BY_ATLAS);
    }

    private static void assertUnknown(Decision decision, int attempt) {
        assertThat(failure(decision).reason()).isEqualTo(Reason.OUTCOME_UNKNOWN);
        assertThat(failure(decision).detail()).startsWith("attempt " + attempt + " may have");
    }

    private static JobFailed failure(Decision decision) {
        return switch (decision.stage()) {
            case Stage.Settled(JobFailed failed) -> failed;
            case Stage.Followed followed -> (JobFailed) followed.outcome();
            default -> throw new AssertionError(decision);
        };
    }

    private static Look look(boolean proven) {
        return new Look.Seen(new Findings(List.of(), List.of()), proven);
    }

    private static State answered(Instant at, SubmitReply reply) {
        return new State.Answered(at, reply);
    }

    private static Attempt first(State state) {
        return new Attempt(1, BEGUN, BEGUN, ABANDONED, state);
    }

    private static Attempt second(State state) {
        return new Attempt(2, SECOND, SECOND, SECOND.plus(POLICY.lease()), state);
    }

    private static LedgerEntry submitting(int absent, Instant asOf, Attempt... attempts) {
        return entry(new Stage.Submitting(absent), asOf, Terms.DEFAULT, List.of(attempts));
    }

    private static LedgerEntry waiting(Instant asOf, Attempt... attempts) {
        return waiting(asOf, List.of(attempts));
    }

    private static LedgerEntry waiting(Instant asOf, List<Attempt> attempts) {
        return entry(new Stage.Waiting(WaitsFor.ATLAS, 1), asOf, Terms.DEFAULT, attempts);
    }

    private static LedgerEntry asking(Terms terms, LedgerEntry entry) {
        return entry(entry.stage(), entry.asOf(), terms, entry.attempts());
    }

    private static LedgerEntry entry(
            Stage stage, Instant asOf, Terms terms, List<Attempt> attempts) {
        return new LedgerEntry(
                Requests.with(Requests.automated("r-1"), terms),
                BEGUN,
                1,
                stage,
                false,
                attempts,
                asOf,
                asOf);
    }
}
