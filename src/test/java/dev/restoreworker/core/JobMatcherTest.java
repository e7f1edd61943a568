package dev.restoreworker.core;

import static dev.restoreworker.core.JobMatcher.Verdict.DOUBTFUL;
import static dev.restoreworker.core.JobMatcher.Verdict.OURS;
import static dev.restoreworker.core.JobMatcher.Verdict.RULED_OUT;
import static dev.restoreworker.core.Requests.PROJECT;
import static dev.restoreworker.core.Requests.SNAPSHOT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.core.Attempt.State;
import dev.restoreworker.core.JobMatcher.Rivals;
import dev.restoreworker.core.JobMatcher.Verdict;
import dev.restoreworker.core.LedgerEntry.Stage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobMatcherTest {

    /** When the attempt was begun, in the ledger's time; Atlas' clock is an hour ahead. */
    private static final Instant BEGUN = Instant.parse("2026-01-01T00:00:00Z");

    private static final Duration AHEAD = Duration.ofHours(1);
    private static final Instant NOT_BEFORE = BEGUN.plus(AHEAD);
    private static final Duration LATE = Duration.ofSeconds(10);
    private static final Duration LEASE = Duration.ofMinutes(2);

    /** Half a minute after it was begun. */
    private static final State CLOSED = new State.Closed(BEGUN.plusSeconds(30), "cut off");

    private static final State ABANDONED = new State.Abandoned(BEGUN.plus(LEASE));

    private final JobMatcher matcher = new JobMatcher(LATE);

    /** A restore of the request's snapshot onto its target, made at this second. */
    static ListedJob job(Instant createdAt, int number) {
        return job(createdAt, number, "automated", SNAPSHOT, PROJECT, "standby");
    }

    private static ListedJob job(
            Instant createdAt,
            int number,
            @Nullable String deliveryType,
            @Nullable String snapshotId,
            @Nullable String targetProjectId,
            @Nullable String targetClusterName) {
        return new ListedJob(
                "%08x%016x".formatted(createdAt.getEpochSecond(), number),
                "https://atlas/" + number,
                deliveryType,
                snapshotId,
                targetProjectId,
                targetClusterName,
                null,
                null,
                null);
    }

    @ParameterizedTest
    @CsvSource({
        "-1, RULED_OUT",
        "0, OURS",
        "30, OURS",
        "40, OURS",
        "41, DOUBTFUL",
        "86400, DOUBTFUL"
    })
    void an_equal_job_is_ours_if_it_was_made_in_the_attempts_own_window(
            int second, Verdict verdict) {
        assertThat(verdict(CLOSED, job(NOT_BEFORE.plusSeconds(second), 1))).isEqualTo(verdict);
    }

    /** An id tells whole seconds, and a window need not begin with one. */
    @ParameterizedTest
    @CsvSource({"-1, RULED_OUT", "0, OURS", "40, OURS", "41, DOUBTFUL"})
    void a_job_of_the_second_in_which_an_attempt_began_may_be_its_own(int second, Verdict verdict) {
        var begun = new Attempt(1, BEGUN, NOT_BEFORE.plusMillis(999), BEGUN.plus(LEASE), CLOSED);

        assertThat(
                        matcher.verdict(
                                entry(Requests.automated("r-1"), begun),
                                job(NOT_BEFORE.plusSeconds(second), 1),
                                Rivals.NONE))
                .isEqualTo(verdict);
    }

    @ParameterizedTest
    @CsvSource({"-1, RULED_OUT", "0, OURS", "130, OURS", "131, DOUBTFUL"})
    void the_window_of_an_abandoned_attempt_ends_with_its_lease(int second, Verdict verdict) {
        assertThat(verdict(ABANDONED, job(NOT_BEFORE.plusSeconds(second), 1))).isEqualTo(verdict);
    }

    @ParameterizedTest
    @CsvSource({
        "download, , , , RULED_OUT",
        "automated, 5e4e593f70dfbf1010295837, , , RULED_OUT",
        "automated, , 5e2211c17a3e5a48f5497de4, , RULED_OUT",
        "automated, , , elsewhere, RULED_OUT",
        "automated, 5e4e593f70dfbf1010295836, 5e2211c17a3e5a48f5497de3, Standby, DOUBTFUL",
        "automated, 5e4e593f70dfbf1010295836, 5e2211c17a3e5a48f5497de3, standby, OURS",
        "automated, 5e4e593f70dfbf1010295836, 5e2211c17a3e5a48f5497de3, , DOUBTFUL",
        "automated, 5e4e593f70dfbf1010295836, , standby, DOUBTFUL",
        "automated, , 5e2211c17a3e5a48f5497de3, standby, DOUBTFUL",
        ", 5e4e593f70dfbf1010295836, 5e2211c17a3e5a48f5497de3, standby, DOUBTFUL",
        ", , , , DOUBTFUL",
    })
    void a_field_that_differs_rules_out_and_one_that_is_missing_never_does(
            @Nullable String type,
            @Nullable String snapshot,
            @Nullable String project,
            @Nullable String cluster,
            Verdict verdict) {
        var job = job(NOT_BEFORE, 1, type, snapshot, project, cluster);

        assertThat(verdict(CLOSED, job)).isEqualTo(verdict);
    }

    @Test
    void a_download_is_told_by_its_snapshot() {
        var download = Requests.download("r-1");

        assertThat(verdict(download, job(NOT_BEFORE, 1, "download", SNAPSHOT, null, null)))
                .isEqualTo(OURS);
        assertThat(verdict(download, job(NOT_BEFORE, 1, "download", "f".repeat(24), null, null)))
                .isEqualTo(RULED_OUT);
        assertThat(verdict(download, job(NOT_BEFORE, 1, "download", null, null, null)))
                .isEqualTo(DOUBTFUL);
    }

    @ParameterizedTest
    @CsvSource({
        "1700000000, 7, , OURS",
        "1700000000, 8, , RULED_OUT",
        "1700000001, 7, , RULED_OUT",
        "1700000000, , , DOUBTFUL",
        ", , 1700000000, DOUBTFUL",
        ", , , DOUBTFUL",
    })
    void a_point_in_time_is_told_by_the_form_in_which_it_was_asked_for(
            @Nullable Integer ts, @Nullable Integer inc, @Nullable Integer utc, Verdict verdict) {
        var time = new Delivery.Time.Oplog(1_700_000_000, 7);

        assertThat(verdict(pointInTime(time), timed(ts, inc, utc))).isEqualTo(verdict);
    }

    @ParameterizedTest
    @CsvSource({
        ", , 1700000000, OURS",
        ", , 1700000001, RULED_OUT",
        "1700000000, 7, , DOUBTFUL",
        ", , , DOUBTFUL",
    })
    void seconds_that_atlas_wrote_as_an_oplog_time_rule_nothing_out(
            @Nullable Integer ts, @Nullable Integer inc, @Nullable Integer utc, Verdict verdict) {
        var time = new Delivery.Time.UtcSeconds(1_700_000_000);

        assertThat(verdict(pointInTime(time), timed(ts, inc, utc))).isEqualTo(verdict);
    }

    @Test
    void a_job_that_another_request_has_is_ruled_out() {
        var job = job(NOT_BEFORE, 1);
        var rivals = new Rivals(Set.of(job.id()), List.of());

        assertThat(matcher.verdict(entry(CLOSED), job, rivals)).isEqualTo(RULED_OUT);
    }

    @Test
    void a_job_that_an_attempt_of_another_request_may_have_made_too_is_doubtful() {
        var rivals = new Rivals(Set.of(), List.of(attempt(1, NOT_BEFORE.plusSeconds(5), CLOSED)));

        assertThat(matcher.verdict(entry(CLOSED), job(NOT_BEFORE.plusSeconds(5), 1), rivals))
                .isEqualTo(DOUBTFUL);
        assertThat(matcher.verdict(entry(CLOSED), job(NOT_BEFORE.plusSeconds(4), 1), rivals))
                .isEqualTo(OURS);
    }

    @Test
    void what_is_told_of_its_end_after_the_lease_makes_a_window_no_longer() {
        var late = new State.Closed(BEGUN.plus(LEASE).plusSeconds(500), "told late");

        assertThat(verdict(late, job(NOT_BEFORE.plusSeconds(130), 1))).isEqualTo(OURS);
        assertThat(verdict(late, job(NOT_BEFORE.plusSeconds(131), 1))).isEqualTo(DOUBTFUL);
    }

    @Test
    void an_attempt_of_another_request_that_may_still_be_sent_may_have_made_any_later_job() {
        var job = job(NOT_BEFORE.plusSeconds(20), 1);
        for (var state : List.of(new State.Open(), ABANDONED)) {
            var begun = attempt(1, NOT_BEFORE.minus(Duration.ofDays(1)), state);

            assertThat(matcher.verdict(entry(CLOSED), job, new Rivals(Set.of(), List.of(begun))))
                    .isEqualTo(DOUBTFUL);
        }
        var over = attempt(1, NOT_BEFORE.minus(Duration.ofDays(1)), CLOSED);
        assertThat(matcher.verdict(entry(CLOSED), job, new Rivals(Set.of(), List.of(over))))
                .isEqualTo(OURS);
    }

    @Test
    void the_end_of_another_requests_attempt_is_not_known_better_than_to_a_lease() {
        var over = new Rivals(Set.of(), List.of(attempt(1, NOT_BEFORE.minus(LEASE), CLOSED)));

        assertThat(matcher.verdict(entry(CLOSED), job(NOT_BEFORE.plusSeconds(20), 1), over))
                .isEqualTo(DOUBTFUL);
    }

    @Test
    void each_undecided_attempt_keeps_its_window() {
        var second = NOT_BEFORE.plus(Duration.ofHours(2));
        var entry =
                entry(
                        Requests.automated("r-1"),
                        attempt(1, NOT_BEFORE, CLOSED),
                        attempt(2, second, CLOSED));

        assertThat(matcher.verdict(entry, job(NOT_BEFORE.plusSeconds(9), 1), Rivals.NONE))
                .isEqualTo(OURS);
        assertThat(matcher.verdict(entry, job(second, 1), Rivals.NONE)).isEqualTo(OURS);
        assertThat(matcher.verdict(entry, job(second.minusSeconds(1), 1), Rivals.NONE))
                .isEqualTo(DOUBTFUL);
    }

    @Test
    void an_attempt_with_an_answer_made_no_job_that_is_not_known() {
        var answered = new State.Answered(BEGUN, SubmitReply.NotNow.notSent(WaitsFor.TURN, ""));
        var entry =
                entry(
                        Requests.automated("r-1"),
                        attempt(1, NOT_BEFORE, answered),
                        attempt(2, NOT_BEFORE.plusSeconds(60), CLOSED));

        assertThat(matcher.verdict(entry, job(NOT_BEFORE, 1), Rivals.NONE)).isEqualTo(RULED_OUT);
    }

    @Test
    void a_look_tells_ours_from_doubtful_and_leaves_out_the_rest() {
        var ours = job(NOT_BEFORE, 1);
        var doubtful = job(NOT_BEFORE.plusSeconds(50), 2);
        var old = job(NOT_BEFORE.minusSeconds(50), 3);

        var findings = matcher.match(entry(CLOSED), List.of(old, doubtful, ours), Rivals.NONE);

        assertThat(findings.ours()).containsExactly(ours);
        assertThat(findings.doubtful()).containsExactly(doubtful);
        assertThat(findings.nothing()).isFalse();
        assertThat(matcher.match(entry(CLOSED), List.of(old), Rivals.NONE).nothing()).isTrue();
    }

    private Verdict verdict(State state, ListedJob job) {
        return matcher.verdict(entry(state), job, Rivals.NONE);
    }

    private Verdict verdict(RestoreRequest request, ListedJob job) {
        return matcher.verdict(entry(request, attempt(1, NOT_BEFORE, CLOSED)), job, Rivals.NONE);
    }

    private static RestoreRequest pointInTime(Delivery.Time time) {
        var automated = Requests.automated("r-1");
        var target = automated.delivery().wipes().orElseThrow();
        return new RestoreRequest(
                automated.id(),
                automated.projectId(),
                automated.clusterName(),
                new Delivery.PointInTime(time, target),
                automated.terms(),
                automated.remarks());
    }

    private static ListedJob timed(
            @Nullable Integer ts, @Nullable Integer inc, @Nullable Integer utc) {
        var id = job(NOT_BEFORE, 1).id();
        return new ListedJob(id, "link", "pointInTime", SNAPSHOT, PROJECT, "standby", ts, inc, utc);
    }

    private static LedgerEntry entry(State state) {
        return entry(Requests.automated("r-1"), attempt(1, NOT_BEFORE, state));
    }

    private static LedgerEntry entry(RestoreRequest request, Attempt... attempts) {
        return new LedgerEntry(
                request, BEGUN, 1, new Stage.Submitting(), false, List.of(attempts), BEGUN, BEGUN);
    }

    /**
     * Begun when Atlas' clock showed {@code notBefore}, and ended after as long as the state says.
     */
    private static Attempt attempt(int number, Instant notBefore, State state) {
        var begunAt = notBefore.minus(AHEAD);
        var ended =
                state instanceof State.Closed(var at, var cause)
                        ? new State.Closed(begunAt.plus(Duration.between(BEGUN, at)), cause)
                        : state;
        return new Attempt(number, begunAt, notBefore, begunAt.plus(LEASE), ended);
    }
}
