package dev.restoreworker.ledger;

import dev.restoreworker.LedgerUnavailableException;
import dev.restoreworker.core.Text;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/** Runs work in transactions, and tells trouble with data from all other trouble. */
@Singleton
class Transactions {

    /**
     * Nobody holds a lock here for longer than one short transaction takes, and nobody waits for
     * one longer than this. A worker that is paused within a transaction, or lost its power, would
     * hold its locks for as long as PostgreSQL takes it for alive: its session is ended, before
     * those who wait give up. The longest statement, a full batch, takes a fraction of a second; a
     * server that needs 20 s is as good as gone. A plan that is kept was made when the tables were
     * small, and reads all of them when they are large; to plan anew costs less than a millisecond.
     * What is live and what was so lately is in memory, where a page costs the same wherever it
     * stands: told that it costs four times as much, PostgreSQL reads a table of twenty thousand
     * rows as a whole to find two hundred.
     *
     * <p>All this is set for each transaction and not for the session, which behind a pooler may be
     * another's next.
     */
    private static final String SETTINGS =
            "; set local lock_timeout = '10s'; set local statement_timeout = '20s'"
                    + "; set local idle_in_transaction_session_timeout = '5s'"
                    + "; set local plan_cache_mode = force_custom_plan"
                    + "; set local random_page_cost = 1.1";

    /** Longer than any statement may take: then the connection itself is dead. */
    private static final int NETWORK_TIMEOUT_MILLIS = 30_000;

    private static final String WRITE = "set transaction isolation level read committed" + SETTINGS;
    private static final String READ =
            "set transaction isolation level repeatable read, read only" + SETTINGS;

    private static final int CAUSE_LENGTH_MAX = 500;

    private static final Duration PROOF_WITHIN = Duration.ofSeconds(30);
    private static final Duration PROOF_PAUSE = Duration.ofMillis(100);

    private static final String UNIQUE_VIOLATION = "23505";

    private final DataSource dataSource;
    private final LongAdder commits = new LongAdder();

    @Inject
    Transactions(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** What is done in one transaction. */
    @FunctionalInterface
    interface Work<T> {
        T in(Connection connection) throws SQLException;
    }

    /** What only a committed transaction can have left behind. */
    @FunctionalInterface
    interface Proof {
        boolean in(Connection connection) throws SQLException;
    }

    /** Each statement sees what was committed before it began. What was returned is durable. */
    <T> T write(Work<T> work) throws SQLException {
        var result = run(WRITE, work);
        commits.increment();
        return result;
    }

    /**
     * As {@link #write(Work)}, for what must not be told as failed when it was done. If the
     * connection breaks while it commits, only the ledger knows; then {@code proof} is looked for,
     * as soon as the ledger can be reached again and for at most half a minute. If it is not found,
     * the failure is thrown.
     */
    <T> T write(Work<T> work, Proof proof) throws SQLException {
        var done = new ArrayList<T>(1);
        try {
            return write(
                    connection -> {
                        var result = work.in(connection);
                        done.add(result); // only the commit is left
                        return result;
                    });
        } catch (SQLException e) {
            if (done.isEmpty() || isRefusal(e) || !isFound(proof)) {
                throw e;
            }
            commits.increment();
            return done.getFirst();
        }
    }

    private boolean isFound(Proof proof) {
        var end = System.nanoTime() + PROOF_WITHIN.toNanos();
        while (System.nanoTime() - end < 0) {
            try {
                return read(proof::in);
            } catch (SQLException _) {
                LockSupport.parkNanos(PROOF_PAUSE.toNanos());
            }
        }
        return false;
    }

    /** All statements see the ledger as it was at the first one. */
    <T> T read(Work<T> work) throws SQLException {
        return run(READ, work);
    }

    /** How many writing transactions were committed. */
    long commits() {
        return commits.sum();
    }

    private <T> T run(String start, Work<T> work) throws SQLException {
        try (var connection = dataSource.getConnection()) {
            connection.setNetworkTimeout(Runnable::run, NETWORK_TIMEOUT_MILLIS);
            connection.setAutoCommit(false);
            try (var statement = connection.createStatement()) {
                statement.execute(start);
                var result = work.in(connection);
                connection.commit();
                return result;
            } catch (SQLException | RuntimeException | Error e) {
                rollback(connection, e);
                throw e;
            }
        }
    }

    private static void rollback(Connection connection, Throwable reason) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            reason.addSuppressed(e);
        }
    }

    /**
     * Whether the database refused the data itself (SQLSTATE 22, 23): the same data will be refused
     * again.
     */
    static boolean isRefusal(SQLException e) {
        var state = e.getSQLState();
        return state != null && (state.startsWith("22") || state.startsWith("23"));
    }

    /** Whether what was to be the only one of its kind is there already. */
    static boolean isTaken(SQLException e) {
        return UNIQUE_VIOLATION.equals(e.getSQLState());
    }

    /** The database's words, without the lines that follow the first: those quote the data. */
    static String cause(SQLException e) {
        var words = Objects.requireNonNullElse(e.getMessage(), "no reason given");
        var line = words.lines().findFirst().orElse(words);
        return "SQLSTATE "
                + e.getSQLState()
                + ": "
                + Text.cut(Text.storable(line), CAUSE_LENGTH_MAX);
    }

    /** What the caller of a port gets to see. */
    static RuntimeException failure(String what, SQLException e) {
        return isRefusal(e)
                ? new IllegalArgumentException(
                        "The ledger refuses this for its data, " + what + ": " + cause(e))
                : new LedgerUnavailableException("The ledger is not available, " + what, e);
    }
}
