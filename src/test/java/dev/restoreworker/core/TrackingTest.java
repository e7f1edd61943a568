package dev.restoreworker.core;

import static dev.restoreworker.core.JobMatcherTest.job;
import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.core.Ending.Kind;
import dev.restoreworker.core.JobProgress.State;
import dev.restoreworker.core.LedgerEntry.Stage;
import dev.restoreworker.core.LedgerEntry.Stage.Tracked;
import dev.restoreworker.core.Lifecycle.Step;
import dev.restoreworker.core.Outcome.JobCreated;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of a request whose job is known. */
class TrackingTest {

    private static final Instant MADE = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant EXPIRES = MADE.plusSeconds(3_800);
    private static final ListedJob JOB = job(MADE, 1);
    private static final JobCreated CREATED = new JobCreated(JOB.id(), MADE, JOB.link());
    private static final Resolution WORD = new Resolution("zoe", "seen in Atlas");
    private static final Ending READY = new Ending(Kind.READY, JOB.id(), null, EXPIRES, null);

    private final FixedRetryPolicy policy = FixedRetryPolicy.DEFAULT;
    private final Lifecycle lifecycle = new Lifecycle(policy);
    private final Tracking tracking = lifecycle.following().tracking();

    @Test
    void a_request_is_tracked_from_the_answer_that_names_its_job() {
        var submitting = entry(new Stage.Submitting(), MADE);
        var reply = new SubmitReply.Created(JOB.id(), MADE, JOB.link());

        var decision = lifecycle.afterSubmit(submitting, 1, reply);

        assertThat(decision.stage()).isEqualTo(new Tracked(CREATED, JOB.id(), null));
        assertThat(decision.dueIn()).isEqualTo(policy.trackEvery());
    }

    @Test
    void it_is_not_taken_up_by_itself() {
        var tracked = tracked(0, null);

        assertThat(lifecycle.next(entry(tracked, MADE)))
                .isInstanceOfSatisfying(
                        Step.Move.class,
                        move -> assertThat(move.decision().stage()).isEqualTo(tracked));
    }

    @Test
    void a_job_that_runs_brings_nothing_new() {
        assertThat(listed(tracked(0, null), State.RUNNING)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "FETCHED, READY",
        "COMPLETED, COMPLETED",
        "FAILED, FAILED",
        "CANCELLED, CANCELLED",
        "EXPIRED, EXPIRED"
    })
    void what_atlas_is_done_with_is_over(State state, Kind kind) {
        var decision = listed(tracked(3, null), state);

        assertThat(decision.map(Decision::stage))
                .contains(new Stage.Over(CREATED, new Ending(kind, JOB.id(), null, EXPIRES, null)));
    }

    @Test
    void a_download_that_can_be_fetched_is_told_of_once_and_watched_further() {
        var told = listed(tracked(2, null), State.READY);

        assertThat(told.map(Decision::stage)).contains(tracked(0, READY));
        assertThat(listed(tracked(0, READY), State.READY)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"FETCHED", "EXPIRED", "CANCELLED", "FAILED"})
    void what_was_told_of_a_download_is_not_told_otherwise_when_its_slot_is_free(State state) {
        assertThat(listed(tracked(0, READY), state).map(Decision::stage))
                .contains(new Stage.Over(CREATED, READY));
    }

    @Test
    void a_link_that_nobody_can_use_any_more_holds_nothing_whatever_the_list_shows() {
        var free = EXPIRES.plus(Duration.ofHours(1)).plus(policy.clockSkewMax());
        var ready = JOB.with(new JobProgress(State.READY, null, EXPIRES));

        assertThat(tracking.afterListing(entry(tracked(0, READY), free), tracked(0, READY), ready))
                .isEmpty();
        assertThat(
                        tracking.afterListing(
                                        entry(tracked(0, READY), free.plusMillis(1)),
                                        tracked(0, READY),
                                        ready)
                                .map(Decision::stage))
                .contains(new Stage.Over(CREATED, READY));
    }

    @Test
    void a_job_that_is_missing_is_lost_after_enough_lists_in_a_row() {
        // 2 minutes of settling, in lists 15 s apart
        for (var absent = 0; absent < 8; absent++) {
            assertThat(unlisted(tracked(absent, null)).stage())
                    .isEqualTo(tracked(absent + 1, null));
        }
        assertThat(unlisted(tracked(8, null)).stage())
                .isEqualTo(
                        new Stage.Over(CREATED, new Ending(Kind.LOST, JOB.id(), null, null, null)));
    }

    @Test
    void a_job_that_is_shown_again_was_not_lost() {
        assertThat(listed(tracked(7, null), State.RUNNING).map(Decision::stage))
                .contains(tracked(0, null));
    }

    @Test
    void a_download_that_was_told_of_and_is_not_listed_any_more_holds_nothing() {
        assertThat(unlisted(tracked(8, READY)).stage()).isEqualTo(new Stage.Over(CREATED, READY));
    }

    @Test
    void an_operator_s_word_stays_with_the_job_to_its_end() {
        var named = new Tracked(CREATED, JOB.id(), WORD);

        var ending = ((Tracked) listed(named, State.READY).orElseThrow().stage()).ending();

        assertThat(ending).extracting(Ending::resolution).isEqualTo(WORD);
    }

    @Test
    void a_cluster_is_listed_often_while_a_job_is_young_and_seldom_when_all_are_old() {
        var young = entry(tracked(0, null), MADE.plusSeconds(60));
        var old = entry(tracked(0, null), MADE.plusSeconds(800));
        var ancient = entry(tracked(0, null), MADE.plus(Duration.ofDays(2)));

        assertThat(tracking.spacing(List.of(ancient, young), false)).isEqualTo(policy.trackEvery());
        assertThat(tracking.spacing(List.of(old), false)).isEqualTo(Duration.ofSeconds(100));
        assertThat(tracking.spacing(List.of(ancient), false)).isEqualTo(Duration.ofMinutes(5));
        assertThat(tracking.spacing(List.of(ancient), true)).isEqualTo(policy.trackEvery());
    }

    @Test
    void a_list_goes_back_to_the_oldest_job_or_to_all_where_one_is_missing() {
        var older = job(MADE.minusSeconds(7), 2).id();
        var one = entry(tracked(0, null), MADE);
        var two = entry(new Tracked(CREATED, older, null), MADE);
        var missing = entry(tracked(1, null), MADE);

        assertThat(Tracking.since(List.of(one, two))).isEqualTo(MADE.minusSeconds(7));
        assertThat(Tracking.since(List.of(one, two, missing))).isEqualTo(Instant.MIN);
    }

    private Optional<Decision> listed(Tracked tracked, State state) {
        var job = JOB.with(new JobProgress(state, null, state == State.RUNNING ? null : EXPIRES));
        return tracking.afterListing(entry(tracked, MADE.plusSeconds(200)), tracked, job);
    }

    private Decision unlisted(Tracked tracked) {
        return tracking.afterListing(entry(tracked, MADE.plusSeconds(200)), tracked, null)
                .orElseThrow();
    }

    private static Tracked tracked(int absent, @Nullable Ending ending) {
        return new Tracked(CREATED, JOB.id(), null, absent, ending);
    }

    private static LedgerEntry entry(Stage stage, Instant asOf) {
        var attempt = new Attempt(1, MADE, MADE, MADE.plusSeconds(120), new Attempt.State.Open());
        return new LedgerEntry(
                Requests.download("r-1"), MADE, 1, stage, false, List.of(attempt), asOf, asOf);
    }
}
