package dev.restoreworker.ledger;

import static java.lang.System.Logger.Level.ERROR;

import dev.restoreworker.core.LedgerEntry;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Takes what is due. */
final class Claims {

    private static final System.Logger LOG = System.getLogger(Claims.class.getName());

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
                version, stage, waits_for, tries, absent, deferred, repeats, due_at, now, slot, %s
            from claimed join request on id = request_id
            order by was_due, id"""
                    .formatted(Entries.CONTENT, Entries.TOLD);

    private Claims() {}

    static List<LedgerEntry> claim(Connection connection, int max, Duration hold)
            throws SQLException {
        try (var claim = connection.prepareStatement(CLAIM)) {
            claim.setInt(1, max);
            claim.setString(2, Entries.kept(hold).toString());
            var bare = new ArrayList<LedgerEntry>();
            var holders = new HashSet<String>();
            var row = claim.executeQuery();
            while (row.next()) {
                read(row).ifPresent(bare::add);
                if (row.getBoolean("slot")) {
                    holders.add(Entries.text(row, "id"));
                }
            }
            return bare.isEmpty() ? List.of() : whole(connection, bare, holders);
        }
    }

    /**
     * Empty if a newer worker wrote something that this one does not know: it has put the entry off
     * by its claim, and the others go on.
     */
    private static Optional<LedgerEntry> read(ResultSet row) throws SQLException {
        try {
            return Optional.of(Entries.entry(row, List.of()));
        } catch (RuntimeException e) {
            LOG.log(
                    ERROR,
                    "ALARM: request %s cannot be read, and is left to a newer worker"
                            .formatted(Entries.text(row, "id")),
                    e);
            return Optional.empty();
        }
    }

    /**
     * In a statement of its own: the claim may have got a row that changed after the claim's view
     * of the ledger was taken, and would see its attempts, its cancel, and who stands before it, as
     * they were before.
     */
    private static List<LedgerEntry> whole(
            Connection connection, List<LedgerEntry> bare, Set<String> holders)
            throws SQLException {
        var ids = bare.stream().map(entry -> entry.request().id()).toList();
        var attempts = Entries.attempts(connection, ids);
        var tried =
                bare.stream()
                        .map(
                                entry ->
                                        entry.with(
                                                attempts.getOrDefault(
                                                        entry.request().id(), List.of())))
                        .toList();
        var placed = Slots.placed(connection, Lines.placed(connection, tried), holders);
        return Cancellations.known(connection, placed);
    }
}
