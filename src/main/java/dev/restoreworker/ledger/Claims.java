package dev.restoreworker.ledger;

import dev.restoreworker.core.LedgerEntry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Takes what is due. */
final class Claims {

    /** What another transaction holds is being moved or claimed: it is passed over. */
    private static final String CLAIM =
            """
            with clock as materialized (select ledger_now() as now),
            due as materialized (
                select request_id, due_at as was_due
                from work
                where due_at <= (select now from clock)
                order by due_at
                limit ?
                for update skip locked),
            claimed as (
                update work set version = version + 1, due_at = now + ?::interval
                from due, clock
                where work.request_id = due.request_id
                returning work.*, was_due, now)
            select
                %s, received_at, terms, requested_by, remarks,
                version, stage, waits_for, tries, due_at, now
            from claimed join request on id = request_id
            order by was_due, id"""
                    .formatted(Entries.CONTENT);

    private Claims() {}

    static List<LedgerEntry> claim(Connection connection, int max, Duration hold)
            throws SQLException {
        try (var claim = connection.prepareStatement(CLAIM)) {
            claim.setInt(1, max);
            claim.setString(2, Entries.kept(hold).toString());
            var bare = new ArrayList<LedgerEntry>();
            var row = claim.executeQuery();
            while (row.next()) {
                bare.add(Entries.entry(row, List.of()));
            }
            return bare.isEmpty() ? List.of() : withAttempts(connection, bare);
        }
    }

    /**
     * In a statement of its own: the claim may have got a row that changed after the claim's view
     * of the ledger was taken, and would see its attempts as they were before.
     */
    private static List<LedgerEntry> withAttempts(Connection connection, List<LedgerEntry> bare)
            throws SQLException {
        var ids = bare.stream().map(entry -> entry.request().id()).toList();
        var attempts = Entries.attempts(connection, ids);
        return bare.stream()
                .map(
                        entry ->
                                new LedgerEntry(
                                        entry.request(),
                                        entry.receivedAt(),
                                        entry.version(),
                                        entry.stage(),
                                        attempts.getOrDefault(entry.request().id(), List.of()),
                                        entry.dueAt(),
                                        entry.asOf()))
                .toList();
    }
}
