package dev.restoreworker;

import static dev.restoreworker.LedgerFixture.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.Ledger.Cancelled;
import dev.restoreworker.Ledger.Cancelling;
import dev.restoreworker.Ledger.Move;
import dev.restoreworker.Ledger.Opened;
import dev.restoreworker.Ledger.Opening;
import dev.restoreworker.Ledger.Start;
import dev.restoreworker.Ledger.Watch;
import dev.restoreworker.OutgoingEvent.Kind;
import dev.restoreworker.core.Cancel;
import dev.restoreworker.core.Cancel.Effect;
import dev.restoreworker.core.Decision;
import dev.restoreworker.core.Decision.AttemptChange;
import dev.restoreworker.core.Delivery;
import dev.restoreworker.core.Ending;
import dev.restoreworker.core.LedgerEntry;
import dev.restoreworker.core.LedgerEntry.Stage;
import dev.restoreworker.core.RestoreRequest;
import dev.restoreworker.core.WaitsFor;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What every ledger promises of cancels. */
public abstract class CancelContract {

    protected static final Delivery RESTORE =
            new Delivery.Automated(SNAPSHOT, new Delivery.Target(PROJECT, "standby"));

    /** The same one during a test, empty at its start. */
    protected abstract Ledger ledger();

    protected abstract Outbox outbox();

    /** The ledger's clock; it stands at {@code NOON} when a test begins. */
    protected abstract SettableClock clock();

    // ---- before its request

    @Test
    void a_cancel_that_comes_first_is_kept_and_its_request_settles_when_it_comes() {
        assertThat(cancel("r-1")).isEqualTo(new Cancelled.Noted(true, Effect.PENDING));
        clock().advance(Duration.ofDays(400));

        var opened = ledger().open(List.of(download("r-1"), download("r-2")));

        var outcome = new Cancel(NOON, "ops", "no more").outcome();
        assertThat(opened.getFirst()).isEqualTo(new Opened.Settled(outcome));
        assertThat(opened.getLast()).isInstanceOf(Opened.Fresh.class);
        var history = ledger().find("r-1").orElseThrow();
        assertThat(history.outcome()).isEqualTo(outcome);
        assertThat(history.open()).isNull();
        assertThat(history.attempts()).isEmpty();
        assertThat(history.settledAt()).isEqualTo(NOON.plus(Duration.ofDays(400)));
        assertThat(history.cancel()).isEqualTo(new Cancel(NOON, "ops", "no more"));
        assertThat(told()).containsExactly("JOB_FAILED r-1 is cancelled");
        assertThat(ledger().open(List.of(download("r-1"))).getFirst())
                .isEqualTo(new Opened.Duplicate(true));
    }

    @Test
    void it_takes_no_place_in_a_line_and_repeats_nothing() {
        cancel("r-1");

        ledger().open(List.of(restore("r-1"), restore("r-2")));

        assertThat(entry("r-2").stage()).isInstanceOf(Stage.Submitting.class);
        assertThat(entry("r-2").line().heldBy()).isNull();
    }

    @Test
    void it_takes_no_slot() {
        cancel("r-1");
        cancel("r-3");

        var opened = ledger().open(List.of(download("r-1"), download("r-2"), download("r-3")));

        assertThat(opened.get(1))
                .isInstanceOfSatisfying(
                        Opened.Fresh.class,
                        fresh ->
                                assertThat(fresh.entry().stage())
                                        .isInstanceOf(Stage.Submitting.class));
        assertThat(ledger().claim(9, HOLD)).isEmpty();
    }

    @Test
    void a_request_that_fails_for_itself_fails_as_ever() {
        cancel("r-1");

        assertThat(ledger().open(List.of(failing("r-1"))).getFirst())
                .isEqualTo(new Opened.Settled(INVALID));
    }

    @Test
    void nobody_is_told_of_an_id_that_was_never_asked_for() {
        cancel("r-1");

        assertThat(ledger().find("r-1")).isEmpty();
        assertThat(told()).isEmpty();
    }

    // ---- what waits

    @Test
    void what_waits_is_woken_and_read_with_its_cancel() {
        ledger().open(List.of(waiting(request("r-1", RESTORE), 1)));
        var held = ledger().claim(1, HOLD).getFirst();
        move(held, waitingFor(WaitsFor.RATE, 3, new AttemptChange.None()));

        assertThat(cancel("r-1")).isEqualTo(new Cancelled.Noted(true, Effect.PENDING));

        var claimed = ledger().claim(9, HOLD).getFirst();
        assertThat(claimed.cancel()).isEqualTo(new Cancel(NOON, "ops", "no more"));
        assertThat(claimed.stage()).isEqualTo(new Stage.Waiting(WaitsFor.RATE, 3));
    }

    @Test
    void whoever_decided_to_send_it_before_the_cancel_is_overtaken() {
        ledger().open(List.of(waiting("r-1")));
        var held = ledger().claim(1, HOLD).getFirst();

        cancel("r-1");

        assertThat(ledger().move(held, beginning(), List.of()))
                .isEqualTo(new Move.Overtaken(false));
        assertThat(entry("r-1").attempts()).isEmpty();
        assertThat(ledger().claim(9, HOLD)).hasSize(1);
    }

    @Test
    void what_comes_to_wait_after_its_cancel_waits_for_nothing() {
        ledger().open(List.of(submitting("r-1")));
        cancel("r-1");

        move(entry("r-1"), answering(1, NOT_NOW));

        assertThat(ledger().claim(9, HOLD))
                .singleElement()
                .satisfies(each -> assertThat(each.cancel()).isNotNull())
                .satisfies(
                        each ->
                                assertThat(each.stage())
                                        .isEqualTo(new Stage.Waiting(WaitsFor.SLOT, 1)));
    }

    @Test
    void one_that_leaves_its_line_by_it_wakes_the_next() {
        ledger().open(List.of(waiting(request("r-1", RESTORE), 1), restore("r-2")));
        ledger().claim(9, Duration.ofDays(1));
        cancel("r-1");
        var claimed = ledger().claim(9, HOLD).getFirst();

        move(claimed, settling(claimed.cancel(), claimed));

        assertThat(ledger().claim(9, HOLD))
                .extracting(each -> each.request().id())
                .containsExactly("r-2");
    }

    // ---- what is out

    @Test
    void what_is_being_sent_is_not_moved_and_its_answer_is_taken() {
        var sent = opened(submitting("r-1"));

        assertThat(cancel("r-1")).isEqualTo(new Cancelled.Noted(true, Effect.PENDING));

        assertThat(entry("r-1").version()).isEqualTo(sent.version());
        assertThat(ledger().claim(9, HOLD)).isEmpty();
        assertThat(ledger().move(sent, answering(1, created("j")), List.of()))
                .isInstanceOf(Move.Moved.class);
        assertThat(entry("r-1").stage()).isInstanceOf(Stage.Tracked.class);
        clock().advance(MINUTE);
        assertThat(watch().tracked())
                .singleElement()
                .satisfies(each -> assertThat(each.cancel()).isNotNull());
    }

    @Test
    void what_ended_as_unknown_is_not_moved() {
        move(opened(submitting("r-1")), following());
        var before = entry("r-1");

        assertThat(cancel("r-1")).isEqualTo(new Cancelled.Noted(true, Effect.PENDING));

        assertThat(entry("r-1").version()).isEqualTo(before.version());
        assertThat(entry("r-1").dueAt()).isEqualTo(before.dueAt());
    }

    // ---- what has its job

    @Test
    void the_job_of_a_download_is_to_be_listed_at_once_with_its_cancel() {
        move(opened(submitting("r-1")), answering(1, created("j")));
        clock().advance(MINUTE);
        var listing = watch();
        ledger().rest(listing, Duration.ofHours(1));
        assertThat(ledger().claimWatches(9, HOLD)).isEmpty();

        assertThat(cancel("r-1")).isEqualTo(new Cancelled.Noted(true, Effect.PENDING));

        assertThat(watch().tracked())
                .singleElement()
                .satisfies(each -> assertThat(each.cancel()).isNotNull());
        assertThat(told()).isEmpty();
    }

    @Test
    void a_cancel_that_comes_while_the_list_is_read_is_not_put_off_with_it() {
        move(opened(submitting("r-1")), answering(1, created("j")));
        clock().advance(MINUTE);
        var listing = watch();

        cancel("r-1");
        ledger().rest(listing, Duration.ofHours(1));

        assertThat(watch().tracked())
                .singleElement()
                .satisfies(each -> assertThat(each.cancel()).isNotNull());
    }

    @Test
    void of_a_job_that_wipes_a_target_it_is_told_that_it_cannot_be_cancelled() {
        move(opened(restore("r-1")), answering(1, created("j")));
        clock().advance(MINUTE);
        ledger().rest(watch(), Duration.ofHours(1));

        assertThat(cancel("r-1")).isEqualTo(new Cancelled.Noted(true, Effect.NOT_CANCELLABLE));
        assertThat(cancel("r-1")).isEqualTo(new Cancelled.Noted(false, Effect.NOT_CANCELLABLE));

        assertThat(told()).containsExactly("DEAD_LETTER r-1 cannot be cancelled");
        assertThat(ledger().claimWatches(9, HOLD)).isEmpty();
    }

    @Test
    void where_that_is_known_later_it_is_told_later_and_once() {
        var sent = opened(restore("r-1"));
        assertThat(cancel("r-1")).isEqualTo(new Cancelled.Noted(true, Effect.PENDING));
        assertThat(told()).isEmpty();

        move(sent, answering(1, UNKNOWN));
        assertThat(told()).isEmpty();
        move(entry("r-1"), answering(1, created("j")));
        cancel("r-1");

        assertThat(told()).containsExactly("DEAD_LETTER r-1 cannot be cancelled");
    }

    @Test
    void it_is_told_too_where_the_job_is_found_after_an_unknown_outcome() {
        move(opened(restore("r-1")), following());
        cancel("r-1");

        move(entry("r-1"), tracking("j"));

        assertThat(told()).containsExactly("DEAD_LETTER r-1 cannot be cancelled");
    }

    @Test
    void it_is_never_told_where_there_is_no_job() {
        move(opened(restore("r-1")), following());
        cancel("r-1");

        move(entry("r-1"), ending(new Ending(Ending.Kind.NOT_FOUND, null, null, null, null)));

        assertThat(told()).isEmpty();
    }

    // ---- what is over

    @Test
    void what_is_over_is_not_touched_and_the_cancel_stands_there() {
        move(opened(submitting("r-1")), answering(1, REFUSED));
        clock().advance(MINUTE);

        assertThat(cancel("r-1")).isEqualTo(new Cancelled.Noted(true, Effect.TOO_LATE));

        var history = ledger().find("r-1").orElseThrow();
        assertThat(history.outcome()).isEqualTo(FAILED);
        assertThat(history.cancel()).extracting(Cancel::at).isEqualTo(NOON.plus(MINUTE));
        assertThat(told()).isEmpty();
    }

    @Test
    void what_was_purged_keeps_no_more_of_its_cancel_than_when_it_came() {
        cancel("r-1");
        ledger().open(List.of(download("r-1")));
        clock().advance(Duration.ofDays(31));

        assertThat(ledger().tidy(Duration.ofDays(30), 9)).isEqualTo(1);

        assertThat(ledger().find("r-1").orElseThrow().cancel())
                .isEqualTo(new Cancel(NOON, null, null));
        assertThat(cancel("r-1")).isEqualTo(new Cancelled.Noted(false, Effect.TOO_LATE));
    }

    // ---- several

    @Test
    void the_first_cancel_of_a_request_counts_and_all_others_do_no_harm() {
        ledger().open(List.of(waiting("r-1")));

        var cancelled =
                ledger().cancel(
                                List.of(
                                        cancelling("r-1", "ann", 1),
                                        cancelling("r-2", "bob", 2),
                                        cancelling("r-1", "cyd", 3)));

        assertThat(cancelled)
                .containsExactly(
                        new Cancelled.Noted(true, Effect.PENDING),
                        new Cancelled.Noted(true, Effect.PENDING),
                        new Cancelled.Noted(false, Effect.PENDING));
        var version = entry("r-1").version();
        assertThat(ledger().cancel(List.of(cancelling("r-1", "dan", 4))))
                .containsExactly(new Cancelled.Noted(false, Effect.PENDING));
        assertThat(entry("r-1").version()).isEqualTo(version);
        assertThat(entry("r-1").cancel()).extracting(Cancel::requestedBy).isEqualTo("ann");
        assertThat(ledger().cancel(List.of())).isEmpty();
    }

    @Test
    void what_the_ledger_refuses_stops_no_other() {
        ledger().open(List.of(waiting("r-2")));
        var bad = cancelling("r-1", "ops", 1);
        var unstorable = new Cancelling("r-1", "ops", "a\0b", bad.origin(), bad.notCancellable());

        var cancelled = ledger().cancel(List.of(unstorable, cancelling("r-2", "ops", 2)));

        assertThat(cancelled.getFirst()).isInstanceOf(Cancelled.Unstorable.class);
        assertThat(cancelled.getLast()).isEqualTo(new Cancelled.Noted(true, Effect.PENDING));
        assertThat(ledger().open(List.of(waiting("r-1"))).getFirst())
                .isInstanceOf(Opened.Fresh.class);
    }

    // ---- what tests are made of

    protected static Cancelling cancelling(String id, String by, long offset) {
        return new Cancelling(
                id,
                by,
                "no more",
                origin(offset),
                new DeadLetter(
                        DeadLetter.Reason.NOT_CANCELLABLE,
                        "the cancel of " + id,
                        new OutgoingEvent(
                                Kind.DEAD_LETTER,
                                Blob.of(id + " cannot be cancelled"),
                                Blob.of(new byte[] {0, -1, 7}),
                                List.of())));
    }

    protected Cancelled cancel(String id) {
        return ledger().cancel(List.of(cancelling(id, "ops", 7))).getFirst();
    }

    protected static Opening download(String id) {
        return sending(request(id));
    }

    protected static Opening restore(String id) {
        return sending(request(id, RESTORE));
    }

    private static Opening sending(RestoreRequest request) {
        return new Opening(
                request.id(),
                request.content(),
                request.remarks(),
                origin(1),
                new Start.Submit(request, begin()),
                List.of(),
                null,
                null,
                _ ->
                        new OutgoingEvent(
                                Kind.JOB_FAILED,
                                Blob.of(request.id() + " is cancelled"),
                                null,
                                List.of()));
    }

    protected LedgerEntry opened(Opening opening) {
        return ((Opened.Fresh) ledger().open(List.of(opening)).getFirst()).entry();
    }

    private static Decision settling(@Nullable Cancel cancel, LedgerEntry entry) {
        assertThat(entry.stage()).isInstanceOf(Stage.Waiting.class);
        return LedgerFixture.settling(
                Objects.requireNonNull(cancel).outcome(), new AttemptChange.None());
    }

    private void move(LedgerEntry from, Decision decision) {
        assertThat(ledger().move(from, decision, List.of())).isInstanceOf(Move.Moved.class);
    }

    private Watch watch() {
        return ledger().claimWatches(9, HOLD).getFirst();
    }

    protected LedgerEntry entry(String id) {
        return ledger().find(id).map(Ledger.History::open).orElseThrow();
    }

    protected List<String> told() {
        return PlainEvents.told(outbox());
    }
}
