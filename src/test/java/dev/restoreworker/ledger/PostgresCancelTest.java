package dev.restoreworker.ledger;

import static dev.restoreworker.LedgerFixture.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.CancelContract;
import dev.restoreworker.Ledger;
import dev.restoreworker.Ledger.Cancelled;
import dev.restoreworker.Ledger.Cancelling;
import dev.restoreworker.Ledger.Move;
import dev.restoreworker.Ledger.Opened;
import dev.restoreworker.Ledger.Opening;
import dev.restoreworker.Ledger.Start;
import dev.restoreworker.Outbox;
import dev.restoreworker.SettableClock;
import dev.restoreworker.core.Cancel.Effect;
import dev.restoreworker.core.Delivery;
import dev.restoreworker.core.LedgerEntry.Stage;
import dev.restoreworker.core.Quota;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The contract, and two workers at once: one is held open where the other is to wait. */
@Timeout(120)
class PostgresCancelTest extends CancelContract {

    private static final Quota QUOTA = quota(1, 1);
    private final SettableClock clock = TestPostgres.reset();
    private final Transactions transactions = new Transactions(TestPostgres.POOL);
    private final OutboxSignal signal = new OutboxSignal();
    private final PostgresLedger one = new PostgresLedger(transactions, signal, QUOTA);
    private final PostgresLedger other = new PostgresLedger(transactions, signal, NO_QUOTA);
    private final PostgresOutbox outbox = new PostgresOutbox(transactions, signal);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void close() throws InterruptedException {
        threads.shutdownNow();
        one.close();
        other.close();
    }

    @Override
    protected Ledger ledger() {
        return one;
    }

    @Override
    protected Outbox outbox() {
        return outbox;
    }

    @Override
    protected SettableClock clock() {
        return clock;
    }

    @Test
    void a_cancel_that_comes_while_its_request_is_opened_finds_it() throws Exception {
        try (var held = TestPostgres.begun()) {
            new Openings(held, TestPostgres.ANOTHER, QUOTA).open(List.of(waiting("r-1")));
            var cancelled = threads.submit(() -> cancel("r-1"));
            TestPostgres.awaitWaiter();

            held.commit();

            assertThat(cancelled.get()).isEqualTo(new Cancelled.Noted(true, Effect.PENDING));
        }
        assertThat(entry("r-1").version()).isEqualTo(OpeningRows.FIRST_VERSION + 1);
    }

    @Test
    void a_request_that_is_opened_while_its_cancel_is_written_finds_it() throws Exception {
        try (var held = TestPostgres.begun()) {
            Cancellations.write(held, List.of(cancelling("r-1", "ops", 1)));
            var opened = threads.submit(() -> one.open(List.of(download("r-1"))));
            TestPostgres.awaitWaiter();

            held.commit();

            assertThat(opened.get().getFirst()).isInstanceOf(Opened.Settled.class);
        }
    }

    @Test
    void requests_are_opened_at_once_where_nobody_cancels() throws Exception {
        try (var held = TestPostgres.begun()) {
            new Openings(held, TestPostgres.ANOTHER, NO_QUOTA).open(List.of(failing("r-1")));

            assertThat(other.open(List.of(failing("r-2")))).hasSize(1);
            held.commit();
        }
    }

    @Test
    void whoever_begins_while_the_cancel_is_written_is_overtaken() throws Exception {
        one.open(List.of(waiting("r-1")));
        var claimed = one.claim(1, HOLD).getFirst();
        try (var held = TestPostgres.begun()) {
            Cancellations.write(held, List.of(cancelling("r-1", "ops", 1)));
            var moved = threads.submit(() -> one.move(claimed, beginning(), List.of()));
            TestPostgres.awaitWaiter();

            held.commit();

            assertThat(moved.get()).isEqualTo(new Move.Overtaken(false));
        }
    }

    @Test
    void a_cancel_that_comes_while_it_begins_moves_nothing() throws Exception {
        one.open(List.of(waiting("r-1")));
        var claimed = one.claim(1, HOLD).getFirst();
        try (var held = TestPostgres.begun()) {
            new MoveStatement(held, TestPostgres.ANOTHER, QUOTA)
                    .write(List.of(new Wish(claimed, beginning(), List.of())));
            var cancelled = threads.submit(() -> cancel("r-1"));
            TestPostgres.awaitWaiter();

            held.commit();

            assertThat(cancelled.get()).isEqualTo(new Cancelled.Noted(true, Effect.PENDING));
        }
        assertThat(entry("r-1").stage()).isEqualTo(new Stage.Submitting());
        assertThat(entry("r-1").version()).isEqualTo(claimed.version() + 1);
    }

    @Test
    void of_a_job_that_is_named_while_the_cancel_is_written_it_is_told() throws Exception {
        var sent = opened(restore("r-1"));
        try (var held = TestPostgres.begun()) {
            Cancellations.write(held, List.of(cancelling("r-1", "ops", 1)));
            var moved = threads.submit(() -> one.move(sent, answering(1, created("j")), List.of()));
            TestPostgres.awaitWaiter();

            held.commit();

            assertThat(moved.get()).isInstanceOf(Move.Moved.class);
        }
        assertThat(told()).containsExactly("DEAD_LETTER r-1 cannot be cancelled");
        assertThat(TestPostgres.count("cancellation where letter_value is not null")).isZero();
    }

    @Test
    void a_claim_that_passes_by_a_cancel_under_way_reads_it_the_next_time() throws Exception {
        one.open(List.of(waiting("r-1"), waiting(request("r-2", RESTORE), 2)));
        try (var held = TestPostgres.begun()) {
            Cancellations.write(held, List.of(cancelling("r-1", "ops", 1)));

            assertThat(one.claim(9, HOLD))
                    .extracting(each -> each.request().id())
                    .containsExactly("r-2");
            held.commit();
        }
        assertThat(one.claim(9, HOLD))
                .singleElement()
                .satisfies(each -> assertThat(each.cancel()).isNotNull());
    }

    @Test
    void whoever_leaves_a_line_and_who_cancels_those_behind_never_wait_each_for_the_other()
            throws Exception {
        for (var round = 0; round < 15; round++) {
            TestPostgres.reset();
            // The first of each line sorts last, so that it is locked before those it wakes.
            var firsts = IntStream.range(0, 8).mapToObj(i -> onto("t" + i, "z-" + i)).toList();
            one.open(firsts);
            var behind = IntStream.range(0, 24).mapToObj(i -> onto("t" + i % 8, "a-" + i)).toList();
            other.open(behind);

            List<Callable<Object>> all = new ArrayList<>();
            for (var i = 0; i < 8; i++) {
                var first = entry("z-" + i);
                var worker = i % 2 == 0 ? one : other;
                all.add(() -> worker.move(first, answering(1, REFUSED), List.of()));
            }
            all.add(() -> one.cancel(cancels(IntStream.range(0, 24))));
            all.add(() -> other.cancel(cancels(IntStream.range(0, 24).map(i -> 23 - i))));
            for (var done : threads.invokeAll(all)) {
                assertThat(done.get()).isNotNull();
            }

            assertThat(TestPostgres.count("work where version > 1")).isEqualTo(24);
            assertThat(TestPostgres.count("cancellation")).isEqualTo(24);
        }
    }

    private static List<Cancelling> cancels(IntStream numbers) {
        return numbers.mapToObj(i -> cancelling("a-" + i, "ops", i)).toList();
    }

    private static Opening onto(String target, String id) {
        var delivery = new Delivery.Automated(SNAPSHOT, new Delivery.Target(PROJECT, target));
        var request = request(id, delivery);
        return opening(request, 1, new Start.Submit(request, begin()));
    }
}
