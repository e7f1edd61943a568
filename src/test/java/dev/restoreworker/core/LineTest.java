package dev.restoreworker.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.core.Decision.AttemptChange;
import dev.restoreworker.core.LedgerEntry.Line;
import dev.restoreworker.core.LedgerEntry.Stage;
import dev.restoreworker.core.Lifecycle.Step;
import dev.restoreworker.core.Outcome.JobFailed;
import dev.restoreworker.core.Outcome.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of a request that is not the first of its line, or repeats another. */
class LineTest {

    private static final Instant RECEIVED = Instant.parse("2026-01-01T00:00:00Z");

    private final FixedRetryPolicy policy = FixedRetryPolicy.DEFAULT;
    private final Lifecycle lifecycle = new Lifecycle(policy);

    @Test
    void whoever_is_held_waits_for_the_target_until_its_patience_ends() {
        var step = lifecycle.next(waiting(new Line("first", null), Duration.ofMinutes(30)));

        assertThat(step)
                .isEqualTo(
                        new Step.Move(
                                new Decision(
                                        new Stage.Waiting(WaitsFor.TARGET, 0),
                                        Duration.ofMinutes(90),
                                        new AttemptChange.None())));
    }

    @Test
    void whoever_is_held_until_patience_ends_fails_and_names_the_holder() {
        var step = lifecycle.next(waiting(new Line("first", null), policy.patience()));

        assertThat(failure(step).reason()).isEqualTo(Reason.TARGET_BUSY);
        assertThat(failure(step).detail()).contains("request first");
    }

    @Test
    void whoever_is_first_is_submitted() {
        assertThat(lifecycle.next(waiting(Line.FREE, Duration.ZERO))).isEqualTo(new Step.Submit());
    }

    @Test
    void a_repeat_fails_at_once_and_no_job_of_it_exists() {
        var failed = failure(lifecycle.next(waiting(new Line(null, "first"), Duration.ZERO)));

        assertThat(failed.reason()).isEqualTo(Reason.REPEATED);
        assertThat(failed.detail()).contains("request first").contains("allowRepeat");
        assertThat(failed.reason().jobMayExist()).isFalse();
        assertThat(failed.reason().retriable()).isFalse();
    }

    @Test
    void a_repeat_is_told_as_one_though_its_patience_is_over() {
        var failed = failure(lifecycle.next(waiting(new Line(null, "first"), policy.patience())));

        assertThat(failed.reason()).isEqualTo(Reason.REPEATED);
    }

    private static JobFailed failure(Step step) {
        return (JobFailed) ((Stage.Settled) ((Step.Move) step).decision().stage()).outcome();
    }

    private static LedgerEntry waiting(Line line, Duration since) {
        var asOf = RECEIVED.plus(since);
        return new LedgerEntry(
                Requests.automated("r-1"),
                RECEIVED,
                1,
                new Stage.Waiting(WaitsFor.TURN, 0),
                false,
                List.of(),
                asOf,
                asOf,
                line,
                null,
                null);
    }
}
