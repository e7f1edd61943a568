package dev.restoreworker;

import static dev.restoreworker.LedgerFixture.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.restoreworker.Outbox.Batch;
import dev.restoreworker.Outbox.Pending;
import dev.restoreworker.Outbox.Progress;
import dev.restoreworker.core.Decision.AttemptChange;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every {@link Outbox} promises, and the ledger that fills it. */
public abstract class OutboxContract {

    private static final Duration LEADS = Duration.ofSeconds(5);
    private static final Duration TICK = Duration.ofMillis(1);

    /** The same one during a test, empty at its start. */
    protected abstract Ledger ledger();

    protected abstract Outbox outbox();

    /** The ledger's clock; it stands at {@code NOON} when a test begins. */
    protected abstract SettableClock clock();

    @Test
    void a_new_ledger_has_an_identity_and_no_batches() {
        var progress = outbox().progress();

        assertThat(progress).isEqualTo(new Progress(progress.ledger(), 0, 0, false));
        assertThat(outbox().progress()).isEqualTo(progress);
    }

    @Test
    void the_ledger_knows_which_batch_is_prepared_and_which_is_published() {
        var ledger = outbox().progress().ledger();
        ledger().open(List.of(failing("r-1"), failing("r-2")));

        prepare(1);
        var prepared = outbox().progress();
        outbox().published(1);
        var published = outbox().progress();
        prepare(1);
        outbox().published(1);
        var next = outbox().progress();

        assertThat(prepared).isEqualTo(new Progress(ledger, 1, 0, true));
        assertThat(published).isEqualTo(new Progress(ledger, 1, 1, false));
        assertThat(next).isEqualTo(new Progress(ledger, 2, 1, true));
    }

    @Test
    void a_batch_that_is_noted_late_does_not_set_the_ledger_back() {
        ledger().open(List.of(failing("r-1"), failing("r-2")));
        prepare(1);
        outbox().published(1);
        prepare(1);
        outbox().published(2);

        outbox().published(1);

        assertThat(outbox().progress().published()).isEqualTo(2);
    }

    @Test
    void one_relay_leads_until_its_lease_is_over() {
        var first = outbox().lead("a", LEADS);
        clock().advance(LEADS.minus(TICK));
        var tooEarly = outbox().lead("b", LEADS);
        clock().advance(TICK);
        var inTime = outbox().lead("b", LEADS);

        assertThat(first).isTrue();
        assertThat(tooEarly).isFalse();
        assertThat(inTime).isTrue();
        assertThat(outbox().lead("a", LEADS)).isFalse();
    }

    @Test
    void a_lease_that_is_renewed_runs_from_its_renewal() {
        outbox().lead("a", LEADS);
        clock().advance(LEADS.minus(TICK));

        var renewed = outbox().lead("a", LEADS);

        clock().advance(LEADS.minus(TICK));
        assertThat(renewed).isTrue();
        assertThat(outbox().lead("b", LEADS)).isFalse();
    }

    @Test
    void a_lease_is_given_back_by_its_holder_alone() {
        outbox().lead("a", LEADS);

        outbox().resign("b");
        var before = outbox().lead("b", LEADS);
        outbox().resign("a");
        var after = outbox().lead("b", LEADS);

        assertThat(before).isFalse();
        assertThat(after).isTrue();
    }

    @Test
    void only_who_leads_may_prepare() {
        outbox().lead("a", LEADS);

        assertThatThrownBy(() -> outbox().prepare("b", 9))
                .isInstanceOf(IllegalStateException.class);

        clock().advance(LEADS);
        assertThatThrownBy(() -> outbox().prepare("a", 9))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void events_are_prepared_in_the_order_of_writing_with_the_time_of_it() {
        ledger().open(List.of(failing("r-2"), failing("r-1")));
        clock().advance(TICK);
        ledger().open(List.of(failing("r-0")));

        var batch = prepare(9);

        assertThat(batch.events())
                .extracting(Pending::event)
                .containsExactly(event("r-2"), event("r-1"), event("r-0"));
        assertThat(batch.events())
                .extracting(Pending::at)
                .containsExactly(NOON, NOON, NOON.plus(TICK));
        assertThat(batch.events()).extracting(Pending::id).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void all_events_of_a_move_are_written_in_their_order() {
        ledger().open(List.of(waiting("r-1")));
        var entry = ledger().claim(1, HOLD).getFirst();
        var events = IntStream.range(0, 12).mapToObj(i -> event("e-" + i)).toList();

        ledger().move(entry, settling(FAILED, new AttemptChange.None()), events);

        assertThat(prepare(99).events()).extracting(Pending::event).isEqualTo(events);
    }

    @Test
    void a_prepared_batch_is_the_same_until_it_is_published_whoever_asks() {
        ledger().open(List.of(failing("r-1"), failing("r-2")));
        var prepared = prepare(1);
        ledger().open(List.of(failing("r-3")));
        clock().advance(LEADS);
        outbox().lead("b", LEADS);

        var again = outbox().prepare("b", 99);

        assertThat(prepared.events()).hasSize(1);
        assertThat(again).isEqualTo(prepared);
    }

    @Test
    void each_batch_has_the_number_after_the_last() {
        ledger().open(List.of(failing("r-1"), failing("r-2"), failing("r-3")));

        var first = prepare(2);
        outbox().published(first.number());
        var second = prepare(2);
        outbox().published(second.number());
        outbox().published(second.number());
        outbox().published(first.number());
        var none = prepare(2);
        ledger().open(List.of(failing("r-4")));
        var third = prepare(2);

        assertThat(first.events()).hasSize(2);
        assertThat(second.events()).extracting(Pending::event).containsExactly(event("r-3"));
        assertThat(none.events()).isEmpty();
        assertThat(List.of(first, second, third))
                .extracting(Batch::number)
                .containsExactly(1L, 2L, 3L);
    }

    @Test
    void an_event_that_is_set_aside_leaves_its_batch_and_the_rest_stays() {
        ledger().open(List.of(failing("r-1"), failing("r-2")));
        var batch = prepare(9);

        outbox().setAside(batch.events().getFirst(), "too large\0");
        outbox().setAside(batch.events().getFirst(), "too large\0");

        var rest = new Batch(batch.number(), List.of(batch.events().getLast()));
        assertThat(prepare(9)).isEqualTo(rest);
    }

    @Test
    void after_a_batch_is_set_aside_whole_the_next_has_the_next_number() {
        ledger().open(List.of(failing("r-1"), failing("r-2")));
        var batch = prepare(1);

        outbox().setAside(batch.events().getFirst(), "too large");
        var between = outbox().progress();

        assertThat(between.prepared()).isFalse();
        var next = prepare(1);
        assertThat(next.number()).isEqualTo(batch.number() + 1);
        assertThat(outbox().progress().published()).isZero();
        assertThat(next.events()).extracting(Pending::event).containsExactly(event("r-2"));
    }

    @Test
    void who_waits_for_events_is_woken_by_each_way_to_write_one() throws InterruptedException {
        ledger().open(List.of(waiting("r-1"), submitting("r-2")));
        var entry = ledger().claim(1, HOLD).getFirst();

        ledger().open(List.of(failing("r-3")));
        assertThat(wokenWithin(MINUTE)).isTrue();
        ledger().bury(List.of(letter("f-1")));
        assertThat(wokenWithin(MINUTE)).isTrue();
        ledger().move(entry, settling(FAILED, new AttemptChange.None()), List.of(event("r-1")));
        assertThat(wokenWithin(MINUTE)).isTrue();
        assertThat(wokenWithin(TICK)).isFalse();
    }

    private boolean wokenWithin(Duration atMost) throws InterruptedException {
        var start = System.nanoTime();
        outbox().await(atMost);
        return System.nanoTime() - start < atMost.toNanos();
    }

    private Batch prepare(int max) {
        outbox().lead("a", LEADS);
        return outbox().prepare("a", max);
    }
}
