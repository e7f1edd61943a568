package dev.restoreworker;

import static dev.restoreworker.LedgerFixture.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.restoreworker.Ledger.History.Repeat;
import dev.restoreworker.Ledger.Move;
import dev.restoreworker.Ledger.Opened;
import dev.restoreworker.Ledger.Opening;
import dev.restoreworker.Ledger.Watch;
import dev.restoreworker.core.Attempt;
import dev.restoreworker.core.Attempt.State;
import dev.restoreworker.core.Decision;
import dev.restoreworker.core.Decision.AttemptChange;
import dev.restoreworker.core.Delivery;
import dev.restoreworker.core.DeliveryUrls;
import dev.restoreworker.core.Ending;
import dev.restoreworker.core.LedgerEntry;
import dev.restoreworker.core.LedgerEntry.Stage;
import dev.restoreworker.core.Outcome;
import dev.restoreworker.core.Outcome.JobCreated;
import dev.restoreworker.core.Outcome.JobFailed;
import dev.restoreworker.core.Resolution;
import dev.restoreworker.core.RestoreRequest;
import dev.restoreworker.core.RestoreRequest.Remarks;
import dev.restoreworker.core.SubmitReply;
import dev.restoreworker.core.WaitsFor;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every {@link Ledger} promises. Run against the plain one and against the real one. */
public abstract class LedgerContract {

    /** The same one during a test, empty at its start. */
    protected abstract Ledger ledger();

    protected abstract Outbox outbox();

    /** The ledger's clock; it stands at {@code NOON} when a test begins. */
    protected abstract SettableClock clock();

    /** The workers that sent something so far die, as far as the ledger can see. */
    protected abstract void endSessions();

    // ---- open

    @Test
    void a_new_request_waits_for_its_turn_and_is_due_at_once() {
        var opened = ledger().open(List.of(waiting("r-1")));

        var waiting = new Stage.Waiting(WaitsFor.TURN, 0);
        var entry = new LedgerEntry(request("r-1"), NOON, 1, waiting, false, List.of(), NOON, NOON);
        assertThat(opened).containsExactly(new Opened.Fresh(entry));
        assertThat(openEntry("r-1")).isEqualTo(entry);
    }

    @Test
    void a_new_request_can_begin_with_its_first_attempt_and_is_due_when_the_lease_is_over() {
        var opened = ledger().open(List.of(submitting("r-1")));

        var attempt = new Attempt(1, NOON, ATLAS_NOON, NOON.plus(LEASE), new State.Open());
        var entry =
                new LedgerEntry(
                        request("r-1"),
                        NOON,
                        1,
                        new Stage.Submitting(),
                        false,
                        List.of(attempt),
                        NOON.plus(LEASE),
                        NOON);
        assertThat(opened).containsExactly(new Opened.Fresh(entry));
        assertThat(openEntry("r-1")).isEqualTo(entry);
    }

    @Test
    void a_new_request_that_fails_is_settled_with_its_event() {
        var opened = ledger().open(List.of(failing("r-1")));

        assertThat(opened).containsExactly(new Opened.Settled(INVALID));
        var history = history("r-1");
        assertThat(history.open()).isNull();
        assertThat(history.outcome()).isEqualTo(INVALID);
        assertThat(history.settledAt()).isEqualTo(NOON);
        assertThat(published()).containsExactly(event("r-1"));
    }

    @Test
    void what_is_told_of_a_new_request_is_told_once() {
        var request = request("r-1");
        var opening = opening(request, 1, new Ledger.Start.Wait(request), event("r-1"));

        ledger().open(List.of(opening));
        ledger().open(List.of(opening));

        assertThat(published()).containsExactly(event("r-1"));
    }

    @Test
    void the_same_record_read_again_is_a_duplicate_that_is_not_listed() {
        ledger().open(List.of(waiting("r-1")));

        var opened = ledger().open(List.of(waiting("r-1")));

        assertThat(opened).containsExactly(new Opened.Duplicate(true));
        assertThat(history("r-1").duplicates()).isEmpty();
    }

    @Test
    void another_record_of_a_request_is_a_duplicate_and_listed_once_however_often_it_is_read() {
        ledger().open(List.of(waiting("r-1")));
        var other = waiting(request("r-1"), 2);
        clock().advance(MINUTE);

        var opened = ledger().open(List.of(other));
        clock().advance(MINUTE);
        var again = ledger().open(List.of(other));

        assertThat(opened).containsExactly(new Opened.Duplicate(false));
        assertThat(again).containsExactly(new Opened.Duplicate(false));
        assertThat(history("r-1").duplicates())
                .containsExactly(new Repeat(origin(2), NOON.plus(MINUTE)));
        assertThat(history("r-1").receivedAt()).isEqualTo(NOON);
    }

    @Test
    void a_record_with_other_content_is_a_conflict_with_the_first_and_is_not_listed() {
        ledger().open(List.of(waiting(request("r-1"), 7)));
        var other = request("r-1", new Delivery.Download("c".repeat(24)));

        var opened = ledger().open(List.of(waiting(other, 8)));

        assertThat(opened).containsExactly(new Opened.Conflict(origin(7)));
        assertThat(history("r-1").content()).isEqualTo(request("r-1").content());
        assertThat(history("r-1").duplicates()).isEmpty();
    }

    @Test
    void terms_and_remarks_are_not_content() {
        ledger().open(List.of(waiting("r-1")));
        var request = request("r-1");
        var stamped =
                new RestoreRequest(
                        request.id(),
                        request.projectId(),
                        request.clusterName(),
                        request.delivery(),
                        RestoreRequest.Terms.DEFAULT,
                        new Remarks(NOON, "somebody else", null, null, null));

        var opened = ledger().open(List.of(waiting(stamped, 2)));

        assertThat(opened).containsExactly(new Opened.Duplicate(false));
        assertThat(openEntry("r-1").request()).isEqualTo(request);
    }

    @Test
    void the_first_of_several_with_one_id_in_a_batch_opens_it() {
        var conflicting = request("r-1", new Delivery.Download("c".repeat(24)));

        var opened =
                ledger().open(
                                List.of(
                                        waiting("r-2"),
                                        waiting(request("r-1"), 10),
                                        waiting(request("r-1"), 11),
                                        waiting(conflicting, 12),
                                        waiting(request("r-1"), 10),
                                        failing("r-0")));

        assertThat(opened)
                .satisfiesExactly(
                        first -> assertThat(first).isInstanceOf(Opened.Fresh.class),
                        first -> assertThat(first).isInstanceOf(Opened.Fresh.class),
                        listed -> assertThat(listed).isEqualTo(new Opened.Duplicate(false)),
                        other -> assertThat(other).isEqualTo(new Opened.Conflict(origin(10))),
                        same -> assertThat(same).isEqualTo(new Opened.Duplicate(true)),
                        failed -> assertThat(failed).isEqualTo(new Opened.Settled(INVALID)));
        assertThat(history("r-1").origin()).isEqualTo(origin(10));
        assertThat(history("r-1").duplicates()).containsExactly(new Repeat(origin(11), NOON));
    }

    @Test
    void an_opening_that_cannot_be_stored_stops_no_other_and_leaves_its_id_free() {
        var request = request("r-2");
        var bad = new Remarks(null, "nul\0", null, null, null);
        var start = new Ledger.Start.Wait(request);
        var unstorable =
                new Opening(
                        "r-2",
                        request.content(),
                        bad,
                        origin(1),
                        start,
                        List.of(),
                        null,
                        null,
                        null);

        var opened = ledger().open(List.of(waiting("r-1"), unstorable, waiting("r-3")));

        assertThat(opened)
                .satisfiesExactly(
                        passed -> assertThat(passed).isInstanceOf(Opened.Fresh.class),
                        culprit -> assertThat(culprit).isInstanceOf(Opened.Unstorable.class),
                        passed -> assertThat(passed).isInstanceOf(Opened.Fresh.class));
        assertThat(ledger().find("r-2")).isEmpty();
        assertThat(ledger().open(List.of(waiting("r-2"))).getFirst())
                .isInstanceOf(Opened.Fresh.class);
    }

    @Test
    void a_settled_request_keeps_its_id_for_ever() {
        ledger().open(List.of(failing("r-1")));
        clock().advance(Duration.ofDays(400));

        var opened = ledger().open(List.of(waiting("r-1"), waiting(request("r-1"), 99)));

        assertThat(opened).containsExactly(new Opened.Duplicate(true), new Opened.Duplicate(false));
        assertThat(history("r-1").outcome()).isEqualTo(INVALID);
        assertThat(published()).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource
    void every_delivery_is_read_as_it_was_written(Delivery delivery) {
        ledger().open(List.of(waiting(request("r-1", delivery), 1)));

        var claimed = ledger().claim(1, HOLD);

        assertThat(claimed)
                .extracting(LedgerEntry::request)
                .containsExactly(request("r-1", delivery));
        assertThat(history("r-1").content()).isEqualTo(request("r-1", delivery).content());
    }

    static List<Delivery> every_delivery_is_read_as_it_was_written() {
        var target = new Delivery.Target("d".repeat(24), "standby");
        return List.of(
                DOWNLOAD,
                new Delivery.Automated(SNAPSHOT, target),
                new Delivery.PointInTime(new Delivery.Time.Oplog(1_700_000_000, 3), target),
                new Delivery.PointInTime(new Delivery.Time.UtcSeconds(Integer.MAX_VALUE), target));
    }

    @Test
    void ids_are_told_apart_by_each_character() {
        var ids = List.of("a", "A", "ä", "a\u0308", "a b", "-a", "😀", "x".repeat(255));

        var opened = ledger().open(ids.stream().map(LedgerFixture::waiting).toList());

        assertThat(opened).hasSize(ids.size()).allMatch(Opened.Fresh.class::isInstance);
        assertThat(ids).allMatch(id -> openEntry(id).request().id().equals(id));
    }

    @Test
    void no_openings_are_no_work() {
        assertThat(ledger().open(List.of())).isEmpty();
    }

    // ---- claim

    @Test
    void what_is_due_is_claimed_longest_due_first_and_no_more_than_asked_for() {
        ledger().open(List.of(waiting("late-1")));
        clock().advance(Duration.ofMillis(1));
        ledger().open(List.of(waiting("early-2"), submitting("not-yet")));
        clock().advance(Duration.ofMillis(1));
        ledger().open(List.of(waiting("last-3")));

        var claimed = ledger().claim(2, HOLD);

        assertThat(claimed).extracting(e -> e.request().id()).containsExactly("late-1", "early-2");
    }

    @Test
    void a_claimed_entry_is_put_off_by_the_hold_and_its_version_is_raised() {
        var opened = opened(waiting("r-1"));
        clock().advance(MINUTE);

        var claimed = ledger().claim(10, HOLD);

        var now = NOON.plus(MINUTE);
        assertThat(claimed)
                .containsExactly(
                        new LedgerEntry(
                                opened.request(),
                                NOON,
                                2,
                                opened.stage(),
                                false,
                                List.of(),
                                now.plus(HOLD),
                                now));
        assertThat(ledger().claim(10, HOLD)).isEmpty();
        assertThat(openEntry("r-1")).isEqualTo(claimed.getFirst());
    }

    @Test
    void a_claimed_entry_is_due_again_when_the_hold_is_over_and_not_before() {
        ledger().open(List.of(waiting("r-1")));
        ledger().claim(1, HOLD);

        clock().advance(HOLD.minusMillis(1));
        var before = ledger().claim(1, HOLD);
        clock().advance(Duration.ofMillis(1));
        var after = ledger().claim(1, HOLD);

        assertThat(before).isEmpty();
        assertThat(after).extracting(LedgerEntry::version).containsExactly(3L);
    }

    @Test
    void an_attempt_is_claimed_with_its_entry_when_its_lease_is_over() {
        var opened = opened(submitting("r-1"));
        clock().advance(LEASE);

        var claimed = ledger().claim(1, HOLD);

        assertThat(claimed).extracting(LedgerEntry::attempts).containsExactly(opened.attempts());
    }

    @Test
    void a_settled_request_is_never_claimed() {
        ledger().open(List.of(failing("r-1")));
        clock().advance(Duration.ofDays(400));

        assertThat(ledger().claim(10, HOLD)).isEmpty();
    }

    @Test
    void no_room_claims_nothing() {
        ledger().open(List.of(waiting("r-1")));

        assertThat(ledger().claim(0, HOLD)).isEmpty();
    }

    // ---- move

    @Test
    void a_begun_attempt_is_numbered_and_has_its_lease_from_the_move() {
        var opened = opened(waiting("r-1"));
        clock().advance(MINUTE);

        var moved = moved(opened, beginning());

        var now = NOON.plus(MINUTE);
        assertThat(moved)
                .isEqualTo(
                        new LedgerEntry(
                                opened.request(),
                                NOON,
                                2,
                                new Stage.Submitting(),
                                false,
                                List.of(
                                        new Attempt(
                                                1,
                                                now,
                                                ATLAS_NOON,
                                                now.plus(LEASE),
                                                new State.Open())),
                                now.plus(LEASE),
                                now));
        assertThat(openEntry("r-1")).isEqualTo(moved);
    }

    @Test
    void an_entry_remembers_that_it_was_deferred_whatever_comes_then() {
        var turn =
                moved(
                        opened(waiting("r-1")),
                        waitingFor(WaitsFor.TURN, 1, new AttemptChange.None()));
        var deferred = moved(turn, waitingFor(WaitsFor.RATE, 2, new AttemptChange.None()));
        var begun = moved(deferred, beginning());

        assertThat(turn.deferred()).isFalse();
        assertThat(deferred.deferred()).isTrue();
        assertThat(begun.deferred()).isTrue();
        assertThat(openEntry("r-1")).isEqualTo(begun);
        clock().advance(LEASE);
        assertThat(ledger().claim(1, HOLD)).extracting(LedgerEntry::deferred).containsExactly(true);
    }

    @Test
    void looks_are_counted_and_begin_anew_when_an_answer_comes() {
        var closed = moved(opened(submitting("r-1")), answering(1, UNKNOWN));
        var looked = moved(closed, looking(2));
        assertThat(openEntry("r-1").stage()).isEqualTo(new Stage.Submitting(2));
        var claimed = claimAll();
        assertThat(claimed).extracting(LedgerEntry::stage).containsExactly(looked.stage());

        ledger().move(looked, answering(1, REFUSED), List.of());

        assertThat(openEntry("r-1").stage()).isEqualTo(new Stage.Submitting(0));
    }

    @Test
    void jobs_of_others_and_their_undecided_attempts_for_the_same_are_rivals() {
        var entry = moved(opened(submitting("r-1")), answering(1, UNKNOWN));
        moved(opened(submitting("r-2")), answering(1, created("2".repeat(24))));
        var closed = moved(opened(submitting("r-3")), answering(1, UNKNOWN));
        var open = opened(submitting("r-4"));
        var answered = moved(opened(submitting("r-5")), answering(1, NOT_NOW));
        ledger().open(List.of(other("r-6")));

        var rivals = ledger().rivals(entry, List.of("1".repeat(24), "2".repeat(24)));

        assertThat(answered.undecided()).isEmpty();
        assertThat(rivals.named()).containsExactly("2".repeat(24));
        assertThat(rivals.attempts())
                .containsExactlyInAnyOrder(closed.lastAttempt(), open.lastAttempt());
    }

    @Test
    void a_request_that_ended_as_unknown_is_a_rival_still_and_its_own_job_is_none() {
        var first = moved(opened(submitting("r-1")), answering(1, UNKNOWN));
        var unknown = new JobFailed(Outcome.Reason.OUTCOME_UNKNOWN, "look", null, List.of("j"));
        moved(first, settling(unknown, new AttemptChange.None()));
        var second = moved(opened(submitting("r-2")), answering(1, UNKNOWN));
        moved(second, settling(adopted("2".repeat(24)), new AttemptChange.None()));

        var rivals = ledger().rivals(second, List.of("2".repeat(24)));

        assertThat(rivals.named()).isEmpty();
        assertThat(rivals.attempts()).containsExactly(first.lastAttempt());
        assertThat(history("r-1").outcome()).isEqualTo(unknown);
        assertThat(history("r-2").outcome()).isEqualTo(adopted("2".repeat(24)));
    }

    @Test
    void a_sender_that_lives_is_not_said_to_be_gone_however_long_nothing_is_heard_of_it() {
        opened(submitting("r-1"));
        clock().advance(LEASE.multipliedBy(100));

        assertThat(claimAll().getFirst().lastAttempt().senderGone()).isFalse();
        assertThat(openEntry("r-1").lastAttempt().senderGone()).isFalse();
    }

    @Test
    void a_sender_whose_session_has_ended_is_said_to_be_gone_while_its_attempt_is_undecided() {
        moved(opened(waiting("r-1")), beginning());
        opened(submitting("r-2"));
        moved(opened(submitting("r-3")), abandoning(1));
        var silent = opened(submitting("r-4"));
        endSessions();
        clock().advance(SETTLE);

        assertThat(claimAll())
                .extracting(entry -> entry.lastAttempt().senderGone())
                .containsExactly(true, true, true, true);
        assertThat(openEntry("r-1").lastAttempt().senderGone()).isTrue();
        assertThat(history("r-1").attempts()).extracting(Attempt::senderGone).containsOnly(true);
        assertThat(silent.lastAttempt().senderGone()).as("as of that reading").isFalse();
    }

    @Test
    void a_job_that_a_late_answer_named_is_anothers_before_and_after_the_end() {
        var sentBefore = opened(submitting("r-1"));
        clock().advance(LEASE);
        ledger().claim(1, HOLD);
        ledger().move(sentBefore, answering(1, created("1".repeat(24))), List.of());
        var over = opened(submitting("r-2"));
        var unknown = new JobFailed(Outcome.Reason.OUTCOME_UNKNOWN, "look", null, List.of());
        moved(moved(over, abandoning(1)), settling(unknown, new AttemptChange.None()));
        ledger().move(over, answering(1, created("2".repeat(24))), List.of());
        var entry = moved(opened(submitting("r-3")), answering(1, UNKNOWN));

        var rivals = ledger().rivals(entry, List.of("1".repeat(24), "2".repeat(24)));

        assertThat(rivals.named()).contains("1".repeat(24), "2".repeat(24));
        assertThat(rivals.attempts()).isEmpty();
    }

    @Test
    void a_request_for_the_same_that_names_another_source_is_a_rival() {
        var entry = moved(opened(submitting("r-1")), answering(1, UNKNOWN));
        var same = entry.request();
        var elsewhere =
                new RestoreRequest(
                        "r-2",
                        same.projectId(),
                        "reports",
                        same.delivery(),
                        same.terms(),
                        same.remarks());
        var other = opened(opening(elsewhere, 9, new Ledger.Start.Submit(elsewhere, begin())));

        var rivals = ledger().rivals(entry, List.of());

        assertThat(rivals.attempts()).containsExactly(other.lastAttempt());
    }

    private static Decision looking(int absent) {
        return new Decision(new Stage.Submitting(absent), Duration.ZERO, new AttemptChange.None());
    }

    private static JobCreated adopted(String jobId) {
        return new JobCreated(jobId, NOON, "https://atlas.example/" + jobId, true);
    }

    /** Of another snapshot. */
    private static Opening other(String id) {
        var request = request(id, new Delivery.Download("c".repeat(24)));
        return opening(request, 9, new Ledger.Start.Submit(request, begin()));
    }

    private List<LedgerEntry> claimAll() {
        return ledger().claim(10, HOLD);
    }

    @Test
    void only_one_of_two_workers_moves_an_entry() {
        var opened = opened(waiting("r-1"));

        var first = ledger().move(opened, beginning(), List.of());
        var second = ledger().move(opened, beginning(), List.of(event("r-1")));

        assertThat(first).isInstanceOf(Move.Moved.class);
        assertThat(second).isEqualTo(new Move.Overtaken(false));
        assertThat(history("r-1").attempts()).hasSize(1);
        assertThat(published()).isEmpty();
    }

    @Test
    void a_claim_overtakes_who_read_the_entry_before() {
        var opened = opened(waiting("r-1"));
        ledger().claim(1, HOLD);

        assertThat(ledger().move(opened, beginning(), List.of()))
                .isEqualTo(new Move.Overtaken(false));
    }

    @Test
    void a_request_can_be_put_off_without_an_attempt() {
        var opened = opened(waiting("r-1"));
        var change = new AttemptChange.None();

        var moved = moved(opened, waitingFor(WaitsFor.CREDENTIAL, 4, change));

        assertThat(moved.stage()).isEqualTo(new Stage.Waiting(WaitsFor.CREDENTIAL, 4));
        assertThat(moved.dueAt()).isEqualTo(NOON.plus(MINUTE));
        assertThat(openEntry("r-1")).isEqualTo(moved);
    }

    @Test
    void a_created_job_settles_its_request_with_its_event() {
        var begun = opened(submitting("r-1"));
        clock().advance(MINUTE);

        var move = ledger().move(begun, answering(1, created("j-1")), List.of(event("r-1")));

        var outcome = new JobCreated("j-1", NOON.plusSeconds(5), "https://atlas.example/j-1");
        assertThat(move).isInstanceOf(Move.Moved.class);
        var moved = ((Move.Moved) move).entry();
        assertThat(moved.stage()).isEqualTo(new Stage.Tracked(outcome));
        assertThat(moved.attempts())
                .extracting(Attempt::state)
                .containsExactly(new State.Answered(NOON.plus(MINUTE), created("j-1")));
        var history = history("r-1");
        assertThat(history.open()).isEqualTo(moved);
        assertThat(moved.dueAt()).as("by itself never").isEqualTo(LedgerEntry.NEVER);
        assertThat(history.outcome()).isEqualTo(outcome);
        assertThat(history.settledAt()).isEqualTo(NOON.plus(MINUTE));
        assertThat(history.attempts()).isEqualTo(moved.attempts());
        assertThat(published()).containsExactly(event("r-1"));
    }

    @ParameterizedTest
    @MethodSource("replies")
    void every_answer_is_kept_with_its_attempt(SubmitReply reply) {
        var begun = opened(submitting("r-1"));

        ledger().move(begun, answering(1, reply), List.of());

        assertThat(history("r-1").attempts())
                .extracting(Attempt::state)
                .containsExactly(heard(reply));
    }

    static List<SubmitReply> replies() {
        return List.of(created("j-1"), REFUSED, NOT_NOW, UNKNOWN);
    }

    @Test
    void several_attempts_are_kept_in_their_order() {
        var first = opened(submitting("r-1"));
        var putOff = moved(first, answering(1, NOT_NOW));
        clock().advance(MINUTE);

        var second = moved(putOff, beginning());

        assertThat(second.attempts()).extracting(Attempt::number).containsExactly(1, 2);
        assertThat(second.attempt(1).state()).isEqualTo(new State.Answered(NOON, NOT_NOW));
        assertThat(second.attempt(2).begunAt()).isEqualTo(NOON.plus(MINUTE));
        assertThat(openEntry("r-1")).isEqualTo(second);
    }

    @Test
    void an_attempt_that_was_not_heard_of_is_abandoned() {
        var begun = opened(submitting("r-1"));
        clock().advance(LEASE);

        var moved = moved(begun, abandoning(1));

        assertThat(moved.lastAttempt().state()).isEqualTo(new State.Abandoned(NOON.plus(LEASE)));
        assertThat(moved.dueAt()).isEqualTo(NOON.plus(LEASE).plus(SETTLE));
        assertThat(openEntry("r-1")).isEqualTo(moved);
    }

    @Test
    void only_an_open_attempt_can_be_abandoned() {
        var closed = moved(opened(submitting("r-1")), answering(1, UNKNOWN));

        assertThatThrownBy(() -> ledger().move(closed, abandoning(1), List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_job_is_one_request_s_and_the_second_that_names_it_is_not_changed() {
        var first = opened(submitting("r-1"));
        var second = opened(submitting("r-2"));
        moved(first, answering(1, created("j-1")));

        var move = ledger().move(second, answering(1, created("j-1")), List.of(event("r-2")));

        assertThat(move).isEqualTo(new Move.JobTaken("r-1"));
        assertThat(openEntry("r-2")).isEqualTo(second);
        assertThat(published()).isEmpty();
    }

    // ---- answers that come late

    @Test
    void an_answer_is_taken_though_another_worker_holds_the_entry_which_is_then_due_at_once() {
        var begun = opened(submitting("r-1"));
        clock().advance(LEASE);
        var claimed = ledger().claim(1, HOLD).getFirst();
        clock().advance(Duration.ofSeconds(1));

        var move = ledger().move(begun, answering(1, created("j-1")), List.of(event("r-1")));

        var now = NOON.plus(LEASE).plusSeconds(1);
        assertThat(move).isEqualTo(new Move.Overtaken(true));
        assertThat(published()).isEmpty();
        var entry = openEntry("r-1");
        assertThat(entry.version()).isEqualTo(claimed.version() + 1);
        assertThat(entry.stage()).isEqualTo(new Stage.Submitting());
        assertThat(entry.dueAt()).isEqualTo(now);
        assertThat(entry.lastAttempt().state()).isEqualTo(new State.Answered(now, created("j-1")));
    }

    @Test
    void a_move_that_was_decided_without_the_answer_is_overtaken_by_it() {
        var begun = opened(submitting("r-1"));
        clock().advance(LEASE);
        var claimed = ledger().claim(1, HOLD).getFirst();
        ledger().move(begun, answering(1, created("j-1")), List.of());

        var move = ledger().move(claimed, abandoning(1), List.of());

        assertThat(move).isEqualTo(new Move.Overtaken(false));
        assertThat(openEntry("r-1").lastAttempt().state()).isInstanceOf(State.Answered.class);
        assertThat(ledger().claim(1, HOLD))
                .extracting(e -> e.request().id())
                .containsExactly("r-1");
    }

    @ParameterizedTest
    @MethodSource("replies")
    void an_abandoned_attempt_takes_any_answer(SubmitReply reply) {
        var begun = opened(submitting("r-1"));
        moved(begun, abandoning(1));

        var move = ledger().move(begun, answering(1, reply), List.of());

        assertThat(move).isEqualTo(new Move.Overtaken(true));
        assertThat(openEntry("r-1").lastAttempt().state()).isEqualTo(heard(reply));
    }

    @ParameterizedTest
    @MethodSource("replies")
    void an_answer_to_a_request_that_waits_to_be_sent_again_leaves_it_waiting_and_due_at_once(
            SubmitReply reply) {
        var begun = opened(submitting("r-1"));
        var waits = new Stage.Waiting(WaitsFor.ATLAS, 1);
        var waiting =
                moved(
                        moved(begun, abandoning(1)),
                        new Decision(waits, HOLD, new AttemptChange.None()));

        var move = ledger().move(begun, answering(1, reply), List.of());

        assertThat(move).isEqualTo(new Move.Overtaken(true));
        var entry = openEntry("r-1");
        assertThat(entry.stage()).isEqualTo(waits);
        assertThat(entry.version()).isEqualTo(waiting.version() + 1);
        assertThat(entry.dueAt()).isEqualTo(NOON);
        assertThat(entry.lastAttempt().state()).isEqualTo(heard(reply));
    }

    @Test
    void a_closed_attempt_takes_an_answer_that_is_known() {
        var closed = moved(opened(submitting("r-1")), answering(1, UNKNOWN));

        var moved = moved(closed, answering(1, NOT_NOW));

        assertThat(moved.lastAttempt().state()).isEqualTo(new State.Answered(NOON, NOT_NOW));
        assertThat(openEntry("r-1").with((LedgerEntry.Queue) null)).isEqualTo(moved);
    }

    @Test
    void a_closed_attempt_takes_no_other_unknown() {
        var closed = moved(opened(submitting("r-1")), answering(1, UNKNOWN));

        var move =
                ledger().move(
                                closed,
                                answering(1, new SubmitReply.Unknown("again")),
                                List.of(event("r-1")));

        assertThat(move).isEqualTo(new Move.Overtaken(false));
        assertThat(openEntry("r-1")).isEqualTo(closed);
        assertThat(published()).isEmpty();
    }

    @Test
    void an_answer_is_never_overwritten() {
        var begun = opened(submitting("r-1"));
        var settled = moved(begun, answering(1, created("j-1")));

        assertThat(ledger().move(begun, answering(1, created("j-2")), List.of()))
                .isEqualTo(new Move.Overtaken(false));
        assertThat(ledger().move(begun, answering(1, UNKNOWN), List.of()))
                .isEqualTo(new Move.Overtaken(false));
        assertThat(history("r-1").attempts()).isEqualTo(settled.attempts());
    }

    @ParameterizedTest
    @MethodSource("replies")
    void an_answer_that_is_brought_again_is_recognised_and_changes_nothing(SubmitReply reply) {
        var begun = opened(submitting("r-1"));
        ledger().move(begun, answering(1, reply), List.of(event("r-1")));
        var before = history("r-1");

        var again = ledger().move(begun, answering(1, reply), List.of(event("r-1")));

        assertThat(again).isEqualTo(new Move.Overtaken(true));
        assertThat(history("r-1")).isEqualTo(before);
        assertThat(published()).hasSize(1);
    }

    @Test
    void an_answer_after_the_end_stays_with_its_attempt_and_the_outcome_stays_as_it_is() {
        var begun = opened(submitting("r-1"));
        var abandoned = moved(begun, abandoning(1));
        moved(abandoned, settling(FAILED, new AttemptChange.None()));
        clock().advance(MINUTE);

        var move = ledger().move(begun, answering(1, created("j-1")), List.of(event("r-1")));

        assertThat(move).isEqualTo(new Move.Overtaken(true));
        var history = history("r-1");
        assertThat(history.open()).isNull();
        assertThat(history.outcome()).isEqualTo(FAILED);
        assertThat(history.settledAt()).isEqualTo(NOON);
        assertThat(history.attempts())
                .extracting(Attempt::state)
                .containsExactly(new State.Answered(NOON.plus(MINUTE), created("j-1")));
        assertThat(published()).isEmpty();
    }

    @Test
    void an_answer_to_an_earlier_attempt_is_that_attempt_s() {
        var first = opened(submitting("r-1"));
        var abandoned = moved(first, abandoning(1));
        var second = moved(abandoned, beginning());

        var move = ledger().move(first, answering(1, REFUSED), List.of());

        assertThat(move).isEqualTo(new Move.Overtaken(true));
        var entry = openEntry("r-1");
        assertThat(entry.attempt(1).state()).isEqualTo(new State.Answered(NOON, REFUSED));
        assertThat(entry.attempt(2)).isEqualTo(second.attempt(2));
    }

    @Test
    void an_answer_to_an_attempt_that_was_never_written_down_is_not_taken() {
        var opened = opened(waiting("r-1"));
        var notSent = SubmitReply.NotNow.notSent(WaitsFor.ATLAS, "it was never begun");

        var move = ledger().move(opened, answering(1, notSent), List.of());

        assertThat(move).isEqualTo(new Move.Overtaken(false));
        assertThat(openEntry("r-1")).isEqualTo(opened);
    }

    // ---- what is followed

    @Test
    void an_unknown_outcome_is_kept_once_and_its_entry_stays_due() {
        var abandoned = moved(opened(submitting("r-1")), abandoning(1));
        var followed =
                ((Move.Moved) ledger().move(abandoned, following(), List.of(event("r-1")))).entry();
        clock().advance(MINUTE);

        var claimed = claimAll().getFirst();
        var again = moved(claimed, lookedFor(4));

        assertThat(followed.stage()).isEqualTo(new Stage.Followed(UNKNOWN_OUTCOME));
        assertThat(claimed.stage()).isEqualTo(followed.stage());
        assertThat(claimed.attempts()).isEqualTo(abandoned.attempts());
        assertThat(openEntry("r-1")).isEqualTo(again);
        assertThat(((Stage.Followed) again.stage()).absent()).isEqualTo(4);
        assertThat(history("r-1").outcome()).isEqualTo(UNKNOWN_OUTCOME);
        assertThat(history("r-1").settledAt()).isEqualTo(NOON);
        assertThat(published()).containsExactly(event("r-1"));
    }

    @Test
    void the_job_of_a_followed_request_is_its_own_from_then_on() {
        var first = moved(moved(opened(submitting("r-1")), following()), tracking("1".repeat(24)));
        var second = moved(opened(submitting("r-2")), following());

        assertThat(ledger().move(second, tracking("1".repeat(24)), List.of()))
                .isEqualTo(new Move.JobTaken("r-1"));
        assertThat(ledger().rivals(second, List.of("1".repeat(24))).named()).hasSize(1);
        assertThat(openEntry("r-1")).isEqualTo(first);
        assertThat(openEntry("r-2")).isEqualTo(second);
        assertThat(moved(first, tracking("1".repeat(24))).version()).isGreaterThan(first.version());
    }

    @Test
    void what_is_followed_to_its_end_is_live_no_more_and_all_is_kept() {
        var found = moved(moved(opened(submitting("r-1")), following()), tracking("1".repeat(24)));
        var ready = new Ending(Ending.Kind.READY, "1".repeat(24), null, NOON.plusSeconds(7), null);
        var secret = new DeliveryUrls(List.of("https://secret.invalid"));
        clock().advance(MINUTE);

        ledger().move(found, ending(with(secret, ready)), List.of(event("r-1")));

        clock().advance(Duration.ofDays(1));
        assertThat(claimAll()).isEmpty();
        var history = history("r-1");
        assertThat(history.open()).isNull();
        assertThat(history.outcome()).isEqualTo(UNKNOWN_OUTCOME);
        assertThat(history.settledAt()).isEqualTo(NOON);
        assertThat(history.ending()).isEqualTo(ready);
        assertThat(history.endedAt()).isEqualTo(NOON.plus(MINUTE));
        assertThat(published()).containsExactly(event("r-1"));
        assertThat(ledger().move(found, ending(ready), List.of(event("r-1"))))
                .isEqualTo(new Move.Overtaken(false));
    }

    private static Ending with(DeliveryUrls urls, Ending of) {
        return new Ending(of.kind(), of.jobId(), of.finishedAt(), of.expiresAt(), null, urls);
    }

    @Test
    void a_job_that_is_over_when_it_is_found_is_still_one_request_s() {
        var first = moved(opened(submitting("r-1")), following());
        var second = moved(opened(submitting("r-2")), following());
        var done = new Ending(Ending.Kind.COMPLETED, "1".repeat(24), NOON, null, null);
        ledger().move(first, ending(done), List.of());

        assertThat(ledger().move(second, ending(done), List.of()))
                .isEqualTo(new Move.JobTaken("r-1"));
        assertThat(history("r-1").ending()).isEqualTo(done);
        assertThat(openEntry("r-2")).isEqualTo(second);
    }

    @Test
    void an_operator_s_word_is_kept_as_it_was_first_given() {
        var word = new Resolution("zoë", "seen in Atlas");
        var followed = moved(opened(submitting("r-1")), following());
        var named = new Stage.Tracked(UNKNOWN_OUTCOME, "1".repeat(24), word);
        clock().advance(MINUTE);

        var resolved =
                moved(followed, new Decision(named, Duration.ZERO, new AttemptChange.None()));

        assertThat(openEntry("r-1")).isEqualTo(resolved);
        assertThat(resolved.stage()).isEqualTo(named);
        clock().advance(MINUTE);
        var lost = new Ending(Ending.Kind.LOST, "1".repeat(24), null, null, word);
        moved(openEntry("r-1"), ending(lost));
        assertThat(history("r-1").resolution()).isEqualTo(word);
        assertThat(history("r-1").resolvedAt()).isEqualTo(NOON.plus(MINUTE));
        assertThat(history("r-1").ending()).isEqualTo(lost);
    }

    @ParameterizedTest
    @MethodSource("replies")
    void a_late_answer_wakes_what_is_followed_and_its_looks_begin_anew(SubmitReply reply) {
        var begun = opened(submitting("r-1"));
        var followed = moved(moved(begun, abandoning(1)), following());
        var looked = moved(followed, lookedFor(7));

        var move = ledger().move(begun, answering(1, reply), List.of(event("r-1")));

        assertThat(move).isEqualTo(new Move.Overtaken(true));
        assertThat(ledger().move(looked, lookedFor(8), List.of()))
                .isEqualTo(new Move.Overtaken(false));
        var woken = openEntry("r-1");
        assertThat(woken.stage()).isEqualTo(new Stage.Followed(UNKNOWN_OUTCOME));
        assertThat(woken.dueAt()).isEqualTo(NOON);
        assertThat(woken.lastAttempt().state()).isEqualTo(heard(reply));
        assertThat(published()).isEmpty();
    }

    @Test
    void what_is_followed_or_lost_is_a_rival_and_what_has_a_job_or_none_is_not() {
        var followed = moved(opened(submitting("r-1")), following());
        var lost = moved(opened(submitting("r-2")), following());
        moved(lost, ending(new Ending(Ending.Kind.LOST, null, null, null, null)));
        var none = moved(opened(submitting("r-3")), following());
        moved(none, ending(new Ending(Ending.Kind.NOT_FOUND, null, null, null, null)));
        moved(moved(opened(submitting("r-4")), following()), tracking("4".repeat(24)));
        var own = opened(submitting("r-5"));

        assertThat(ledger().rivals(own, List.of()).attempts())
                .containsExactlyInAnyOrder(followed.lastAttempt(), lost.lastAttempt());
    }

    private static Decision lookedFor(int absent) {
        var stage = new Stage.Followed(UNKNOWN_OUTCOME, absent);
        return new Decision(stage, MINUTE, new AttemptChange.None());
    }

    // ---- what is tracked

    @Test
    void the_cluster_of_a_new_job_is_to_be_listed_when_its_move_says() {
        var created = moved(opened(submitting("r-1")), answering(1, created("j-1")));
        assertThat(watches()).isEmpty();
        clock().advance(MINUTE);

        var watches = watches();

        assertThat(watches).extracting(Watch::cluster).containsExactly(created.request().source());
        assertThat(watches.getFirst().tracked())
                .singleElement()
                .returns(created.stage(), LedgerEntry::stage)
                .returns(created.version(), LedgerEntry::version)
                .returns(NOON.plus(MINUTE), LedgerEntry::asOf);
        assertThat(claimAll()).isEmpty();
        assertThat(watches()).as("it is claimed").isEmpty();
        clock().advance(HOLD);
        assertThat(watches()).as("whoever claimed it is gone").hasSize(1);
    }

    @Test
    void one_watch_serves_all_jobs_of_its_cluster() {
        moved(opened(submitting("r-1")), answering(1, created("j-1")));
        moved(opened(submitting("r-2")), answering(1, created("j-2")));
        moved(opened(submitting("r-3")), answering(1, REFUSED));
        moved(opened(submitting("r-4")), following());
        clock().advance(MINUTE);

        assertThat(watches())
                .singleElement()
                .satisfies(
                        watch ->
                                assertThat(watch.tracked())
                                        .extracting(entry -> entry.request().id())
                                        .containsExactlyInAnyOrder("r-1", "r-2"));
    }

    @Test
    void a_watch_rests_for_as_long_as_it_is_told() {
        moved(opened(submitting("r-1")), answering(1, created("j-1")));
        clock().advance(MINUTE);

        ledger().rest(watches().getFirst(), MINUTE.multipliedBy(5));

        clock().advance(MINUTE.multipliedBy(5).minusMillis(1));
        assertThat(watches()).isEmpty();
        clock().advance(Duration.ofMillis(1));
        assertThat(watches()).hasSize(1);
    }

    @Test
    void a_job_that_is_added_meanwhile_does_not_have_to_wait_for_the_others() {
        moved(opened(submitting("r-1")), answering(1, created("j-1")));
        clock().advance(MINUTE);
        var watch = watches().getFirst();
        moved(opened(submitting("r-2")), answering(1, created("j-2")));

        ledger().rest(watch, HOLD);

        clock().advance(MINUTE);
        assertThat(watches())
                .singleElement()
                .satisfies(each -> assertThat(each.tracked()).hasSize(2));
    }

    @Test
    void a_cluster_on_which_nothing_is_tracked_is_watched_no_more() {
        var created = moved(opened(submitting("r-1")), answering(1, created("j-1")));
        clock().advance(MINUTE);
        var watch = watches().getFirst();
        var done = new Ending(Ending.Kind.COMPLETED, "j-1", NOON, null, null);
        moved(created, over(created, done));

        ledger().rest(watch, Duration.ZERO);

        clock().advance(HOLD.multipliedBy(2));
        assertThat(watches()).isEmpty();
        moved(opened(submitting("r-2")), answering(1, created("j-2")));
        clock().advance(MINUTE);
        assertThat(watches()).hasSize(1);
    }

    @Test
    void a_job_that_is_added_when_the_last_is_over_is_watched() {
        var created = moved(opened(submitting("r-1")), answering(1, created("j-1")));
        clock().advance(MINUTE);
        var watch = watches().getFirst();
        var done = new Ending(Ending.Kind.COMPLETED, "j-1", NOON, null, null);
        moved(created, over(created, done));
        moved(opened(submitting("r-2")), answering(1, created("j-2")));

        ledger().rest(watch, HOLD);

        clock().advance(MINUTE);
        assertThat(watches()).hasSize(1);
    }

    @Test
    void what_is_told_of_a_download_before_its_slot_is_free_is_kept_as_it_was_told() {
        var created = moved(opened(submitting("r-1")), answering(1, created("j-1")));
        var ready = new Ending(Ending.Kind.READY, "j-1", null, NOON.plusSeconds(7), null);
        var told = new Stage.Tracked(outcome("r-1"), "j-1", null, 0, ready);
        clock().advance(MINUTE);

        var move =
                ledger().move(
                                created,
                                new Decision(told, MINUTE, new AttemptChange.None()),
                                List.of(event("r-1")));

        var tracked = ((Move.Moved) move).entry();
        assertThat(openEntry("r-1")).isEqualTo(tracked);
        assertThat(history("r-1").ending()).isEqualTo(ready);
        assertThat(watches().getFirst().tracked().getFirst().stage()).isEqualTo(told);
        clock().advance(MINUTE);
        moved(tracked, over(tracked, ready));
        assertThat(history("r-1").open()).isNull();
        assertThat(history("r-1").ending()).isEqualTo(ready);
        assertThat(history("r-1").endedAt()).isEqualTo(NOON.plus(MINUTE));
        assertThat(published()).containsExactly(event("r-1"));
    }

    @Test
    void how_often_a_job_was_missing_is_kept() {
        var created = moved(opened(submitting("r-1")), answering(1, created("j-1")));
        var missing = new Stage.Tracked(outcome("r-1"), "j-1", null, 3, null);

        moved(created, new Decision(missing, MINUTE, new AttemptChange.None()));

        assertThat(openEntry("r-1").stage()).isEqualTo(missing);
    }

    @Test
    void a_late_answer_does_not_wake_what_is_tracked() {
        var begun = opened(submitting("r-1"));
        var adopted =
                moved(
                        moved(begun, abandoning(1)),
                        settling(
                                new JobCreated("j-1", NOON, "link", true),
                                new AttemptChange.None()));

        var move = ledger().move(begun, answering(1, created("j-1")), List.of());

        assertThat(move).isEqualTo(new Move.Overtaken(true));
        assertThat(openEntry("r-1").dueAt()).isEqualTo(LedgerEntry.NEVER);
        assertThat(openEntry("r-1").version()).isEqualTo(adopted.version());
        assertThat(openEntry("r-1").lastAttempt().word()).isEqualTo("created");
    }

    private List<Watch> watches() {
        return ledger().claimWatches(9, HOLD);
    }

    private Outcome outcome(String id) {
        return Objects.requireNonNull(history(id).outcome());
    }

    private static Decision over(LedgerEntry tracked, Ending ending) {
        var outcome = ((Stage.Tracked) tracked.stage()).outcome();
        return new Decision(
                new Stage.Over(outcome, ending), Duration.ZERO, new AttemptChange.None());
    }

    // ---- find, bury

    @Test
    void a_request_that_was_never_seen_is_not_found() {
        ledger().open(List.of(waiting("r-1")));

        assertThat(ledger().find("r-2")).isEmpty();
    }

    @Test
    void all_that_is_known_of_a_request_is_found() {
        var opened = opened(waiting(request("r-1"), 41));

        assertThat(ledger().find("r-1"))
                .contains(
                        new Ledger.History(
                                "r-1",
                                request("r-1").content(),
                                request("r-1").remarks(),
                                origin(41),
                                NOON,
                                opened,
                                List.of(),
                                null,
                                null,
                                List.of(),
                                null,
                                null,
                                null,
                                null,
                                null,
                                null));
    }

    @Test
    void a_dead_letter_is_published_once_for_ever() {
        ledger().bury(List.of(letter("f-1"), letter("f-2"), letter("f-1")));
        var first = published();
        clock().advance(Duration.ofDays(400));

        ledger().bury(List.of(letter("f-1"), letter("f-3")));
        ledger().bury(List.of());

        assertThat(first).hasSize(2);
        assertThat(published()).containsExactly(letter("f-3").event());
    }

    // ---- shared with those who test a ledger's own side

    protected LedgerEntry opened(Opening opening) {
        return ((Opened.Fresh) ledger().open(List.of(opening)).getFirst()).entry();
    }

    protected LedgerEntry moved(LedgerEntry from, Decision decision) {
        return ((Move.Moved) ledger().move(from, decision, List.of())).entry();
    }

    protected Ledger.History history(String id) {
        return ledger().find(id).orElseThrow();
    }

    protected LedgerEntry openEntry(String id) {
        return ledger().find(id).map(Ledger.History::open).orElseThrow();
    }

    /** The events since the last call, in the order in which the relay gets them. */
    protected List<OutgoingEvent> published() {
        outbox().lead("the test", MINUTE);
        var batch = outbox().prepare("the test", Integer.MAX_VALUE);
        outbox().published(batch.number());
        outbox().resign("the test");
        return batch.events().stream().map(Outbox.Pending::event).toList();
    }

    private State heard(SubmitReply reply) {
        return reply instanceof SubmitReply.Unknown(var cause)
                ? new State.Closed(clock().instant(), cause)
                : new State.Answered(clock().instant(), reply);
    }
}
