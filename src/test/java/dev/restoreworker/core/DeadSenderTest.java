package dev.restoreworker.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.core.Attempt.State;
import dev.restoreworker.core.Decision.AttemptChange;
import dev.restoreworker.core.JobMatcher.Findings;
import dev.restoreworker.core.LedgerEntry.Stage;
import dev.restoreworker.core.Lifecycle.Look;
import dev.restoreworker.core.Lifecycle.Step;
import dev.restoreworker.core.SubmitReply.Created;
import dev.restoreworker.core.SubmitReply.NotNow;
import dev.restoreworker.core.SubmitReply.Unknown;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of an attempt whose sender is known to be dead. */
class DeadSenderTest {

    private static final Instant BEGUN = Instant.parse("2026-01-01T00:00:00Z");
    private static final FixedRetryPolicy POLICY = FixedRetryPolicy.DEFAULT;
    private static final Instant SENT_BY = BEGUN.plus(POLICY.sendWithin());
    private static final Instant LEASE_UNTIL = BEGUN.plus(POLICY.lease());
    private static final Instant LATER = LEASE_UNTIL.plusSeconds(1);
    private static final Look NOTHING = new Look.Seen(new Findings(List.of(), List.of()), true);

    private final Lifecycle lifecycle = new Lifecycle(POLICY);

    @Test
    void its_open_attempt_is_closed_and_looked_for_at_once() {
        assertThat(next(LATER, gone(1, new State.Open()))).isEqualTo(closing(1));
    }

    @Test
    void its_abandoned_attempt_is_closed_however_late_its_death_is_noticed() {
        var hoursLater = LATER.plus(Duration.ofHours(20));

        assertThat(next(hoursLater, gone(1, new State.Abandoned(LATER)))).isEqualTo(closing(1));
    }

    @Test
    void it_may_have_lost_its_session_and_live_so_its_time_to_send_must_be_over() {
        assertThat(next(SENT_BY, gone(1, new State.Open()))).isEqualTo(new Step.Rest());
        assertThat(next(SENT_BY.plusNanos(1000), gone(1, new State.Open()))).isEqualTo(closing(1));
    }

    @Test
    void one_of_which_nothing_is_known_may_be_paused_and_its_attempt_is_only_abandoned() {
        var silent = attempt(1, new State.Open());

        assertThat(next(LATER, silent))
                .isEqualTo(
                        new Step.Move(
                                new Decision(
                                        new Stage.Submitting(),
                                        Duration.ZERO,
                                        new AttemptChange.Abandon(1))));
    }

    @Test
    void what_it_told_before_is_what_counts() {
        var created = new Created("65920080aaaaaaaaaaaaaaaa", BEGUN, "https://atlas/job");
        var answered = gone(1, new State.Answered(BEGUN, created));

        assertThat(((Step.Move) next(LATER, answered)).decision().stage())
                .isInstanceOf(Stage.Tracked.class);
        assertThat(next(LATER, gone(1, new State.Closed(BEGUN, "cut off"))))
                .isEqualTo(new Step.Look());
    }

    @Test
    void a_job_that_is_named_decides_before_a_death_does() {
        var created = new Created("65920080aaaaaaaaaaaaaaaa", BEGUN, "https://atlas/job");

        var step =
                next(
                        LATER,
                        attempt(1, new State.Answered(BEGUN, created)),
                        gone(2, new State.Open()));

        assertThat(((Step.Move) step).decision().stage()).isInstanceOf(Stage.Tracked.class);
    }

    @Test
    void an_earlier_attempt_is_closed_too() {
        var busy = NotNow.notSent(WaitsFor.TARGET, "busy");

        var step =
                next(
                        LATER,
                        gone(1, new State.Abandoned(LEASE_UNTIL)),
                        attempt(2, new State.Answered(LATER, busy)));

        assertThat(step).isEqualTo(closing(1));
    }

    @Test
    void its_death_begins_the_settle_window_anew_and_then_the_request_is_sent_again() {
        var noticed = LATER.plus(POLICY.settle());
        var closed = gone(1, new State.Closed(noticed, "its sender died"));
        var settled = noticed.plus(POLICY.settle());

        var tooEarly = lifecycle.afterLook(entry(10, settled.minusMillis(1), closed), NOTHING);
        var inTime = lifecycle.afterLook(entry(10, settled, closed), NOTHING);

        assertThat(tooEarly.stage()).isEqualTo(new Stage.Submitting(11));
        assertThat(inTime.stage()).isInstanceOf(Stage.Waiting.class);
    }

    @Test
    void a_job_from_after_its_lease_is_not_taken_for_its_own() {
        var late = Duration.ofSeconds(10);
        var closed = gone(1, new State.Closed(LATER.plus(Duration.ofHours(1)), "its sender died"));

        assertThat(closed.window(late).to()).isEqualTo(LEASE_UNTIL.plus(late));
    }

    private Step next(Instant asOf, Attempt... attempts) {
        return lifecycle.next(entry(0, asOf, attempts));
    }

    private static Step closing(int number) {
        return new Step.Move(
                new Decision(
                        new Stage.Submitting(),
                        Duration.ZERO,
                        new AttemptChange.Answer(
                                number,
                                new Unknown("its sender died: its database session has ended"))));
    }

    private static LedgerEntry entry(int absent, Instant asOf, Attempt... attempts) {
        return new LedgerEntry(
                Requests.automated("r-1"),
                BEGUN,
                1,
                new Stage.Submitting(absent),
                false,
                List.of(attempts),
                asOf,
                asOf);
    }

    private static Attempt gone(int number, State state) {
        return attempt(number, state).withSenderGone(true);
    }

    private static Attempt attempt(int number, State state) {
        return new Attempt(number, BEGUN, BEGUN, LEASE_UNTIL, state);
    }
}
