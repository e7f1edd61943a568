package dev.restoreworker.ledger;

import static dev.restoreworker.LedgerFixture.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.Ledger;
import dev.restoreworker.Ledger.Move;
import dev.restoreworker.Ledger.Opened;
import dev.restoreworker.Ledger.Opening;
import dev.restoreworker.Outbox;
import dev.restoreworker.SettableClock;
import dev.restoreworker.SlotContract;
import dev.restoreworker.core.LedgerEntry;
import dev.restoreworker.core.LedgerEntry.Stage;
import dev.restoreworker.core.Quota;
import java.sql.Connection;
import java.sql.SQLException;
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
class PostgresSlotTest extends SlotContract {

    private final SettableClock clock = TestPostgres.reset();
    private final Transactions transactions = new Transactions(TestPostgres.POOL);
    private final OutboxSignal signal = new OutboxSignal();
    private final List<PostgresLedger> ledgers = new ArrayList<>();
    private final PostgresLedger one = another(QUOTA);
    private final PostgresLedger other = another(QUOTA);
    private final PostgresOutbox outbox = new PostgresOutbox(transactions, signal);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private PostgresLedger another(Quota quota) {
        var ledger = new PostgresLedger(transactions, signal, quota);
        ledgers.add(ledger);
        return ledger;
    }

    @AfterEach
    void close() throws InterruptedException {
        threads.shutdownNow();
        for (var ledger : ledgers) {
            ledger.close();
        }
    }

    @Override
    protected Ledger ledger() {
        return one;
    }

    @Override
    protected Ledger ledger(Quota quota) {
        return another(quota);
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
    void of_two_workers_that_open_at_once_where_one_slot_is_free_one_gets_it() throws Exception {
        one.open(List.of(download("r-0", "a")));
        try (var held = TestPostgres.begun()) {
            new Openings(held, TestPostgres.ANOTHER, QUOTA).open(List.of(download("r-1", "b")));
            var opened = threads.submit(() -> one.open(List.of(download("r-2", "c"))));
            TestPostgres.awaitWaiter();

            held.commit();

            assertThat(fresh(opened.get()).queue()).isNotNull();
        }
        assertThat(TestPostgres.count("work where slot")).isEqualTo(2);
    }

    @Test
    void one_that_is_opened_while_a_slot_is_given_up_does_not_pass_the_one_who_waits()
            throws Exception {
        var first = fresh(one.open(List.of(download("r-0", "a"))));
        one.open(List.of(download("r-1", "b"), download("r-2", "c")));
        try (var held = TestPostgres.begun()) {
            leave(held, first);
            var opened = threads.submit(() -> one.open(List.of(download("r-3", "d"))));
            TestPostgres.awaitWaiter();

            held.commit();

            assertThat(fresh(opened.get()).queue()).isNotNull();
        }
        assertThat(one.claim(9, HOLD))
                .extracting(each -> each.request().id())
                .containsExactly("r-2");
    }

    @Test
    void one_that_joins_the_queue_while_a_slot_is_given_up_gets_it() throws Exception {
        var first = fresh(one.open(List.of(download("r-0", "a"))));
        one.open(List.of(download("r-1", "b")));
        try (var held = TestPostgres.begun()) {
            new Openings(held, TestPostgres.ANOTHER, QUOTA).open(List.of(download("r-2", "c")));
            var left = threads.submit(() -> one.move(first, answering(1, REFUSED), List.of()));
            TestPostgres.awaitWaiter();

            held.commit();

            assertThat(left.get()).isInstanceOf(Move.Moved.class);
        }
        assertThat(one.claim(9, HOLD))
                .extracting(each -> each.request().id())
                .containsExactly("r-2");
    }

    @Test
    void batches_of_the_same_projects_in_any_order_neither_stop_nor_break_the_limits()
            throws Exception {
        for (var round = 0; round < 10; round++) {
            TestPostgres.reset();
            var forth = batch(IntStream.range(0, 60), "f");
            var back = batch(IntStream.range(0, 60).map(i -> 59 - i), "b");

            List<Callable<List<Opened>>> both =
                    List.of(() -> one.open(forth), () -> other.open(back));
            var begun = new ArrayList<LedgerEntry>();
            for (var opened : threads.invokeAll(both)) {
                opened.get().forEach(each -> begun.add(((Opened.Fresh) each).entry()));
            }
            var left = 120;
            for (var holders = submitting(begun); !holders.isEmpty(); holders = next()) {
                assertThat(TestPostgres.count("work where slot")).isEqualTo(Math.min(left, 2));
                List<Callable<Move>> moves = new ArrayList<>();
                for (var i = 0; i < holders.size(); i++) {
                    var worker = i % 2 == 0 ? one : other;
                    var holder = holders.get(i);
                    moves.add(
                            () ->
                                    worker.move(
                                            holder,
                                            answering(holder.attempts().size(), REFUSED),
                                            List.of()));
                }
                for (var move : threads.invokeAll(moves)) {
                    assertThat(move.get()).isInstanceOf(Move.Moved.class);
                }
                left -= holders.size();
            }
            assertThat(left).isZero();
        }
    }

    private static List<LedgerEntry> submitting(List<LedgerEntry> entries) {
        return entries.stream().filter(e -> e.stage() instanceof Stage.Submitting).toList();
    }

    /** Those that were given a slot since, and begin. */
    private List<LedgerEntry> next() {
        return one.claim(9, HOLD).stream()
                .map(entry -> ((Move.Moved) one.move(entry, beginning(), List.of())).entry())
                .toList();
    }

    private static List<Opening> batch(IntStream numbers, String prefix) {
        return numbers.mapToObj(i -> download(prefix + i, Integer.toString(i % 7))).toList();
    }

    private static void leave(Connection connection, LedgerEntry entry) throws SQLException {
        new MoveStatement(connection, TestPostgres.ANOTHER, QUOTA)
                .write(List.of(new Wish(entry, answering(1, REFUSED), List.of())));
    }

    /** The entry of the last. */
    private static LedgerEntry fresh(List<Opened> opened) {
        return ((Opened.Fresh) opened.getLast()).entry();
    }
}
