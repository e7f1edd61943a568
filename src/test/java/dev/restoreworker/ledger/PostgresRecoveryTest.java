package dev.restoreworker.ledger;

import static dev.restoreworker.LedgerFixture.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.restoreworker.Ledger.History;
import dev.restoreworker.Ledger.Move;
import dev.restoreworker.LedgerFixture;
import dev.restoreworker.LedgerUnavailableException;
import dev.restoreworker.core.LedgerEntry;
import io.agroal.api.AgroalDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A database that goes away and comes back, and nobody starts the worker anew. */
@Timeout(90)
class PostgresRecoveryTest {

    private static final int TRIALS_MAX = 50;

    @TempDir private Path data;

    private EmbeddedPostgres server;
    private AgroalDataSource pool;
    private PostgresLedger ledger;

    @BeforeEach
    void start() throws IOException {
        server = server(0);
        TestPostgres.migrate(TestPostgres.url(server));
        pool = TestPostgres.pool(TestPostgres.url(server));
        ledger = new PostgresLedger(new Transactions(pool), new OutboxSignal());
    }

    @AfterEach
    void stop() throws Exception {
        ledger.close();
        pool.close();
        server.close();
    }

    @Test
    void moves_go_on_after_the_database_was_stopped_and_started_again() throws IOException {
        var entry = submitting(1).getFirst();
        var port = server.getPort();

        server.close();
        assertThatThrownBy(() -> ledger.move(entry, answering(1, REFUSED), List.of()))
                .isInstanceOf(LedgerUnavailableException.class);
        assertThatThrownBy(() -> ledger.open(List.of(waiting("r-9"))))
                .isInstanceOf(LedgerUnavailableException.class);
        server = server(port);

        assertThat(untilItIsTaken(entry)).isInstanceOf(Move.Moved.class);
        assertThat(ledger.find("r-0").orElseThrow().outcome()).isEqualTo(FAILED);
    }

    @Test
    void every_waiting_move_is_told_when_its_session_is_killed() throws Exception {
        var entries = submitting(50);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                var killer = DriverManager.getConnection(TestPostgres.url(server))) {
            var moves = new ArrayList<Future<Move>>();
            for (var entry : entries) {
                moves.add(threads.submit(() -> untilItIsTaken(entry)));
                if (moves.size() % 5 == 0) {
                    kill(killer);
                }
            }

            for (var move : moves) {
                assertTaken(move);
            }
        }
        assertThat(entries)
                .allSatisfy(
                        entry ->
                                assertThat(
                                                ledger.find(entry.request().id())
                                                        .orElseThrow()
                                                        .outcome())
                                        .isEqualTo(FAILED));
    }

    /** Moved, or committed in a transaction whose reply was lost. */
    private static void assertTaken(Future<Move> move)
            throws ExecutionException, InterruptedException {
        assertThat(move.get())
                .matches(m -> m instanceof Move.Moved || m.equals(new Move.Overtaken(true)));
    }

    /** As a worker does with an answer in hand. Dead sessions leave the pool one by one. */
    private Move untilItIsTaken(LedgerEntry entry) {
        for (var trial = 1; ; trial++) {
            try {
                return ledger.move(entry, answering(1, REFUSED), List.of());
            } catch (LedgerUnavailableException e) {
                if (trial == TRIALS_MAX) {
                    throw e;
                }
            }
        }
    }

    /** On the same data each time; port 0 is any that is free. */
    private EmbeddedPostgres server(int port) throws IOException {
        return EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setPort(port)
                .start();
    }

    private List<LedgerEntry> submitting(int count) {
        ledger.open(
                IntStream.range(0, count)
                        .mapToObj(i -> LedgerFixture.submitting("r-" + i))
                        .toList());
        return IntStream.range(0, count)
                .mapToObj(i -> ledger.find("r-" + i).map(History::open).orElseThrow())
                .toList();
    }

    private static void kill(Connection killer) throws SQLException {
        try (var statement = killer.createStatement()) {
            statement.execute(
                    """
                    select pg_terminate_backend(pid) from pg_stat_activity
                    where backend_type = 'client backend' and pid <> pg_backend_pid()""");
        }
    }
}
