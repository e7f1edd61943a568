package dev.restoreworker;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.restoreworker.AtlasBackups.Cancellation;
import dev.restoreworker.AtlasBackups.Proof;
import dev.restoreworker.AtlasBackups.Readiness;
import dev.restoreworker.OutgoingEvent.Kind;
import dev.restoreworker.core.Attempt;
import dev.restoreworker.core.Content;
import dev.restoreworker.core.Decision;
import dev.restoreworker.core.Ending;
import dev.restoreworker.core.FixedRetryPolicy;
import dev.restoreworker.core.JobMatcher;
import dev.restoreworker.core.JobMatcher.Rivals;
import dev.restoreworker.core.JobProgress;
import dev.restoreworker.core.LedgerEntry;
import dev.restoreworker.core.LedgerEntry.Stage;
import dev.restoreworker.core.Lifecycle;
import dev.restoreworker.core.ListedJob;
import dev.restoreworker.core.Outcome;
import dev.restoreworker.core.Outcome.JobCreated;
import dev.restoreworker.core.Outcome.JobFailed;
import dev.restoreworker.core.Outcome.Reason;
import dev.restoreworker.core.RequestRules;
import dev.restoreworker.core.Requests;
import dev.restoreworker.core.RestoreRequest;
import dev.restoreworker.core.RestoreRequest.Remarks;
import dev.restoreworker.core.SourceCluster;
import dev.restoreworker.core.Stamps;
import dev.restoreworker.core.SubmitReply;
import dev.restoreworker.core.SubmitReply.NotNow;
import dev.restoreworker.core.TargetPolicy;
import dev.restoreworker.core.WaitsFor;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The worker step by step, on the plainest ledger and an Atlas that answers as it is told. */
class RestoreWorkerTest {

    private static final Duration LEASE = FixedRetryPolicy.DEFAULT.lease();
    private static final Duration SETTLE = FixedRetryPolicy.DEFAULT.settle();
    private static final Duration LATE = Duration.ofSeconds(10);
    private static final Duration SEND_WITHIN = Duration.ofSeconds(10);

    private final SettableClock clock = new SettableClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final InMemoryLedger memory = new InMemoryLedger(clock);
    private final ShakyLedger ledger = new ShakyLedger(memory);
    private final FakeAtlas atlas = new FakeAtlas(clock);
    private final AtomicBoolean paused = new AtomicBoolean();
    private final StepByStep threads = new StepByStep();
    private List<String> allowed = List.of("*/*");
    private FixedRetryPolicy policy = FixedRetryPolicy.DEFAULT;
    private final RestoreWorker worker = worker(threads, 200);

    @Test
    void a_request_becomes_one_job_and_one_event() {
        receive("r-1");
        threads.run();

        assertThat(atlas.sent).containsExactly("r-1");
        assertThat(outcome("r-1")).isInstanceOf(JobCreated.class);
        assertThat(published()).containsExactly("JOB_CREATED r-1");
    }

    @Test
    void what_waits_for_its_turn_alone_is_not_deferred() {
        atlas.ready = false;

        receive("r-1");
        sweep();

        assertThat(notices()).containsExactly("REQUEST_ACCEPTED r-1");
    }

    @Test
    void a_request_is_told_once_that_it_has_to_wait_whatever_it_waits_for_then() {
        paused.set(true);
        receive("r-1");
        sweep();
        var dueIn = Duration.between(clock.instant(), open("r-1").dueAt());
        paused.set(false);
        atlas.answer = _ -> NotNow.notSent(WaitsFor.SLOT, "full");
        clock.advance(Duration.ofMinutes(1));
        sweep();
        clock.advance(Duration.ofMinutes(1));
        sweep();

        assertThat(open("r-1").attempts()).hasSize(2);
        assertThat(notices())
                .containsExactly(
                        "REQUEST_ACCEPTED r-1",
                        "REQUEST_DEFERRED r-1 waits for SENDING_PAUSED for " + dueIn);
    }

    @Test
    void a_request_that_is_known_or_invalid_is_not_accepted() {
        var invalid = Requests.fields();
        invalid.remove("snapshotId");

        worker.receive(List.of(record("r-1", 0), record("r-1", 1), new Record("r-2", invalid, 2)));

        assertThat(notices()).containsExactly("REQUEST_ACCEPTED r-1");
    }

    @Test
    void the_intent_is_durable_before_the_call_goes_out() {
        var seen = new ArrayList<Attempt.State>();
        atlas.beforeSend = () -> seen.add(open("r-1").lastAttempt().state());

        receive("r-1");
        threads.run();

        assertThat(seen).containsExactly(new Attempt.State.Open());
    }

    @Test
    void nothing_is_sent_when_the_intent_could_not_be_written_down() {
        atlas.ready = false;
        receive("r-1");
        ledger.failMoves = 1;

        sweep();

        assertThat(atlas.sent).isEmpty();
        assertThat(open("r-1").stage()).isInstanceOf(Stage.Waiting.class);
    }

    @Test
    void a_request_whose_credential_is_not_ready_waits_and_is_sent_by_the_next_sweep() {
        atlas.ready = false;

        receive("r-1");

        assertThat(open("r-1").stage()).isEqualTo(new Stage.Waiting(WaitsFor.TURN, 0));

        sweep();

        assertThat(atlas.sent).containsExactly("r-1");
        assertThat(outcome("r-1")).isInstanceOf(JobCreated.class);
    }

    @Test
    void without_a_usable_credential_nothing_is_even_intended() {
        atlas.ready = false;
        atlas.readiness =
                new Readiness.Unready(NotNow.notSent(WaitsFor.CREDENTIAL, "no credential"));

        receive("r-1");
        sweep();

        assertThat(open("r-1").stage()).isEqualTo(new Stage.Waiting(WaitsFor.CREDENTIAL, 1));
        assertThat(open("r-1").attempts()).isEmpty();
    }

    @Test
    void an_invalid_request_fails_with_every_fault_and_never_reaches_atlas() {
        var fields = Requests.fields();
        fields.remove("snapshotId");
        fields.put("targetClusterName", "-");

        worker.receive(List.of(new Record("r-1", fields, 0)));
        threads.run();

        assertThat(atlas.sent).isEmpty();
        var failed = (JobFailed) outcome("r-1");
        assertThat(failed.reason()).isEqualTo(Reason.INVALID_REQUEST);
        assertThat(failed.detail()).contains("snapshotId").contains("targetClusterName");
        assertThat(published()).containsExactly("JOB_FAILED r-1");
    }

    @Test
    void a_target_that_nobody_allowed_is_never_sent() {
        var fields = Requests.fields();
        fields.put("targetClusterName", "production");

        worker.receive(List.of(new Record("r-1", fields, 0)));
        threads.run();

        assertThat(atlas.sent).isEmpty();
        assertThat(((JobFailed) outcome("r-1")).reason()).isEqualTo(Reason.TARGET_NOT_ALLOWED);
    }

    @Test
    void a_target_that_was_allowed_when_the_request_came_must_still_be_when_it_is_sent() {
        atlas.ready = false;
        receive("r-1");
        allowed = List.of();

        sweep();

        assertThat(atlas.sent).isEmpty();
        assertThat(((JobFailed) outcome("r-1")).reason()).isEqualTo(Reason.TARGET_NOT_ALLOWED);
    }

    @Test
    void a_record_that_the_worker_fails_on_is_a_dead_letter_and_stops_nobody() {
        var poison =
                new Record("r-1", Requests.fields(), 0) {
                    @Override
                    public RequestRules.Checked checked() {
                        throw new IllegalArgumentException("a fault of the worker's");
                    }
                };

        worker.receive(List.of(poison, record("r-2", 1)));
        threads.run();

        assertThat(atlas.sent).containsExactly("r-2");
        assertThat(published()).containsExactlyInAnyOrder("DEAD_LETTER r-1", "JOB_CREATED r-2");
    }

    @Test
    void a_duplicate_is_not_sent_and_not_answered_again() {
        worker.receive(List.of(record("r-1", 0), record("r-1", 1)));
        threads.run();
        worker.receive(List.of(record("r-1", 2)));
        threads.run();

        assertThat(atlas.sent).containsExactly("r-1");
        assertThat(published()).containsExactly("JOB_CREATED r-1");
        assertThat(memory.find("r-1").orElseThrow().duplicates()).hasSize(2);
    }

    @Test
    void other_content_under_a_known_id_is_a_dead_letter_and_no_outcome() {
        receive("r-1");
        threads.run();
        var fields = Requests.fields();
        fields.put("targetClusterName", "other");

        worker.receive(List.of(new Record("r-1", fields, 7)));
        threads.run();

        assertThat(atlas.sent).containsExactly("r-1");
        assertThat(published()).containsExactly("JOB_CREATED r-1", "DEAD_LETTER r-1");
    }

    @Test
    void intents_that_are_not_sent_never_exceed_the_free_permits_and_32() {
        var small = worker(threads, 4);

        small.receive(
                IntStream.range(0, 100)
                        .<ReceivedRecord>mapToObj(i -> record("r-" + i, i))
                        .toList());

        assertThat(threads.waiting()).isEqualTo(4 + 32);
        assertThat(stages(Stage.Submitting.class)).isEqualTo(36);
        assertThat(stages(Stage.Waiting.class)).isEqualTo(64);
    }

    @Test
    void a_long_queue_is_worked_off_by_sweeps() throws InterruptedException {
        var small = worker(threads, 4);
        small.receive(
                IntStream.range(0, 100)
                        .<ReceivedRecord>mapToObj(i -> record("r-" + i, i))
                        .toList());

        for (var sweeps = 0; sweeps < 5; sweeps++) {
            threads.run();
            small.advanceDue(1_000, Duration.ZERO);
        }
        threads.run();

        assertThat(atlas.sent).hasSize(100).doesNotHaveDuplicates();
    }

    @Test
    void while_sending_is_paused_requests_are_taken_in_and_nothing_is_intended() {
        paused.set(true);

        receive("r-1");
        sweep();

        assertThat(atlas.sent).isEmpty();
        assertThat(open("r-1").stage()).isEqualTo(new Stage.Waiting(WaitsFor.SENDING_PAUSED, 1));
        assertThat(open("r-1").attempts()).isEmpty();

        paused.set(false);
        clock.advance(Duration.ofSeconds(7));
        sweep();

        assertThat(outcome("r-1")).isInstanceOf(JobCreated.class);
    }

    @Test
    void a_pause_stops_what_is_already_intended() {
        atlas.beforeSend = () -> paused.set(true);

        receive("r-1");
        threads.run();

        assertThat(atlas.sent).isEmpty();
        assertThat(open("r-1").stage()).isEqualTo(new Stage.Waiting(WaitsFor.SENDING_PAUSED, 1));
    }

    @Test
    void an_intent_that_is_too_old_is_given_back_and_sent_anew() {
        atlas.beforeSend = () -> clock.advance(SEND_WITHIN.plusMillis(1));
        receive("r-1");
        threads.run();
        assertThat(atlas.sent).isEmpty();
        assertThat(open("r-1").stage()).isEqualTo(new Stage.Waiting(WaitsFor.TURN, 1));

        atlas.beforeSend = () -> {};
        sweep();

        assertThat(atlas.sent).containsExactly("r-1");
    }

    @Test
    void an_answer_is_written_again_until_the_ledger_takes_it() {
        receive("r-1");
        ledger.failMoves = 5;

        threads.run();

        assertThat(ledger.failMoves).isZero();
        assertThat(atlas.sent).containsExactly("r-1");
        assertThat(outcome("r-1")).isInstanceOf(JobCreated.class);
    }

    @Test
    void an_answer_whose_commit_was_not_confirmed_is_not_told_twice() {
        receive("r-1");
        ledger.failMovesAfterTheFact = 1;

        threads.run();

        assertThat(published()).containsExactly("JOB_CREATED r-1");
    }

    @Test
    void an_answer_that_meets_an_entry_which_another_holds_is_kept_and_decides_later() {
        receive("r-1");
        clock.advance(LEASE);
        memory.claim(1, LEASE);

        threads.run(); // far too late to send: the intent is given back

        assertThat(atlas.sent).isEmpty();
        assertThat(open("r-1").lastAttempt().word()).isEqualTo("not-now");

        sweep(); // decides with the answer
        sweep(); // and sends

        assertThat(atlas.sent).containsExactly("r-1");
        assertThat(outcome("r-1")).isInstanceOf(JobCreated.class);
    }

    @Test
    void a_late_answer_overtakes_the_move_of_whoever_thought_it_lost() {
        var other = new ArrayList<LedgerEntry>();
        atlas.answer =
                request -> {
                    clock.advance(LEASE);
                    other.addAll(memory.claim(1, LEASE));
                    return atlas.created(request);
                };
        receive("r-1");
        threads.run();

        var lifecycle = new Lifecycle(FixedRetryPolicy.DEFAULT);
        var abandon = ((Lifecycle.Step.Move) lifecycle.next(other.getFirst())).decision();

        assertThat(memory.move(other.getFirst(), abandon, List.of()))
                .isInstanceOf(Ledger.Move.Overtaken.class);

        sweep();

        assertThat(atlas.sent).containsExactly("r-1");
        assertThat(outcome("r-1")).isInstanceOf(JobCreated.class);
        assertThat(published()).containsExactly("JOB_CREATED r-1");
    }

    @Test
    void a_lost_answer_is_looked_for_and_its_job_adopted() {
        atlas.answer = request -> lost(atlas.makes(request));
        receive("r-1");
        threads.run();

        sweep();

        assertThat(atlas.sent).containsExactly("r-1");
        assertThat(outcome("r-1"))
                .isEqualTo(
                        new JobCreated(
                                atlas.jobs.getFirst().id(),
                                clock.instant(),
                                atlas.jobs.getFirst().link(),
                                true));
        assertThat(published()).containsExactly("JOB_CREATED r-1");
    }

    @Test
    void a_lost_call_is_sent_again_only_when_its_job_was_absent_long_enough() {
        atlas.answer = _ -> new SubmitReply.Unknown("connection was closed");
        receive("r-1");
        threads.run();
        atlas.answer = atlas::created;

        for (var seconds = 0; seconds < SETTLE.toSeconds(); seconds++) {
            sweep();
            assertThat(atlas.sent).hasSize(1);
            clock.advance(Duration.ofSeconds(1));
        }
        sweep();
        clock.advance(Duration.ofMinutes(1));
        sweep();

        assertThat(atlas.sent).containsExactly("r-1", "r-1");
        assertThat(atlas.looks).isEqualTo(4);
        assertThat(published()).containsExactly("JOB_CREATED r-1");
    }

    @Test
    void that_the_source_is_proven_matters_only_where_nothing_was_found() {
        atlas.answer = _ -> new SubmitReply.Unknown("connection was closed");
        receive("r-1");
        threads.run();
        sweep();
        assertThat(atlas.proofs).isEqualTo(1);

        atlas.makes(Requests.automated("r-1"));
        clock.advance(Duration.ofMinutes(1));
        sweep();

        assertThat(outcome("r-1")).isInstanceOf(JobCreated.class);
        assertThat(atlas.proofs).isEqualTo(1);
    }

    @Test
    void a_source_of_which_atlas_says_nothing_is_a_look_that_saw_nothing() {
        atlas.answer = _ -> new SubmitReply.Unknown("connection was closed");
        atlas.proof = new Proof.Unseen(NotNow.notSent(WaitsFor.ATLAS, "Atlas is away"));
        receive("r-1");
        threads.run();

        for (var minutes = 0; minutes < 60; minutes++) {
            sweep();
            clock.advance(Duration.ofMinutes(1));
        }

        assertThat(open("r-1").stage()).isEqualTo(new Stage.Submitting());
    }

    @Test
    void the_job_of_an_attempt_is_looked_for_in_the_whole_list() {
        unknownThen(atlas::created);

        assertThat(atlas.lookedSince).isNotEmpty().containsOnly(Instant.MIN);
    }

    @Test
    @Timeout(30)
    void whoever_waits_for_a_list_keeps_no_create_call_back() throws InterruptedException {
        var small = worker(threads, 1);
        atlas.answer = _ -> new SubmitReply.Unknown("connection was closed");
        small.receive(List.of(record("r-1", 0)));
        threads.run();
        atlas.answer = atlas::created;
        atlas.beforeLook =
                () -> {
                    small.receive(List.of(download("r-2")));
                    threads.run();
                };

        clock.advance(Duration.ofMinutes(1));
        small.advanceDue(1, Duration.ZERO);
        threads.run();

        assertThat(outcome("r-2")).isInstanceOf(JobCreated.class);
    }

    @Test
    void what_a_dead_worker_left_behind_is_looked_for_and_adopted() {
        atlas.answer =
                request -> {
                    atlas.makes(request);
                    throw new IllegalStateException("as if it had died");
                };
        receive("r-1");
        threads.run();
        memory.endSessions();

        clock.advance(LEASE);
        sweep();
        sweep();

        assertThat(atlas.sent).containsExactly("r-1");
        assertThat(published()).containsExactly("JOB_CREATED r-1");
    }

    @Test
    void what_a_dead_worker_did_not_send_is_sent_once_it_was_absent_long_enough() {
        receive("r-1");
        threads.forget();
        memory.endSessions();
        clock.advance(LEASE);

        for (var seconds = 0; seconds < SETTLE.toSeconds(); seconds++) {
            sweep();
            assertThat(atlas.sent).isEmpty();
            clock.advance(Duration.ofSeconds(1));
        }
        sweep();
        clock.advance(Duration.ofMinutes(1));
        sweep();

        assertThat(atlas.sent).containsExactly("r-1");
        assertThat(published()).containsExactly("JOB_CREATED r-1");
    }

    @Test
    void a_worker_that_is_paused_keeps_its_session_and_what_it_may_yet_send_ends_as_unknown() {
        receive("r-1");
        clock.advance(LEASE);

        for (var i = 0; i <= SETTLE.toMinutes() + 1; i++) {
            sweepBy(new StepByStep());
            clock.advance(Duration.ofMinutes(1));
        }

        assertThat(threads.waiting()).as("it is still to be sent").isOne();
        assertThat(atlas.sent).isEmpty();
        assertThat(((JobFailed) outcome("r-1")).reason()).isEqualTo(Reason.OUTCOME_UNKNOWN);
    }

    @Test
    void a_worker_that_lost_its_session_and_lives_is_no_alarm_when_its_call_ends_without_answer() {
        var looked = new ArrayList<Attempt.State>();
        atlas.answer =
                _ -> {
                    memory.endSessions();
                    clock.advance(LEASE);
                    sweepBy(new StepByStep());
                    looked.add(open("r-1").lastAttempt().state());
                    return new SubmitReply.Unknown("no answer");
                };
        receive("r-1");
        threads.run();

        assertThat(looked).singleElement().isInstanceOf(Attempt.State.Closed.class);
        assertThat(open("r-1").lastAttempt().state()).isEqualTo(looked.getFirst());
    }

    @Test
    void what_a_person_restored_while_the_request_waited_is_not_wiped() {
        atlas.answer = _ -> new SubmitReply.Unknown("connection was closed");
        receive("r-1");
        threads.run();
        atlas.answer = atlas::created;
        settle();
        paused.set(true);
        clock.advance(Duration.ofHours(1));
        sweep();

        atlas.makes(Requests.automated("by hand"));
        paused.set(false);
        clock.advance(Duration.ofMinutes(2));
        sweep();

        assertThat(atlas.sent).hasSize(1);
        assertThat(((JobFailed) outcome("r-1")).candidates())
                .containsExactly(atlas.jobs.getFirst().id());
    }

    @Test
    void an_attempt_begins_when_the_look_before_it_is_over() {
        atlas.answer = _ -> new SubmitReply.Unknown("connection was closed");
        receive("r-1");
        threads.run();
        settle();
        atlas.beforeLook = () -> clock.advance(SEND_WITHIN);
        clock.advance(Duration.ofMinutes(1));

        sweep();

        assertThat(atlas.sent).hasSize(2);
        assertThat(open("r-1").lastAttempt().notBefore()).isEqualTo(clock.instant());
    }

    @Test
    void a_look_that_took_too_long_is_not_sent_upon() {
        atlas.answer = _ -> new SubmitReply.Unknown("connection was closed");
        receive("r-1");
        threads.run();
        settle();
        atlas.beforeLook = () -> clock.advance(SEND_WITHIN.plusMillis(1));
        clock.advance(Duration.ofMinutes(1));

        sweep();

        assertThat(atlas.sent).hasSize(1);
        assertThat(open("r-1").stage()).isInstanceOf(Stage.Waiting.class);
        assertThat(open("r-1").attempts()).hasSize(1);
    }

    @Test
    void of_two_requests_for_the_same_none_takes_the_job_that_may_be_the_others() {
        atlas.answer = request -> lost(atlas.makes(request));
        worker.receive(List.of(download("r-1")));
        threads.run();
        atlas.answer = _ -> new SubmitReply.Unknown("connection was closed");
        worker.receive(List.of(download("r-2")));
        threads.run();

        settle();
        sweep();

        assertThat(((JobFailed) outcome("r-1")).reason()).isEqualTo(Reason.OUTCOME_UNKNOWN);
        assertThat(((JobFailed) outcome("r-2")).reason()).isEqualTo(Reason.OUTCOME_UNKNOWN);
        assertThat(atlas.sent).hasSize(2);
    }

    @Test
    void while_atlas_cannot_be_looked_at_nothing_is_decided() {
        atlas.answer = request -> lost(atlas.makes(request));
        atlas.blind = NotNow.notSent(WaitsFor.ATLAS, "Atlas is away");
        receive("r-1");
        threads.run();

        for (var minutes = 0; minutes < 60; minutes++) {
            sweep();
            clock.advance(Duration.ofMinutes(1));
        }
        assertThat(open("r-1").stage()).isEqualTo(new Stage.Submitting());

        atlas.blind = null;
        sweep();

        assertThat(outcome("r-1")).isInstanceOf(JobCreated.class);
    }

    /** Lets the settle window of what is unknown pass, with as many sweeps as it takes. */
    private void settle() {
        for (var seconds = 0; seconds <= SETTLE.toSeconds(); seconds += 10) {
            sweep();
            clock.advance(Duration.ofSeconds(10));
        }
    }

    private static SubmitReply lost(ListedJob job) {
        return new SubmitReply.Unknown("the answer that named " + job.id() + " was lost");
    }

    @Test
    void a_worker_that_dies_after_the_intent_leaves_an_unknown_and_nobody_sends_again() {
        receive("r-1");
        threads.forget();

        clock.advance(LEASE.minusMillis(1));
        sweep();
        assertThat(open("r-1").lastAttempt().state()).isEqualTo(new Attempt.State.Open());

        clock.advance(Duration.ofMillis(1));
        sweep();
        assertThat(open("r-1").lastAttempt().state()).isInstanceOf(Attempt.State.Abandoned.class);

        settle();
        assertThat(atlas.sent).isEmpty();
        assertThat(((JobFailed) outcome("r-1")).reason()).isEqualTo(Reason.OUTCOME_UNKNOWN);
    }

    @Test
    void a_silent_attempt_is_sent_again_where_the_operator_allows_it() {
        policy = policy.retrying();
        receive("r-1");
        threads.forget(); // its machine lost power

        clock.advance(LEASE);
        settle();
        assertThat(atlas.sent).isEmpty();
        clock.advance(Duration.ofMinutes(1));
        sweep();

        assertThat(atlas.sent).containsExactly("r-1");
        assertThat(published()).containsExactly("JOB_CREATED r-1");
        assertThat(atlas.cancelled).isEmpty();
    }

    @Test
    void a_second_download_that_a_late_answer_names_is_cancelled() {
        sendsTwice(Requests.download("r-1"));

        assertThat(atlas.cancelled).hasSize(1);
        assertThat(published()).containsExactly("JOB_CREATED r-1");
        assertThat(((JobCreated) outcome("r-1")).jobId()).isNotIn(atlas.cancelled);
    }

    @Test
    void what_cannot_be_cancelled_at_once_is_tried_again() {
        var tries = new AtomicInteger();
        atlas.cancellation =
                () ->
                        tries.incrementAndGet() < 4
                                ? new Cancellation.NotCancelled(
                                        NotNow.notSent(WaitsFor.ATLAS, "Atlas is away"))
                                : new Cancellation.Cancelled();

        sendsTwice(Requests.download("r-1"));

        assertThat(atlas.cancelled).hasSize(4);
    }

    @Test
    void what_cannot_be_cancelled_at_all_is_given_up_with_an_alarm() {
        atlas.cancellation =
                () ->
                        new Cancellation.NotCancelled(
                                NotNow.notSent(WaitsFor.ATLAS, "Atlas is away"));

        sendsTwice(Requests.download("r-1"));

        assertThat(atlas.cancelled).hasSize(10).containsOnly(atlas.cancelled.getFirst());
    }

    @Test
    void a_second_restore_that_wipes_its_target_is_left_to_people() {
        sendsTwice(Requests.automated("r-1"));

        assertThat(atlas.cancelled).isEmpty();
        assertThat(published()).containsExactly("JOB_CREATED r-1");
    }

    @Test
    void of_two_answers_that_came_before_anybody_decided_the_second_job_is_cancelled() {
        policy = policy.retrying();
        atlas.answer =
                request -> {
                    var job = atlas.created(request);
                    var first = atlas.sent.size() == 1;
                    clock.advance(LEASE);
                    if (first) {
                        sweepUntilItIsSentAgain();
                    }
                    memory.claim(1, Duration.ZERO); // another holds it when the answer comes
                    return job;
                };
        receive(Requests.download("r-1"));
        assertThat(memory.find("r-1").orElseThrow().outcome()).isNull();
        sweep();

        assertThat(atlas.sent).hasSize(2);
        assertThat(atlas.cancelled).hasSize(1);
        assertThat(((JobCreated) outcome("r-1")).jobId()).isNotIn(atlas.cancelled);
    }

    /**
     * The first sender is paused; another one sends it again; then the first one's answer comes.
     */
    private void sendsTwice(RestoreRequest request) {
        policy = policy.retrying();
        atlas.answer =
                sent -> {
                    var job = atlas.created(sent);
                    if (atlas.sent.size() == 1) {
                        clock.advance(LEASE);
                        sweepUntilItIsSentAgain();
                    }
                    return job;
                };
        receive(request);
        assertThat(atlas.sent).hasSize(2);
    }

    private void sweepUntilItIsSentAgain() {
        for (var seconds = 0; atlas.sent.size() == 1; seconds += 10) {
            assertThat(seconds).isLessThan(1_000);
            sweepBy(new StepByStep());
            clock.advance(Duration.ofSeconds(10));
        }
    }

    /** By a worker with the settings as they are now. */
    private void receive(RestoreRequest request) {
        var content = request.content();
        var fields = Requests.fields();
        fields.put("deliveryType", content.deliveryType());
        if (content.targetClusterName() == null) {
            fields.remove("targetProjectId");
            fields.remove("targetClusterName");
        }
        worker(threads, 200).receive(List.of(new Record(request.id(), fields, 0)));
        threads.run();
    }

    @Test
    void an_answer_after_the_outcome_wakes_the_entry_and_changes_no_outcome() {
        unknownThen(atlas::created);

        assertThat(((JobFailed) outcome("r-1")).reason()).isEqualTo(Reason.OUTCOME_UNKNOWN);
        assertThat(published()).containsExactly("JOB_FAILED r-1");
        assertThat(memory.find("r-1").orElseThrow().attempts().getFirst().word())
                .isEqualTo("created");
        assertThat(open("r-1").dueAt()).as("it is woken").isEqualTo(clock.instant());
    }

    @Test
    void a_job_that_is_found_after_an_unknown_outcome_is_followed_to_its_end() {
        receive("r-1");
        threads.forget();
        clock.advance(LEASE);
        settle();
        settle();
        assertThat(open("r-1").stage()).isInstanceOf(Stage.Followed.class);
        var late =
                "%08xffff%012x".formatted(open("r-1").lastAttempt().begunAt().getEpochSecond(), 1);
        var own = ofTheRequest(late);
        atlas.jobs.add(own);

        sweepFor(Duration.ofMinutes(10));
        assertThat(((Stage.Tracked) open("r-1").stage()).jobId()).isEqualTo(own.id());
        atlas.jobs.set(
                0, own.with(new JobProgress(JobProgress.State.COMPLETED, clock.instant(), null)));
        sweepFor(Duration.ofMinutes(10));

        assertThat(atlas.sent).isEmpty();
        assertThat(published()).containsExactly("JOB_FAILED r-1", "JOB_FINISHED r-1 completed");
        assertThat(memory.find("r-1").orElseThrow().open()).isNull();
        assertThat(((JobFailed) outcome("r-1")).reason()).isEqualTo(Reason.OUTCOME_UNKNOWN);
    }

    private static ListedJob ofTheRequest(String id) {
        var fields = Requests.automated("r-1").content();
        return new ListedJob(
                id,
                "link",
                fields.deliveryType(),
                fields.snapshotId(),
                fields.targetProjectId(),
                fields.targetClusterName(),
                null,
                null,
                null);
    }

    @Test
    void an_answer_after_an_unknown_outcome_that_names_no_job_ends_it_as_not_found() {
        unknownThen(_ -> NotNow.notSent(WaitsFor.TURN, "it was not sent"));

        sweep();

        assertThat(published()).containsExactly("JOB_FAILED r-1", "JOB_FINISHED r-1 not-found");
    }

    @Test
    void a_call_that_ends_after_an_unknown_outcome_is_looked_for_and_then_not_found() {
        unknownThen(_ -> new SubmitReply.Unknown("connection was closed"));
        assertThat(open("r-1").dueAt()).isEqualTo(clock.instant());

        sweepFor(SETTLE.plusMinutes(2));

        assertThat(published()).containsExactly("JOB_FAILED r-1", "JOB_FINISHED r-1 not-found");
        assertThat(atlas.sent).hasSize(1);
    }

    @Test
    void an_answer_after_an_unknown_outcome_that_names_a_job_is_followed_to_its_end() {
        unknownThen(atlas::created);
        sweep();
        var jobId = ((Stage.Tracked) open("r-1").stage()).jobId();
        var ready = new JobProgress(JobProgress.State.READY, null, clock.instant());
        atlas.jobs.add(ofTheRequest(jobId).with(ready));
        track();

        sweepFor(Duration.ofMinutes(1));

        assertThat(published()).containsExactly("JOB_FAILED r-1", "JOB_FINISHED r-1 ready");
        assertThat(memory.find("r-1").orElseThrow().ending())
                .isEqualTo(new Ending(Ending.Kind.READY, jobId, null, ready.expiresAt(), null));
    }

    @Test
    void what_is_never_found_is_lost_after_a_day_and_its_row_is_gone() {
        receive("r-1");
        threads.forget();
        clock.advance(LEASE);

        sweepFor(FixedRetryPolicy.DEFAULT.lookFor().plus(LEASE));

        assertThat(published()).containsExactly("JOB_FAILED r-1", "JOB_FINISHED r-1 lost");
        assertThat(memory.find("r-1").orElseThrow().open()).isNull();
        assertThat(atlas.looks).isBetween(290, 340);
    }

    /** It ends as unknown while its call is out, and then this is answered. */
    private void unknownThen(Function<RestoreRequest, SubmitReply> answer) {
        atlas.answer =
                request -> {
                    clock.advance(LEASE);
                    for (var looks = 0; looks <= 3; looks++) {
                        sweepBy(new StepByStep());
                        clock.advance(SETTLE);
                    }
                    return answer.apply(request);
                };
        receive("r-1");
        threads.run();
        assertThat(open("r-1").stage()).isInstanceOf(Stage.Followed.class);
    }

    /** Its job is over, and Atlas shows it. */
    private void restored(String requestId) {
        var jobId = ((JobCreated) outcome(requestId)).jobId();
        atlas.jobs.add(
                ofTheRequest(jobId)
                        .with(new JobProgress(JobProgress.State.COMPLETED, clock.instant(), null)));
        clock.advance(FixedRetryPolicy.DEFAULT.trackEvery());
        track();
    }

    private void sweepFor(Duration time) {
        var until = clock.instant().plus(time);
        while (clock.instant().isBefore(until)) {
            sweep();
            track();
            clock.advance(Duration.ofSeconds(30));
        }
        sweep();
        track();
    }

    private void track() {
        tracker().trackDue();
        threads.run();
    }

    // ---- cancels

    @Test
    void a_request_that_its_cancel_overtook_never_reaches_atlas() {
        cancel("r-1");

        receive("r-1");
        threads.run();
        sweepFor(Duration.ofMinutes(5));

        assertThat(atlas.sent).isEmpty();
        assertThat(failure("r-1").reason()).isEqualTo(Reason.CANCELLED);
        assertThat(published()).containsExactly("JOB_FAILED r-1");
        assertThat(notices()).isEmpty();
    }

    @Test
    void what_waits_is_cancelled_at_once_though_sending_is_paused() {
        paused.set(true);
        receive("r-1");
        sweep();

        cancel("r-1");
        sweep();

        assertThat(failure("r-1").reason()).isEqualTo(Reason.CANCELLED);
        assertThat(failure("r-1").detail()).contains("by ops").contains("no more");
        assertThat(published()).containsExactly("JOB_FAILED r-1");
    }

    @Test
    void whoever_was_about_to_send_what_is_cancelled_does_not() {
        atlas.ready = false;
        receive("r-1");
        atlas.beforePrepare = () -> cancel("r-1");

        sweep();
        atlas.beforePrepare = () -> {};
        sweep();

        assertThat(atlas.sent).isEmpty();
        assertThat(published()).containsExactly("JOB_FAILED r-1");
    }

    @Test
    void a_cancel_while_the_answer_is_on_its_way_ends_nothing_and_the_job_is_told() {
        atlas.beforeSend = () -> cancel("r-1");

        receive("r-1");
        threads.run();
        sweepFor(Duration.ofMinutes(5));

        assertThat(outcome("r-1")).isInstanceOf(JobCreated.class);
        assertThat(published()).startsWith("JOB_CREATED r-1", "DEAD_LETTER r-1");
        assertThat(atlas.cancelled).isEmpty();
    }

    @Test
    void what_is_put_off_after_its_cancel_ends_at_once() {
        atlas.answer =
                _ -> {
                    cancel("r-1");
                    return NotNow.notSent(WaitsFor.RATE, "later");
                };

        receive("r-1");
        threads.run();
        sweep();

        assertThat(atlas.sent).containsExactly("r-1");
        assertThat(failure("r-1").reason()).isEqualTo(Reason.CANCELLED);
    }

    @Test
    void what_made_no_job_is_not_sent_again_after_its_cancel() {
        atlas.answer = _ -> new SubmitReply.Unknown("no answer");
        receive("r-1");
        threads.run();
        cancel("r-1");

        sweepFor(SETTLE.plusMinutes(3));

        assertThat(atlas.sent).containsExactly("r-1");
        assertThat(failure("r-1").reason()).isEqualTo(Reason.CANCELLED);
    }

    @Test
    void a_lost_job_is_found_after_the_cancel_and_then_a_download_is_cancelled() {
        atlas.answer =
                request -> {
                    atlas.makes(request);
                    return new SubmitReply.Unknown("no answer");
                };
        worker.receive(List.of(download("r-1")));
        threads.run();
        cancel("r-1");
        atlas.cancellation = this::cancelAtAtlas;

        sweepFor(Duration.ofMinutes(2));

        assertThat(published()).containsExactly("JOB_CREATED r-1", "JOB_FINISHED r-1 cancelled");
        assertThat(atlas.cancelled).containsExactly(atlas.jobs.getFirst().id());
    }

    @Test
    void a_download_is_cancelled_again_until_atlas_does_it() {
        atlas.answer = this::listed;
        worker.receive(List.of(download("r-1")));
        threads.run();
        atlas.cancellation =
                () -> new Cancellation.NotCancelled(NotNow.notSent(WaitsFor.ATLAS, "away"));
        cancel("r-1");
        sweepFor(Duration.ofMinutes(2));
        assertThat(atlas.cancelled).hasSizeGreaterThan(2);
        assertThat(open("r-1").stage()).isInstanceOf(Stage.Tracked.class);
        atlas.cancellation = this::cancelAtAtlas;

        sweepFor(Duration.ofMinutes(2));

        assertThat(published()).containsExactly("JOB_CREATED r-1", "JOB_FINISHED r-1 cancelled");
        var tries = atlas.cancelled.size();
        sweepFor(Duration.ofMinutes(5));
        assertThat(atlas.cancelled).hasSize(tries);
        assertThat(memory.slotsHeld()).isZero();
    }

    @Test
    void a_download_that_is_ready_is_cancelled_too_and_told_of_no_more() {
        atlas.answer = this::listed;
        worker.receive(List.of(download("r-1")));
        threads.run();
        become(JobProgress.State.READY);
        sweepFor(Duration.ofMinutes(1));
        atlas.cancellation = this::cancelAtAtlas;

        cancel("r-1");
        track();

        assertThat(published()).containsExactly("JOB_CREATED r-1", "JOB_FINISHED r-1 ready");
        assertThat(memory.slotsHeld()).isZero();
    }

    @Test
    void a_job_that_wipes_a_target_goes_on_and_the_cancel_is_a_dead_letter() {
        receive("r-1");
        threads.run();

        cancel("r-1");
        cancel("r-1");
        sweepFor(Duration.ofMinutes(1));

        assertThat(atlas.cancelled).isEmpty();
        assertThat(published()).containsExactly("JOB_CREATED r-1", "DEAD_LETTER r-1");
    }

    @Test
    void what_is_over_is_not_cancelled() {
        atlas.answer = _ -> new SubmitReply.Refused(Reason.REFUSED_BY_ATLAS, ERROR);
        receive("r-1");
        threads.run();

        cancel("r-1");
        sweep();

        assertThat(failure("r-1").reason()).isEqualTo(Reason.REFUSED_BY_ATLAS);
        assertThat(published()).containsExactly("JOB_FAILED r-1");
    }

    private static final Outcome.AtlasError ERROR = new Outcome.AtlasError(404, "NO_SUCH", "no");

    private void cancel(String requestId) {
        worker.cancel(List.of(new CancelRecord(requestId)));
    }

    /** What is created stands in Atlas' list. */
    private SubmitReply listed(RestoreRequest request) {
        var job = atlas.makes(request);
        return new SubmitReply.Created(job.id(), job.createdAt(), job.link());
    }

    private Cancellation cancelAtAtlas() {
        become(JobProgress.State.CANCELLED);
        return new Cancellation.Cancelled();
    }

    private void become(JobProgress.State state) {
        atlas.jobs.replaceAll(
                job -> job.with(new JobProgress(state, clock.instant(), clock.instant())));
    }

    private record CancelRecord(String requestId) implements ReceivedCancel {

        @Override
        public String requestedBy() {
            return "ops";
        }

        @Override
        public String reason() {
            return "no more";
        }

        @Override
        public Origin origin() {
            return new Origin("restore-requests", 0, 99);
        }

        @Override
        public DeadLetter letter(DeadLetter.Reason reason, String detail) {
            return new DeadLetter(
                    reason,
                    "the cancel of " + requestId,
                    new OutgoingEvent(Kind.DEAD_LETTER, Blob.of(requestId), null, List.of()));
        }
    }

    @Test
    void a_job_that_another_request_has_is_not_believed() {
        receive("r-1");
        threads.run();
        var job = ((JobCreated) outcome("r-1")).jobId();
        atlas.answer = _ -> new SubmitReply.Created(job, clock.instant(), "https://atlas/x");

        receive("r-2");
        threads.run();

        assertThat(((JobFailed) outcome("r-2")).reason()).isEqualTo(Reason.OUTCOME_UNKNOWN);
    }

    @Test
    void a_job_that_another_request_has_is_not_believed_when_it_came_late_either() {
        receive("r-1");
        threads.run();
        var job = ((JobCreated) outcome("r-1")).jobId();
        atlas.answer =
                _ -> {
                    clock.advance(LEASE);
                    memory.claim(1, Duration.ZERO);
                    return new SubmitReply.Created(job, clock.instant(), "https://atlas/x");
                };

        receive("r-2");
        threads.run();
        sweep();

        assertThat(((JobFailed) outcome("r-2")).reason()).isEqualTo(Reason.OUTCOME_UNKNOWN);
    }

    @Test
    void of_those_that_wipe_one_target_each_is_sent_when_the_one_before_it_is_over() {
        worker.receive(List.of(ontoStandby("r-1"), ontoStandby("r-2"), ontoStandby("r-3")));

        assertThat(open("r-1").stage()).isInstanceOf(Stage.Submitting.class);
        assertThat(open("r-2").line().heldBy()).isEqualTo("r-1");
        sweep();
        assertThat(atlas.sent).containsExactly("r-1");
        assertThat(open("r-3").line().heldBy()).isEqualTo("r-1");
        restored("r-1");
        sweep();
        assertThat(atlas.sent).containsExactly("r-1", "r-2");
        restored("r-2");
        sweep();

        assertThat(atlas.sent).containsExactly("r-1", "r-2", "r-3");
        assertThat(notices())
                .filteredOn(notice -> notice.startsWith("REQUEST_DEFERRED"))
                .satisfiesExactly(
                        first ->
                                assertThat(first)
                                        .startsWith("REQUEST_DEFERRED r-2 waits for TARGET"),
                        second ->
                                assertThat(second)
                                        .startsWith("REQUEST_DEFERRED r-3 waits for TARGET"));
    }

    @Test
    void whoever_waits_for_a_target_gives_up_with_its_patience_and_says_who_holds_it() {
        atlas.answer = request -> lost(atlas.makes(request));
        atlas.blind = NotNow.notSent(WaitsFor.ATLAS, "Atlas is away");
        var patient = new HashMap<String, Object>(ontoStandby("r-1").fields);
        patient.put("patience", "PT5H");
        worker.receive(List.of(new Record("r-1", patient, 0), ontoStandby("r-2")));
        threads.run();
        sweep();
        assertThat(open("r-2").stage()).isEqualTo(new Stage.Waiting(WaitsFor.TARGET, 0));

        clock.advance(FixedRetryPolicy.DEFAULT.patience());
        sweepBy(threads);

        var failed = (JobFailed) outcome("r-2");
        assertThat(failed.reason()).isEqualTo(Reason.TARGET_BUSY);
        assertThat(failed.detail()).contains("r-1");
        assertThat(atlas.sent).containsExactly("r-1");
    }

    @Test
    void a_download_without_a_slot_is_told_of_at_once_and_sent_when_one_is_free() {
        memory.with(LedgerFixture.quota(1, 1));
        worker.receive(List.of(download("r-1"), download("r-2")));
        sweep();

        assertThat(atlas.sent).containsExactly("r-1");
        assertThat(notices())
                .contains("REQUEST_DEFERRED r-2 waits for SNAPSHOT for PT2H as number 1");
        restored("r-1");
        sweep();

        assertThat(atlas.sent).containsExactly("r-1", "r-2");
    }

    @Test
    void a_download_that_would_rather_fail_than_wait_fails() {
        memory.with(LedgerFixture.quota(1, 1));
        var fields = new HashMap<String, Object>(download("r-2").fields);
        fields.put("onQuota", "fail");

        worker.receive(List.of(download("r-1"), new Record("r-2", fields, 1)));
        sweep();

        assertThat(((JobFailed) outcome("r-2")).reason()).isEqualTo(Reason.QUOTA_EXCEEDED);
        assertThat(atlas.sent).containsExactly("r-1");
    }

    @Test
    void a_download_whose_slot_was_taken_meanwhile_sleeps_and_nothing_is_sent() {
        memory.with(LedgerFixture.quota(1, 1));
        atlas.answer = _ -> NotNow.notSent(WaitsFor.SLOT, "Atlas says that there is no room");
        worker.receive(List.of(download("r-1")));
        threads.run();
        memory.with(LedgerFixture.quota(2, 2));
        worker.receive(List.of(download("r-2")));
        clock.advance(Duration.ofMinutes(1));
        memory.with(LedgerFixture.quota(0, 1));
        atlas.sent.clear();

        sweep();

        assertThat(atlas.sent).isEmpty();
        assertThat(open("r-1").stage()).isEqualTo(new Stage.Waiting(WaitsFor.SLOT, 0));
        assertThat(open("r-1").attempts()).hasSize(1);
    }

    @Test
    void what_only_repeats_is_never_sent_unless_it_may() {
        var repeat = new Record("r-2", ontoStandby("r-1").fields, 1);
        worker.receive(List.of(ontoStandby("r-1"), repeat));
        sweep();
        worker.receive(List.of(new Record("r-3", ontoStandby("r-1").fields, 2)));
        var leave = new HashMap<String, Object>(ontoStandby("r-1").fields);
        leave.put("allowRepeat", true);
        sweep();
        worker.receive(List.of(new Record("r-4", leave, 3)));
        restored("r-1");
        sweep();

        assertThat(atlas.sent).containsExactly("r-1", "r-4");
        for (var id : List.of("r-2", "r-3")) {
            var failed = (JobFailed) outcome(id);
            assertThat(failed.reason()).isEqualTo(Reason.REPEATED);
            assertThat(failed.detail()).contains("request r-1").contains("allowRepeat");
        }
    }

    @Test
    void what_is_too_old_is_not_sent_and_a_known_id_stays_a_duplicate_however_old() {
        var old = clock.instant().minus(Duration.ofHours(25));
        var stamps = new Stamps(null, null, old);
        receive("r-1");
        threads.run();

        worker.receive(
                List.of(
                        new Record("r-1", Requests.fields(), 0, stamps),
                        new Record("r-2", download("r-2").fields, 1, stamps)));
        sweep();

        assertThat(atlas.sent).containsExactly("r-1");
        assertThat(((JobFailed) outcome("r-2")).reason()).isEqualTo(Reason.TOO_OLD);
        assertThat(published()).containsExactly("JOB_CREATED r-1", "JOB_FAILED r-2");
    }

    @Test
    void a_time_in_the_future_is_a_fault_of_the_request() {
        var ahead = clock.instant().plusSeconds(31);
        var fields = Requests.fields();
        fields.remove("snapshotId");

        worker.receive(
                List.of(
                        new Record("r-1", Requests.fields(), 0, new Stamps(ahead, null, null)),
                        new Record("r-2", fields, 0, new Stamps(null, ahead, null))));

        assertThat(((JobFailed) outcome("r-1")).reason()).isEqualTo(Reason.INVALID_REQUEST);
        assertThat(((JobFailed) outcome("r-1")).detail()).contains("requestedAt");
        assertThat(((JobFailed) outcome("r-2")).detail()).contains("snapshotId").contains("time");
        assertThat(atlas.sent).isEmpty();
    }

    @Test
    void a_worker_that_goes_down_gives_back_what_it_did_not_send() throws InterruptedException {
        receive("r-1");

        assertThat(worker.stop(Duration.ofSeconds(1))).isTrue();

        assertThat(atlas.sent).isEmpty();
        assertThat(open("r-1").stage()).isEqualTo(new Stage.Waiting(WaitsFor.TURN, 1));
        assertThat(open("r-1").dueAt()).isEqualTo(clock.instant());
    }

    @Test
    void a_worker_that_goes_down_still_takes_requests_in() throws InterruptedException {
        worker.stop(Duration.ofSeconds(1));

        receive("r-1");

        assertThat(open("r-1").stage()).isInstanceOf(Stage.Waiting.class);
        assertThat(atlas.sent).isEmpty();
    }

    @Test
    void a_batch_that_the_ledger_does_not_take_may_be_given_again() {
        ledger.failOpens = 1;

        assertThatThrownBy(() -> receive("r-1")).hasMessage("the ledger is down");
        receive("r-1");
        threads.run();

        assertThat(atlas.sent).containsExactly("r-1");
    }

    private Tracker tracker() {
        return new Tracker(ledger, atlas, new PlainEvents(), new Lifecycle(policy), threads);
    }

    private RestoreWorker worker(StepByStep threads, int inFlight) {
        return new RestoreWorker(
                ledger,
                atlas,
                new PlainEvents(),
                new Lifecycle(policy),
                new JobMatcher(LATE),
                new TargetPolicy(allowed, List.of("*/production")),
                new Sending(
                        inFlight,
                        SEND_WITHIN,
                        paused::get,
                        clock,
                        () -> Duration.between(Instant.EPOCH, clock.instant()).toNanos()),
                new Insistence(_ -> Duration.ZERO),
                threads);
    }

    private void receive(String requestId) {
        worker.receive(List.of(record(requestId, 0)));
    }

    /** The next worker, with the settings as they are now. */
    private void sweep() {
        sweepBy(threads);
    }

    /** Another worker on the same ledger. */
    private void sweepBy(StepByStep others) {
        sweepBy(worker(others, 200), others);
    }

    private static void sweepBy(RestoreWorker worker, StepByStep threads) {
        try {
            worker.advanceDue(1_000, Duration.ZERO);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        threads.run();
    }

    private LedgerEntry open(String requestId) {
        return requireNonNull(memory.find(requestId).orElseThrow().open());
    }

    private Outcome outcome(String requestId) {
        return requireNonNull(memory.find(requestId).orElseThrow().outcome());
    }

    private JobFailed failure(String requestId) {
        return (JobFailed) outcome(requestId);
    }

    private long stages(Class<? extends Stage> stage) {
        return IntStream.range(0, 100)
                .filter(i -> stage.isInstance(open("r-" + i).stage()))
                .count();
    }

    /** All outcomes and dead letters so far, as kind and key. */
    private List<String> published() {
        return told().stream().filter(event -> !event.startsWith("REQUEST_")).toList();
    }

    /** What else was told of requests. */
    private List<String> notices() {
        return told().stream().filter(event -> event.startsWith("REQUEST_")).toList();
    }

    private List<String> told() {
        return PlainEvents.told(memory.outbox());
    }

    /** Onto the standby, or onto a cluster of its own if it is not the first. */
    private static Record record(String requestId, long offset) {
        var fields = Requests.fields();
        if (!requestId.equals("r-1")) {
            fields.put("targetClusterName", "standby-" + requestId);
        }
        return new Record(requestId, fields, offset);
    }

    /** As all fields are by default. */
    private static Record ontoStandby(String requestId, String... flags) {
        var fields = Requests.fields();
        fields.put("snapshotId", "%024x".formatted(requestId.hashCode()));
        List.of(flags).forEach(flag -> fields.put(flag, true));
        return new Record(requestId, fields, 0);
    }

    private static Record download(String requestId) {
        var fields = Requests.fields();
        fields.put("deliveryType", "download");
        fields.remove("targetProjectId");
        fields.remove("targetClusterName");
        return new Record(requestId, fields, 0);
    }

    private static class Record implements ReceivedRecord {
        private final String requestId;
        private final Map<String, ?> fields;
        private final long offset;
        private final Stamps stamps;

        Record(String requestId, Map<String, ?> fields, long offset) {
            this(requestId, fields, offset, new Stamps(null, null, null));
        }

        Record(String requestId, Map<String, ?> fields, long offset, Stamps stamps) {
            this.stamps = stamps;
            this.requestId = requestId;
            this.fields = fields;
            this.offset = offset;
        }

        @Override
        public String requestId() {
            return requestId;
        }

        @Override
        public Content content() {
            return RequestRules.content(fields);
        }

        @Override
        public Remarks remarks() {
            return RequestRules.remarks(fields, null);
        }

        @Override
        public RequestRules.Checked checked() {
            return RequestRules.check(requestId, fields, null);
        }

        @Override
        public Stamps stamps() {
            return stamps;
        }

        @Override
        public Origin origin() {
            return new Origin("restore-requests", 0, offset);
        }

        @Override
        public DeadLetter letter(DeadLetter.Reason reason, String detail) {
            return new DeadLetter(
                    reason,
                    requestId + offset,
                    new OutgoingEvent(Kind.DEAD_LETTER, Blob.of(requestId), null, List.of()));
        }
    }

    /** A ledger that is down when the test says so. */
    private static final class ShakyLedger implements Ledger {

        private final Ledger ledger;
        private int failOpens;
        private int failMoves;
        private int failMovesAfterTheFact;

        ShakyLedger(Ledger ledger) {
            this.ledger = ledger;
        }

        @Override
        public List<Opened> open(List<Opening> openings) {
            if (failOpens > 0) {
                failOpens--;
                throw new LedgerUnavailableException(
                        "the ledger is down", new IllegalStateException());
            }
            return ledger.open(openings);
        }

        @Override
        public List<Cancelled> cancel(List<Cancelling> cancels) {
            return ledger.cancel(cancels);
        }

        @Override
        public Instant time() {
            return ledger.time();
        }

        @Override
        public int tidy(Duration retention, int max) {
            return ledger.tidy(retention, max);
        }

        @Override
        public List<LedgerEntry> claim(int max, Duration hold) {
            return ledger.claim(max, hold);
        }

        @Override
        public List<Watch> claimWatches(int max, Duration hold) {
            return ledger.claimWatches(max, hold);
        }

        @Override
        public ProjectSlots slots(String projectId, int max) {
            return ledger.slots(projectId, max);
        }

        @Override
        public void sight(SourceCluster cluster, List<ListedJob> downloads) {
            ledger.sight(cluster, downloads);
        }

        @Override
        public void rest(Watch watch, Duration dueIn) {
            ledger.rest(watch, dueIn);
        }

        @Override
        public Move move(LedgerEntry from, Decision decision, List<OutgoingEvent> events) {
            if (failMoves > 0) {
                failMoves--;
                throw new LedgerUnavailableException(
                        "the ledger is down", new IllegalStateException());
            }
            var move = ledger.move(from, decision, events);
            if (failMovesAfterTheFact > 0) {
                failMovesAfterTheFact--;
                throw new LedgerUnavailableException(
                        "it went down while it answered", new IllegalStateException());
            }
            return move;
        }

        @Override
        public Rivals rivals(LedgerEntry entry, List<String> jobIds) {
            return ledger.rivals(entry, jobIds);
        }

        @Override
        public Optional<History> find(String requestId) {
            return ledger.find(requestId);
        }

        @Override
        public void bury(List<DeadLetter> letters) {
            ledger.bury(letters);
        }
    }
}
