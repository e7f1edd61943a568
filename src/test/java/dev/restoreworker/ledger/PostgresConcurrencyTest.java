package dev.restoreworker.ledger;

import static dev.restoreworker.LedgerFixture.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.restoreworker.Ledger.History;
import dev.restoreworker.Ledger.Move;
import dev.restoreworker.Ledger.Opened;
import dev.restoreworker.LedgerFixture;
import dev.restoreworker.core.Attempt.State;
import dev.restoreworker.core.Decision.AttemptChange;
import dev.restoreworker.core.LedgerEntry;
import dev.restoreworker.core.LedgerEntry.Stage;
import dev.restoreworker.core.RestoreRequest;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two workers at once on one PostgreSQL. Each test holds a lock where the other is to wait. */
@Timeout(60)
class PostgresConcurrencyTest {

    private final PostgresLedger one = ledger();
    private final PostgresLedger other = ledger();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private static PostgresLedger ledger() {
        return new PostgresLedger(
                new Transactions(TestPostgres.POOL), new OutboxSignal(), LedgerFixture.NO_QUOTA);
    }

    PostgresConcurrencyTest() {
        TestPostgres.reset();
    }

    @AfterEach
    void close() throws InterruptedException {
        threads.shutdownNow();
        one.close();
        other.close();
    }

    @Test
    void two_batches_with_the_same_ids_in_different_order_open_each_id_once() throws Exception {
        var ids = IntStream.range(0, 300).mapToObj(i -> "r-" + i).toList();
        for (var round = 0; round < 10; round++) {
            TestPostgres.reset();
            var forth = ids.stream().map(LedgerFixture::waiting).toList();
            var back = forth.reversed();

            var opened = together(() -> one.open(forth), () -> other.open(back));

            assertThat(opened.stream().flatMap(List::stream).filter(Opened.Fresh.class::isInstance))
                    .hasSize(ids.size());
            assertThat(opened.stream().flatMap(List::stream))
                    .filteredOn(Opened.Duplicate.class::isInstance)
                    .hasSize(ids.size());
        }
    }

    @Test
    void an_id_that_is_just_being_opened_is_waited_for_and_then_known() throws Exception {
        try (var connection = TestPostgres.connect()) {
            connection.setAutoCommit(false);
            new Openings(connection, TestPostgres.ANOTHER, LedgerFixture.NO_QUOTA)
                    .open(List.of(waiting("r-1")));
            var opened = threads.submit(() -> one.open(List.of(waiting("r-0"), waiting("r-1"))));
            waitUntil(() -> TestPostgres.count(TestPostgres.WAITERS) == 1);

            connection.commit();

            assertThat(opened.get().getLast()).isEqualTo(new Opened.Duplicate(true));
        }
    }

    @Test
    void an_entry_is_claimed_by_one_of_many() throws Exception {
        one.open(IntStream.range(0, 200).mapToObj(i -> waiting("r-" + i)).toList());
        var claims =
                IntStream.range(0, 8)
                        .<Callable<List<LedgerEntry>>>mapToObj(
                                i -> () -> (i % 2 == 0 ? one : other).claim(50, HOLD))
                        .toList();

        var claimed = new ArrayList<String>();
        for (var claim : threads.invokeAll(claims)) {
            claim.get().forEach(entry -> claimed.add(entry.request().id()));
        }

        assertThat(claimed).doesNotHaveDuplicates();
        assertThat(claimed.size() + one.claim(200, HOLD).size()).isEqualTo(200);
    }

    @Test
    void what_another_transaction_holds_is_passed_over_by_a_claim() throws Exception {
        one.open(List.of(waiting("r-1"), waiting("r-2")));
        try (var connection = holding("r-1")) {

            var claimed = one.claim(9, HOLD);

            assertThat(claimed).extracting(e -> e.request().id()).containsExactly("r-2");
            connection.rollback();
        }
    }

    @Test
    void moves_that_come_while_a_commit_is_under_way_are_written_together() throws Exception {
        one.open(IntStream.range(0, 200).mapToObj(i -> submitting("r-" + i)).toList());
        var entries = history(200);
        var commits = one.writer().batches();
        List<Future<Move>> moves = new ArrayList<>();
        try (var connection = holding("r-0")) {
            moves.add(moving(entries.getFirst()));
            waitUntil(() -> TestPostgres.count(TestPostgres.WAITERS) == 1);
            entries.subList(1, 200).forEach(entry -> moves.add(moving(entry)));
            waitUntil(() -> one.writer().waiting() == 199);

            connection.rollback();

            for (var move : moves) {
                assertThat(move.get()).isInstanceOf(Move.Moved.class);
            }
        }
        assertThat(one.writer().batches() - commits).isLessThanOrEqualTo(2);
        assertThat(one.writer().moves()).isEqualTo(200);
        assertThat(TestPostgres.count("outbox")).isEqualTo(200);
        assertThat(TestPostgres.count("work where stage = 'TRACKED'")).isEqualTo(200);
    }

    @Test
    void a_worker_that_stands_still_in_a_transaction_stops_no_other() throws Exception {
        one.open(List.of(submitting("r-0")));
        var entry = history("r-0");
        var stands = new CompletableFuture<Void>();
        var wakesUp = new CompletableFuture<String>();
        var paused =
                threads.submit(
                        () ->
                                new Transactions(TestPostgres.POOL)
                                        .write(
                                                connection -> {
                                                    lock(connection, "r-0");
                                                    stands.complete(null);
                                                    return wakesUp.join();
                                                }));
        stands.join();

        assertThat(moving(entry).get()).isInstanceOf(Move.Moved.class);

        wakesUp.complete("done");
        assertThatThrownBy(paused::get).hasCauseInstanceOf(SQLException.class);
    }

    @Test
    void one_job_taken_among_many_moves_stops_no_other() throws Exception {
        one.open(IntStream.range(0, 10).mapToObj(i -> submitting("r-" + i)).toList());
        var entries = history(10);
        one.move(entries.getFirst(), answering(1, created("job")), List.of());
        List<Future<Move>> moves = new ArrayList<>();
        try (var connection = holding("r-1")) {
            moves.add(moving(entries.get(1)));
            waitUntil(() -> TestPostgres.count(TestPostgres.WAITERS) == 1);
            moves.add(
                    threads.submit(
                            () ->
                                    one.move(
                                            entries.get(2),
                                            answering(1, created("job")),
                                            List.of())));
            entries.subList(3, 10).forEach(entry -> moves.add(moving(entry)));
            waitUntil(() -> one.writer().waiting() == 8);
            connection.rollback();
        }

        var results = new ArrayList<Move>();
        for (var move : moves) {
            results.add(move.get());
        }

        assertThat(results).filteredOn(Move.Moved.class::isInstance).hasSize(8);
        assertThat(results.get(1)).isEqualTo(new Move.JobTaken("r-0"));
    }

    @Test
    void several_moves_of_one_request_that_gathered_are_decided_one_after_the_other()
            throws Exception {
        one.open(List.of(submitting("r-0"), submitting("r-1")));
        var entries = history(2);
        List<Future<Move>> moves = new ArrayList<>();
        try (var connection = holding("r-0")) {
            moves.add(moving(entries.getFirst()));
            waitUntil(() -> TestPostgres.count(TestPostgres.WAITERS) == 1);
            for (var i = 0; i < 5; i++) {
                moves.add(moving(entries.getLast()));
            }
            waitUntil(() -> one.writer().waiting() == 5);
            connection.rollback();
        }

        var results = new ArrayList<Move>();
        for (var move : moves) {
            results.add(move.get());
        }

        assertThat(results).filteredOn(Move.Moved.class::isInstance).hasSize(2);
        assertThat(results).filteredOn(new Move.Overtaken(true)::equals).hasSize(4);
        assertThat(TestPostgres.count("outbox")).isEqualTo(2);
    }

    @Test
    void a_move_that_waited_for_another_sees_what_that_one_did() throws Exception {
        one.open(List.of(submitting("r-1")));
        var entry = history("r-1");
        try (var connection = TestPostgres.connect()) {
            connection.setAutoCommit(false);
            new MoveStatement(connection, TestPostgres.ANOTHER, LedgerFixture.NO_QUOTA)
                    .write(List.of(new Wish(entry, abandoning(1), List.of())));
            var answer = threads.submit(() -> one.move(entry, answering(1, REFUSED), List.of()));
            waitUntil(() -> TestPostgres.count(TestPostgres.WAITERS) == 1);

            connection.commit();

            assertThat(answer.get()).isEqualTo(new Move.Overtaken(true));
        }
        var now = history("r-1");
        assertThat(now.stage()).isEqualTo(new Stage.Submitting());
        assertThat(now.lastAttempt().state()).isEqualTo(new State.Answered(NOON, REFUSED));
        assertThat(now.dueAt()).isEqualTo(NOON);
        assertThat(now.version()).isEqualTo(entry.version() + 2);
    }

    @Test
    void an_answer_that_waited_for_the_end_is_taken_by_its_attempt() throws Exception {
        one.open(List.of(submitting("r-1")));
        var entry = history("r-1");
        try (var connection = TestPostgres.connect()) {
            connection.setAutoCommit(false);
            var end = settling(FAILED, new AttemptChange.None());
            new MoveStatement(connection, TestPostgres.ANOTHER, LedgerFixture.NO_QUOTA)
                    .write(List.of(new Wish(entry, end, List.of())));
            var answer = moving(entry);
            waitUntil(() -> TestPostgres.count(TestPostgres.WAITERS) == 1);

            connection.commit();

            assertThat(answer.get()).isEqualTo(new Move.Overtaken(true));
        }
        var history = one.find("r-1").orElseThrow();
        assertThat(history.outcome()).isEqualTo(FAILED);
        assertThat(history.attempts().getFirst().state()).isInstanceOf(State.Answered.class);
        assertThat(TestPostgres.count("outbox")).isZero();
    }

    @Test
    void of_two_answers_that_come_at_once_after_the_end_the_first_stays() throws Exception {
        one.open(List.of(submitting("r-1")));
        var entry = history("r-1");
        one.move(entry, settling(FAILED, new AttemptChange.None()), List.of());
        try (var connection = TestPostgres.connect()) {
            connection.setAutoCommit(false);
            new MoveStatement(connection, TestPostgres.ANOTHER, LedgerFixture.NO_QUOTA)
                    .write(List.of(new Wish(entry, answering(1, REFUSED), List.of())));
            var answer = moving(entry);
            waitUntil(() -> TestPostgres.count(TestPostgres.WAITERS) == 1);

            connection.commit();

            assertThat(answer.get()).isEqualTo(new Move.Overtaken(false));
        }
        assertThat(one.find("r-1").orElseThrow().attempts().getFirst().state())
                .isEqualTo(new State.Answered(NOON, REFUSED));
    }

    @Test
    void an_opening_that_the_database_refuses_stops_no_other() {
        TestPostgres.execute(
                "alter table request add constraint test check (cluster_name <> 'cursed')");
        try {
            var cursed =
                    new RestoreRequest(
                            "r-2",
                            PROJECT,
                            "cursed",
                            DOWNLOAD,
                            request("r-2").terms(),
                            request("r-2").remarks());

            var opened = one.open(List.of(waiting("r-3"), waiting(cursed, 1), failing("r-1")));

            assertThat(opened)
                    .satisfiesExactly(
                            passed -> assertThat(passed).isInstanceOf(Opened.Fresh.class),
                            culprit ->
                                    assertThat(((Opened.Unstorable) culprit).cause())
                                            .contains("23514")
                                            .doesNotContain("Failing row"),
                            passed -> assertThat(passed).isEqualTo(new Opened.Settled(INVALID)));
            assertThat(one.find("r-2")).isEmpty();
        } finally {
            TestPostgres.execute("alter table request drop constraint test");
        }
    }

    @Test
    void a_move_that_the_database_refuses_is_thrown_to_its_caller_alone() throws Exception {
        one.open(List.of(submitting("r-0"), submitting("r-1"), submitting("r-2")));
        var entries = history(3);
        TestPostgres.execute("alter table request add constraint test check (job_id <> 'job-r-1')");
        try (var connection = holding("r-0")) {
            var first = moving(entries.get(0));
            waitUntil(() -> TestPostgres.count(TestPostgres.WAITERS) == 1);
            var refused = moving(entries.get(1));
            var passed = moving(entries.get(2));
            waitUntil(() -> one.writer().waiting() == 2);
            connection.rollback();

            assertThat(first.get()).isInstanceOf(Move.Moved.class);
            assertThat(passed.get()).isInstanceOf(Move.Moved.class);
            assertThatThrownBy(refused::get)
                    .hasCauseInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("r-1");
            assertThat(history("r-1")).isEqualTo(entries.get(1));
        } finally {
            TestPostgres.execute("alter table request drop constraint test");
        }
    }

    @Test
    void an_interrupt_does_not_end_the_wait_for_a_move_and_is_kept() throws Exception {
        one.open(List.of(submitting("r-0")));
        var entry = history("r-0");
        try (var connection = holding("r-0")) {
            var interrupted = new CompletableFuture<Boolean>();
            var thread =
                    Thread.startVirtualThread(
                            () -> {
                                var moved =
                                        one.move(entry, answering(1, REFUSED), List.of())
                                                instanceof Move.Moved;
                                interrupted.complete(
                                        moved && Thread.currentThread().isInterrupted());
                            });
            waitUntil(() -> TestPostgres.count(TestPostgres.WAITERS) == 1);

            thread.interrupt();
            connection.rollback();

            assertThat(interrupted.get()).isTrue();
        }
    }

    @Test
    void what_has_gathered_is_written_before_the_ledger_closes() throws Exception {
        one.open(List.of(submitting("r-0"), submitting("r-1")));
        var entries = history(2);
        Future<Move> first;
        Future<Move> second;
        try (var connection = holding("r-0")) {
            first = moving(entries.getFirst());
            waitUntil(() -> TestPostgres.count(TestPostgres.WAITERS) == 1);
            second = moving(entries.getLast());
            waitUntil(() -> one.writer().waiting() == 1);
            connection.rollback();
        }

        one.close();

        assertThat(List.of(first.get(), second.get())).allMatch(Move.Moved.class::isInstance);
        assertThatThrownBy(() -> one.move(entries.getLast(), abandoning(1), List.of()))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_lease_is_got_by_one_of_two_at_once() throws Exception {
        var transactions = new Transactions(TestPostgres.POOL);
        for (var round = 0; round < 20; round++) {
            TestPostgres.reset();
            var a = new PostgresOutbox(transactions, new OutboxSignal());
            var b = new PostgresOutbox(transactions, new OutboxSignal());

            var lead = together(() -> a.lead("a", MINUTE), () -> b.lead("b", MINUTE));

            assertThat(lead).containsExactlyInAnyOrder(true, false);
        }
    }

    private Future<Move> moving(LedgerEntry entry) {
        var id = entry.request().id();
        return threads.submit(
                () -> one.move(entry, answering(1, created("job-" + id)), List.of(event(id))));
    }

    /** The entries r-0, r-1 and so on. */
    private List<LedgerEntry> history(int count) {
        return IntStream.range(0, count).mapToObj(i -> history("r-" + i)).toList();
    }

    private LedgerEntry history(String id) {
        return one.find(id).map(History::open).orElseThrow();
    }

    /** A transaction that holds the lock of a live entry. */
    private static Connection holding(String id) throws SQLException {
        var connection = TestPostgres.connect();
        connection.setAutoCommit(false);
        lock(connection, id);
        return connection;
    }

    private static void lock(Connection connection, String id) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("select 1 from work where request_id = '" + id + "' for update");
        }
    }

    private <T> List<T> together(Callable<T> first, Callable<T> second) throws Exception {
        var results = new ArrayList<T>();
        for (var result : threads.invokeAll(List.of(first, second))) {
            results.add(result.get());
        }
        return results;
    }

    /** The state of other threads and of the server's sessions can only be looked at. */
    private static void waitUntil(BooleanSupplier condition) throws InterruptedException {
        for (var i = 0; !condition.getAsBoolean(); i++) {
            assertThat(i).as("polls").isLessThan(2_000);
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }
}
