package dev.restoreworker.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.sandbox.Sample.Expectation.AddsNothing;
import dev.restoreworker.sandbox.Sample.Expectation.Ends;
import java.util.List;
import org.junit.jupiter.api.Test;

class SampleCheckTest {
    private final SampleCheck check =
            new SampleCheck(
                    List.of(
                            new Sample("one", "{}", new Ends(Outcome.created())),
                            new Sample("one", "{}", new AddsNothing()),
                            new Sample("two", "{}", new Ends(Outcome.failed("TOO_OLD")))));

    @Test
    void a_sample_without_an_outcome_is_missing_but_no_fault() {
        check.see(seen("one", Outcome.created()));

        assertThat(check.missing())
                .containsExactly("two: expected job-failed TOO_OLD, saw nothing");
        assertThat(check.faults()).isEmpty();
    }

    @Test
    void the_right_outcomes_leave_nothing_to_say() {
        check.see(seen("one", Outcome.created()));
        check.see(seen("two", Outcome.failed("TOO_OLD")));

        assertThat(check.missing()).isEmpty();
        assertThat(check.faults()).isEmpty();
    }

    @Test
    void the_right_event_with_another_reason_is_a_fault() {
        check.see(seen("two", Outcome.failed("REPEATED")));

        assertThat(check.faults())
                .containsExactly("two: expected job-failed TOO_OLD, saw [job-failed REPEATED]");
    }

    @Test
    void a_second_outcome_of_the_record_that_was_published_twice_is_a_fault() {
        check.see(seen("one", Outcome.created()));
        check.see(seen("one", Outcome.created()));

        assertThat(check.faults())
                .containsExactly("one: expected job-created, saw [job-created, job-created]");
    }

    @Test
    void what_happens_to_a_job_later_is_no_second_outcome() {
        check.see(seen("one", Outcome.created()));
        check.see(seen("one", new Outcome("job-finished", "completed")));

        assertThat(check.faults()).isEmpty();
    }

    @Test
    void a_dead_letter_counts_as_an_outcome() {
        check.see(seen("one", Outcome.created()));
        check.see(seen("one", Outcome.deadLetter("REQUEST_CONFLICT")));

        assertThat(check.faults())
                .containsExactly(
                        "one: expected job-created, saw [job-created, dead-letter REQUEST_CONFLICT]");
    }

    @Test
    void requests_of_others_are_passed_over() {
        check.see(seen("somebody-else's", Outcome.failed("CANCELLED")));

        assertThat(check.faults()).isEmpty();
        assertThat(check.missing()).hasSize(2);
    }

    private static SeenEvent seen(String requestId, Outcome outcome) {
        return new SeenEvent(requestId, "project", "download", outcome, "job");
    }
}
