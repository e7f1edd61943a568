package dev.restoreworker.ledger;

import dev.restoreworker.ledger.Transactions.Work;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The attempts that one transaction writes down, and its mark in them. Nobody else writes this
 * mark: where it is found the transaction was committed, though its worker was not told. If that
 * were taken for a failure, each of these attempts would end as unknown, and none was ever sent.
 */
record Intents(List<String> requestIds, String mark, @Nullable String session) {

    /**
     * {@code worker} is for people who ask who sent an attempt, {@code witness} for workers that
     * ask whether its sender lives.
     */
    static Intents of(String worker, SessionWitness witness, List<String> requestIds) {
        return new Intents(requestIds, worker + " " + UUID.randomUUID(), witness.current());
    }

    /** How many parameters {@link #bind} sets. */
    static final int PARAMETERS = 2;

    /** Sets the worker and the session of the attempts, {@code first} and the next. */
    void bind(PreparedStatement statement, int first) throws SQLException {
        statement.setString(first, mark);
        statement.setString(first + 1, session);
    }

    /** Does the work that writes them down, if there are any. */
    <T> T write(Transactions transactions, Work<T> work) throws SQLException {
        return requestIds.isEmpty()
                ? transactions.write(work)
                : transactions.write(work, this::areWrittenDown);
    }

    private boolean areWrittenDown(Connection connection) throws SQLException {
        try (var select =
                connection.prepareStatement(
                        "select 1 from attempt where request_id = any(?) and worker = ? limit 1")) {
            select.setArray(1, connection.createArrayOf("text", requestIds.toArray()));
            select.setString(2, mark);
            return select.executeQuery().next();
        }
    }
}
