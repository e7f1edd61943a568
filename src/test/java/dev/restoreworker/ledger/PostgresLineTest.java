package dev.restoreworker.ledger;

import static dev.restoreworker.LedgerFixture.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.Ledger;
import dev.restoreworker.Ledger.Move;
import dev.restoreworker.Ledger.Opened;
import dev.restoreworker.Ledger.Opening;
import dev.restoreworker.LedgerFixture;
import dev.restoreworker.LineContract;
import dev.restoreworker.SettableClock;
import dev.restoreworker.core.Decision;
import dev.restoreworker.core.Decision.AttemptChange;
import dev.restoreworker.core.LedgerEntry;
import dev.restoreworker.core.LedgerEntry.Line;
import dev.restoreworker.core.LedgerEntry.Stage;
import dev.restoreworker.core.WaitsFor;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
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
class PostgresLineTest extends LineContract {

    private final SettableClock clock = TestPostgres.reset();
    private final PostgresLedger one = another();
    private final PostgresLedger other = another();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private static PostgresLedger another() {
        return new PostgresLedger(
                new Transactions(TestPostgres.POOL), new OutboxSignal(), LedgerFixture.NO_QUOTA);
    }

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
    protected SettableClock clock() {
        return clock;
    }

    @Test
    void of_two_workers_that_open_onto_one_target_at_once_one_may_send() throws Exception {
        try (var held = TestPostgres.begun()) {
            new Openings(held, TestPostgres.ANOTHER, LedgerFixture.NO_QUOTA)
                    .open(List.of(onto("a", "r-1")));
            var opened = threads.submit(() -> one.open(List.of(onto("a", "r-0"))));
            TestPostgres.awaitWaiter();

            held.commit();

            assertThat(fresh(opened.get()).line()).isEqualTo(new Line("r-1", null));
        }
    }

    @Test
    void one_that_is_opened_while_the_last_one_leaves_finds_the_line_empty() throws Exception {
        var first = fresh(one.open(List.of(onto("a", "r-1"))));
        try (var held = TestPostgres.begun()) {
            leave(held, first);
            var opened = threads.submit(() -> one.open(List.of(onto("a", "r-2"))));
            TestPostgres.awaitWaiter();

            held.commit();

            assertThat(fresh(opened.get()).stage()).isInstanceOf(Stage.Submitting.class);
        }
    }

    @Test
    void one_that_leaves_while_another_is_opened_behind_it_wakes_it() throws Exception {
        var first = fresh(one.open(List.of(onto("a", "r-1"))));
        try (var held = TestPostgres.begun()) {
            new Openings(held, TestPostgres.ANOTHER, LedgerFixture.NO_QUOTA)
                    .open(List.of(onto("a", "r-2")));
            var left = threads.submit(() -> one.move(first, answering(1, REFUSED), List.of()));
            TestPostgres.awaitWaiter();

            held.commit();

            assertThat(left.get()).isInstanceOf(Move.Moved.class);
        }
        var woken = one.claim(9, HOLD).getFirst();
        assertThat(woken.request().id()).isEqualTo("r-2");
        assertThat(woken.line()).isEqualTo(Line.FREE);
        assertThat(woken.version()).isEqualTo(3);
    }

    @Test
    void one_that_is_just_being_put_off_when_the_one_before_it_leaves_is_woken() throws Exception {
        var first = fresh(one.open(List.of(onto("a", "r-1"))));
        one.open(List.of(onto("a", "r-2")));
        var held = one.claim(9, HOLD).getFirst();
        assertThat(held.line().heldBy()).isEqualTo("r-1");
        try (var leaving = TestPostgres.begun()) {
            leave(leaving, first);
            var late = threads.submit(() -> one.move(held, inLine(), List.of()));
            TestPostgres.awaitWaiter();

            leaving.commit();

            assertThat(late.get()).isEqualTo(new Move.Overtaken(false));
        }
        assertThat(one.claim(9, HOLD)).extracting(LedgerEntry::line).containsExactly(Line.FREE);
    }

    @Test
    void one_that_was_put_off_just_before_is_woken_when_the_one_before_it_leaves()
            throws Exception {
        var first = fresh(one.open(List.of(onto("a", "r-1"))));
        one.open(List.of(onto("a", "r-2")));
        var held = one.claim(9, HOLD).getFirst();
        try (var putting = TestPostgres.begun()) {
            new MoveStatement(putting, TestPostgres.ANOTHER, LedgerFixture.NO_QUOTA)
                    .write(List.of(new Wish(held, inLine(), List.of())));
            var left = threads.submit(() -> one.move(first, answering(1, REFUSED), List.of()));
            TestPostgres.awaitWaiter();

            putting.commit();

            assertThat(left.get()).isInstanceOf(Move.Moved.class);
        }
        assertThat(one.claim(9, HOLD)).extracting(LedgerEntry::line).containsExactly(Line.FREE);
    }

    @Test
    void of_two_equal_ones_that_two_workers_open_at_once_one_is_the_repeat() throws Exception {
        try (var held = TestPostgres.begun()) {
            new Openings(held, TestPostgres.ANOTHER, LedgerFixture.NO_QUOTA)
                    .open(List.of(repeat("r-1", "x")));
            var opened = threads.submit(() -> one.open(List.of(repeat("r-2", "x"))));
            TestPostgres.awaitWaiter();

            held.commit();

            assertThat(fresh(opened.get()).line()).isEqualTo(new Line(null, "r-1"));
        }
    }

    @Test
    void nobody_is_placed_behind_an_id_that_another_worker_just_took_with_other_content()
            throws Exception {
        try (var held = TestPostgres.begun()) {
            new Openings(held, TestPostgres.ANOTHER, LedgerFixture.NO_QUOTA)
                    .open(List.of(submitting("r-1")));
            var opened =
                    threads.submit(() -> one.open(List.of(onto("a", "r-1"), onto("a", "r-2"))));
            TestPostgres.awaitWaiter();

            held.commit();

            assertThat(opened.get().getFirst()).isInstanceOf(Opened.Conflict.class);
            assertThat(fresh(opened.get()).stage()).isInstanceOf(Stage.Submitting.class);
        }
    }

    @Test
    void batches_onto_the_same_targets_in_any_order_neither_stop_nor_pass_each_other()
            throws Exception {
        for (var round = 0; round < 10; round++) {
            TestPostgres.reset();
            var forth = batch(IntStream.range(0, 100), "f");
            var back = batch(IntStream.range(0, 100).map(i -> 99 - i), "b");

            List<Callable<List<Opened>>> both =
                    List.of(() -> one.open(forth), () -> other.open(back));
            var entries = new ArrayList<LedgerEntry>();
            for (var opened : threads.invokeAll(both)) {
                opened.get().forEach(each -> entries.add(((Opened.Fresh) each).entry()));
            }
            var senders =
                    entries.stream()
                            .filter(each -> each.stage() instanceof Stage.Submitting)
                            .toList();
            assertThat(senders).hasSize(20);
            List<Callable<Move>> moves = new ArrayList<>();
            for (var i = 0; i < senders.size(); i++) {
                var worker = i % 2 == 0 ? one : other;
                var sender = senders.get(i);
                moves.add(() -> worker.move(sender, answering(1, REFUSED), List.of()));
            }
            for (var move : threads.invokeAll(moves)) {
                assertThat(move.get()).isInstanceOf(Move.Moved.class);
            }
            assertThat(one.claim(500, HOLD))
                    .filteredOn(each -> each.line().equals(Line.FREE))
                    .hasSize(20);
        }
    }

    private static List<Opening> batch(IntStream numbers, String prefix) {
        return numbers.mapToObj(i -> onto("t" + i % 20, prefix + i)).toList();
    }

    @Test
    void whoever_an_older_worker_left_asleep_is_woken() {
        one.open(List.of(onto("a", "r-1"), onto("a", "r-2")));
        one.move(one.claim(9, HOLD).getFirst(), inLine(), List.of());
        assertThat(one.tidy(Duration.ofDays(30), 9)).isZero();
        assertThat(one.claim(9, HOLD)).isEmpty();
        TestPostgres.execute("delete from work where request_id = 'r-1'");

        one.tidy(Duration.ofDays(30), 9);

        assertThat(one.claim(9, HOLD)).extracting(LedgerEntry::line).containsExactly(Line.FREE);
    }

    private static void leave(Connection connection, LedgerEntry entry) throws SQLException {
        new MoveStatement(connection, TestPostgres.ANOTHER, LedgerFixture.NO_QUOTA)
                .write(List.of(new Wish(entry, answering(1, REFUSED), List.of())));
    }

    private static Decision inLine() {
        return new Decision(
                new Stage.Waiting(WaitsFor.TARGET, 0),
                Duration.ofHours(2),
                new AttemptChange.None());
    }

    /** The entry of the last. */
    private static LedgerEntry fresh(List<Opened> opened) {
        return ((Opened.Fresh) opened.getLast()).entry();
    }
}
