package dev.restoreworker.core;

import static dev.restoreworker.core.JobMatcherTest.job;
import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.core.Attempt.State;
import dev.restoreworker.core.Ending.Kind;
import dev.restoreworker.core.JobMatcher.Findings;
import dev.restoreworker.core.LedgerEntry.Stage;
import dev.restoreworker.core.LedgerEntry.Stage.Followed;
import dev.restoreworker.core.LedgerEntry.Stage.Tracked;
import dev.restoreworker.core.Lifecycle.Look;
import dev.restoreworker.core.Lifecycle.Step;
import dev.restoreworker.core.Outcome.AtlasError;
import dev.restoreworker.core.Outcome.JobFailed;
import dev.restoreworker.core.Outcome.Reason;
import dev.restoreworker.core.SubmitReply.Created;
import dev.restoreworker.core.SubmitReply.NotNow;
import dev.restoreworker.core.SubmitReply.Refused;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of a request that ended as unknown. */
class FollowingTest {

    private static final Instant RECEIVED = Instant.parse("2026-01-01T00:00:00Z");
    private static final ListedJob JOB = job(RECEIVED, 1);
    private static final ListedJob OTHER = job(RECEIVED, 2);
    private static final Look NOTHING = seen(List.of(), List.of());
    private static final JobFailed UNKNOWN =
            new JobFailed(Reason.OUTCOME_UNKNOWN, "look", null, List.of());
    private static final State CLOSED = new State.Closed(RECEIVED, "cut off");
    private static final State ABANDONED = new State.Abandoned(RECEIVED);
    private static final Resolution WORD = new Resolution("zoe", "seen in Atlas");

    private final FixedRetryPolicy policy = FixedRetryPolicy.DEFAULT;
    private final Instant settled = RECEIVED.plus(policy.settle());
    private final Instant over = RECEIVED.plus(policy.lease()).plus(policy.lookFor());
    private final Lifecycle lifecycle = new Lifecycle(policy);

    @Test
    void a_sender_that_is_found_dead_later_closes_its_attempt_and_the_settle_window_begins_anew() {
        var abandoned = entry(new Followed(UNKNOWN), over, ABANDONED);
        var orphan = abandoned.with(List.of(abandoned.lastAttempt().withSenderGone(true)));

        assertThat(lifecycle.next(orphan))
                .isInstanceOfSatisfying(
                        Step.Move.class,
                        move -> {
                            assertThat(move.decision().stage()).isEqualTo(new Followed(UNKNOWN));
                            assertThat(move.decision().change())
                                    .isInstanceOfSatisfying(
                                            Decision.AttemptChange.Answer.class,
                                            answer ->
                                                    assertThat(answer.reply())
                                                            .isInstanceOf(
                                                                    SubmitReply.Unknown.class));
                        });
    }

    @Test
    void what_ends_as_unknown_is_followed_and_looked_at_soon() {
        var submitting = entry(new Stage.Submitting(9), settled, ABANDONED);

        var decision = lifecycle.afterLook(submitting, NOTHING);

        assertThat(decision.stage())
                .isInstanceOfSatisfying(
                        Followed.class,
                        followed ->
                                assertThat(((JobFailed) followed.outcome()).reason())
                                        .isEqualTo(Reason.OUTCOME_UNKNOWN));
        assertThat(decision.dueIn()).isEqualTo(policy.settle().dividedBy(2));
    }

    @Test
    void it_is_looked_at_less_and_less_often_and_at_last_when_the_time_is_over() {
        var entry = followed(0, settled, ABANDONED);
        var waits = new ArrayList<Duration>();
        var now = settled;
        while (now.isBefore(over)) {
            var decision = lifecycle.afterLook(at(entry, now), NOTHING);
            waits.add(decision.dueIn());
            now = now.plus(decision.dueIn());
        }

        assertThat(waits.subList(0, waits.size() - 1)).isSorted();
        assertThat(waits).hasSizeLessThan(330).allMatch(Duration::isPositive);
        assertThat(waits.getFirst()).isEqualTo(policy.settle().dividedBy(2));
        assertThat(waits.get(waits.size() - 2)).isEqualTo(Duration.ofMinutes(5));
        assertThat(now).isEqualTo(over);
    }

    @Test
    void nothing_is_ever_sent() {
        for (var state : List.of(CLOSED, ABANDONED, answered(notNow()), answered(created()))) {
            for (var hours = 0; hours < 30; hours++) {
                var now = RECEIVED.plus(Duration.ofHours(hours));

                assertThat(lifecycle.next(followed(3, now, state)))
                        .isNotInstanceOf(Step.Submit.class);
            }
        }
    }

    @Test
    void a_job_that_is_found_is_the_request_s_and_tracked_from_now_on() {
        var decision =
                lifecycle.afterLook(
                        followed(2, settled, ABANDONED), seen(List.of(JOB), List.of(OTHER)));

        assertThat(decision.stage()).isEqualTo(new Tracked(UNKNOWN, JOB.id(), null));
        assertThat(decision.dueIn()).isZero();
    }

    @Test
    void a_job_that_is_found_when_it_is_over_ends_it() {
        var finishedAt = RECEIVED.plusSeconds(230);
        var done = JOB.with(new JobProgress(JobProgress.State.COMPLETED, finishedAt, null));

        var decision =
                lifecycle.afterLook(
                        followed(2, settled, ABANDONED), seen(List.of(done), List.of()));

        assertThat(ending(decision))
                .isEqualTo(new Ending(Kind.COMPLETED, JOB.id(), finishedAt, null, null));
        assertThat(ending(decision).duration()).isEqualTo(Duration.ofSeconds(230));
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 0", "0, 1", "0, 2"})
    void more_jobs_or_doubtful_ones_are_not_believed(int ours, int doubtful) {
        var jobs = List.of(JOB, OTHER);
        var look =
                ours == 1
                        ? seen(List.of(), jobs) // what is ours is the case above
                        : seen(jobs.subList(0, ours), jobs.subList(0, doubtful));

        var during = lifecycle.afterLook(followed(2, settled, CLOSED), look);
        var after = lifecycle.afterLook(followed(2, over, CLOSED), look);

        assertThat(during.stage()).isEqualTo(new Followed(UNKNOWN));
        assertThat(ending(after)).isEqualTo(new Ending(Kind.LOST, null, null, null, null));
    }

    @Test
    void a_late_answer_that_names_the_job_decides_before_any_look() {
        var step = lifecycle.next(followed(2, settled, answered(created())));

        assertThat(((Step.Move) step).decision().stage())
                .isEqualTo(new Tracked(UNKNOWN, JOB.id(), null));
    }

    @Test
    void when_all_attempts_are_answered_without_a_job_there_is_none() {
        var refused = new Refused(Reason.REFUSED_BY_ATLAS, new AtlasError(400, "NO", "no"));

        var step = lifecycle.next(followed(0, settled, answered(notNow()), answered(refused)));

        assertThat(ending(((Step.Move) step).decision()))
                .isEqualTo(new Ending(Kind.NOT_FOUND, null, null, null, null));
    }

    @Test
    void an_answer_to_one_of_two_attempts_proves_nothing_of_the_other() {
        var entry = followed(0, settled, answered(notNow()), ABANDONED);

        assertThat(lifecycle.next(entry)).isEqualTo(new Step.Look());
    }

    @Test
    void what_is_closed_late_and_absent_by_the_rules_was_not_found() {
        var last = policy.looks() - 1;

        assertThat(ending(lifecycle.afterLook(followed(last, settled, CLOSED), NOTHING)))
                .isEqualTo(new Ending(Kind.NOT_FOUND, null, null, null, null));
    }

    @ParameterizedTest
    @CsvSource({
        "too few looks, 1, 0, true, CLOSED",
        "too early, 9, -1, true, CLOSED",
        "source not proven, 9, 0, false, CLOSED",
        "may still be sent, 9, 0, true, ABANDONED",
    })
    void absence_is_not_believed_without_its_proof(
            String why, int absent, int millis, boolean proven, String state) {
        var attempt = state.equals("CLOSED") ? CLOSED : ABANDONED;
        var entry = followed(absent, settled.plusMillis(millis), attempt);

        var decision =
                lifecycle.afterLook(
                        entry, new Look.Seen(new Findings(List.of(), List.of()), proven));

        assertThat(decision.stage()).isEqualTo(new Followed(UNKNOWN, absent + 1));
    }

    @Test
    void silence_is_lost_when_the_time_is_over_and_not_before() {
        var before = followed(9, over.minusMillis(1), ABANDONED);
        var after = followed(9, over, ABANDONED);

        for (var look : List.of(NOTHING, blind())) {
            assertThat(lifecycle.afterLook(before, look).stage()).isInstanceOf(Followed.class);
            assertThat(ending(lifecycle.afterLook(after, look)))
                    .isEqualTo(new Ending(Kind.LOST, null, null, null, null));
        }
    }

    @Test
    void a_list_that_cannot_be_read_counts_for_nothing() {
        var decision = lifecycle.afterLook(followed(1, settled, CLOSED), blind());

        assertThat(decision.stage()).isEqualTo(new Followed(UNKNOWN, 1));
    }

    @Test
    void a_job_that_another_request_has_is_tried_again_until_the_time_is_over() {
        var during = followed(0, settled, answered(created()));
        var after = followed(0, settled.plus(policy.lookFor()), answered(created()));
        var none = new Decision.AttemptChange.None();

        assertThat(lifecycle.afterJobTaken(during, "r-2", none))
                .isEqualTo(new Decision(new Followed(UNKNOWN), Duration.ofMinutes(5), none));
        assertThat(ending(lifecycle.afterJobTaken(after, "r-2", none)).kind()).isEqualTo(Kind.LOST);
    }

    @Test
    void an_operator_names_the_job_or_says_that_there_is_none() {
        var following = lifecycle.following();
        var followed = new Followed(UNKNOWN);

        assertThat(following.resolve(followed, JOB.id(), WORD).stage())
                .isEqualTo(new Tracked(UNKNOWN, JOB.id(), WORD));
        assertThat(ending(following.resolve(followed, null, WORD)))
                .isEqualTo(new Ending(Kind.NOT_FOUND, null, null, null, WORD));
    }

    @Test
    void an_operator_cannot_name_an_older_job() {
        var older = job(RECEIVED.minusSeconds(1), 3).id();
        var unknown = followed(0, settled, ABANDONED);

        assertThat(objection(unknown, older)).contains("before any attempt");
        assertThat(objection(unknown, JOB.id())).isEmpty();
        assertThat(objection(unknown, null)).isEmpty();
    }

    private String objection(LedgerEntry entry, @Nullable String jobId) {
        return lifecycle.following().objection(entry, jobId).orElse("");
    }

    private static Created created() {
        return new Created(JOB.id(), JOB.createdAt(), JOB.link());
    }

    private static NotNow notNow() {
        return NotNow.notSent(WaitsFor.TURN, "it was not sent");
    }

    private static State answered(SubmitReply reply) {
        return new State.Answered(RECEIVED, reply);
    }

    private static Ending ending(Decision decision) {
        return ((Stage.Over) decision.stage()).ending();
    }

    private static Look seen(List<ListedJob> ours, List<ListedJob> doubtful) {
        return new Look.Seen(new Findings(ours, doubtful), true);
    }

    private static Look blind() {
        return new Look.Blind(NotNow.notSent(WaitsFor.ATLAS, "Atlas is away"));
    }

    private static LedgerEntry followed(int absent, Instant asOf, State... states) {
        return entry(new Followed(UNKNOWN, absent), asOf, states);
    }

    private static LedgerEntry at(LedgerEntry entry, Instant asOf) {
        return new LedgerEntry(
                entry.request(),
                entry.receivedAt(),
                entry.version(),
                entry.stage(),
                entry.deferred(),
                entry.attempts(),
                asOf,
                asOf);
    }

    private static LedgerEntry entry(Stage stage, Instant asOf, State... states) {
        var attempts = new ArrayList<Attempt>();
        for (var state : states) {
            attempts.add(
                    new Attempt(
                            attempts.size() + 1,
                            RECEIVED,
                            RECEIVED,
                            RECEIVED.plus(FixedRetryPolicy.DEFAULT.lease()),
                            state));
        }
        return new LedgerEntry(
                Requests.automated("r-1"), RECEIVED, 1, stage, false, attempts, asOf, asOf);
    }
}
