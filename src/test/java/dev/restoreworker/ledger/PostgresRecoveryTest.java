package dev.restoreworker.ledger;

import static dev.restoreworker.LedgerFixture.*;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.restoreworker.Ledger.History;
import dev.restoreworker.Ledger.Move;
import dev.restoreworker.LedgerFixture;
import dev.restoreworker.LedgerUnavailableException;
import dev.restoreworker.core.LedgerEntry;
import dev.restoreworker.ledger.WitnessSession.Announced;
import io.agroal.api.AgroalDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
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
        ledger =
                new PostgresLedger(
                        new Transactions(pool), new OutboxSignal(), LedgerFixture.NO_QUOTA);
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

    @Test
    void a_crash_of_the_database_ends_all_sessions_and_proves_the_death_of_nobody()
            throws Exception {
        var witness =
                new SessionWitness(
                        SessionWitness.beside(pool), Duration.ofHours(1), Announced.byProtocol());
        witness.start();
        var before = requireNonNull(witness.current());
        var started = text("select pg_postmaster_start_time()");

        ProcessHandle.of(Long.parseLong(before.substring(0, before.indexOf('/'))))
                .orElseThrow()
                .destroyForcibly();
        untilItIsBack();
        witness.look(); // finds it lost
        witness.look();
        var after = requireNonNull(witness.current());
        var inTime = ended(before, after);
        witness.close();

        assertThat(inTime).as("of none is it known").isEmpty();
        assertThat(untilItHasEnded(after)).containsExactly(after);
        assertThat(text("select pg_postmaster_start_time()"))
                .as("PostgreSQL does not call it a start")
                .isEqualTo(started);
    }

    private Set<String> untilItHasEnded(String session) throws SQLException {
        var ended = ended(session);
        while (ended.isEmpty()) {
            ended = ended(session);
        }
        return ended;
    }

    private Set<String> ended(String... sessions) throws SQLException {
        try (var connection = DriverManager.getConnection(TestPostgres.url(server))) {
            return Sessions.ended(connection, List.of(sessions));
        }
    }

    private String text(String query) throws SQLException {
        try (var connection = DriverManager.getConnection(TestPostgres.url(server));
                var statement = connection.createStatement();
                var row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }

    /** It takes no connections while it comes to itself. */
    private void untilItIsBack() throws SQLException {
        for (var sessions = 0; sessions < 3; ) {
            try {
                text("select pg_sleep(0.1)");
                sessions++;
            } catch (SQLException e) {
                if (!requireNonNull(e.getSQLState()).matches("57P0.|08...")) {
                    throw e;
                }
                sessions = 0;
            }
        }
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
