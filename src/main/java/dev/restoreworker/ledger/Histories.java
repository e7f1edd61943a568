package dev.restoreworker.ledger;

import dev.restoreworker.Ledger.History;
import dev.restoreworker.Ledger.History.Repeat;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads all that is known of one request, in a transaction that sees it as it was at one time. */
final class Histories {

    private static final String REQUEST =
            """
            select
                %s, received_at, terms, requested_by, remarks, settled_at, %s,
                ended_at, resolved_at,
                version, stage, waits_for, tries, absent, deferred, repeats, due_at,
                purged_at, ledger_now() as now
            from request left join work on request_id = id
            where id = ?"""
                    .formatted(Entries.CONTENT, Entries.TOLD);

    private static final String DUPLICATES =
            """
            select record_topic, record_partition, record_offset, seen_at
            from duplicate
            where request_id = ?
            order by seen_at, record_topic, record_partition, record_offset
            limit 100""";

    private Histories() {}

    static Optional<History> find(Connection connection, String id) throws SQLException {
        try (var select = connection.prepareStatement(REQUEST)) {
            select.setString(1, id);
            var row = select.executeQuery();
            if (!row.next()) {
                return Optional.empty();
            }
            var attempts = Entries.attempts(connection, List.of(id)).getOrDefault(id, List.of());
            var cancel = Cancellations.of(connection, List.of(id)).get(id);
            var open =
                    row.getString("stage") == null
                            ? null
                            : Slots.placed(
                                            connection,
                                            Lines.placed(
                                                    connection,
                                                    List.of(Entries.entry(row, attempts))),
                                            Set.of())
                                    .getFirst()
                                    .cancelledBy(cancel);
            var outcome = row.getString("outcome");
            return Optional.of(
                    new History(
                            id,
                            Entries.content(row),
                            Entries.remarks(row),
                            Entries.origin(row),
                            Entries.instant(row, "received_at"),
                            open,
                            attempts,
                            outcome == null ? null : Json.outcome(outcome),
                            outcome == null ? null : Entries.instant(row, "settled_at"),
                            duplicates(connection, id),
                            Entries.ending(row),
                            Entries.instantOrNull(row, "ended_at"),
                            Entries.resolution(row),
                            Entries.instantOrNull(row, "resolved_at"),
                            cancel,
                            Entries.instantOrNull(row, "purged_at")));
        }
    }

    private static List<Repeat> duplicates(Connection connection, String id) throws SQLException {
        try (var select = connection.prepareStatement(DUPLICATES)) {
            select.setString(1, id);
            var duplicates = new ArrayList<Repeat>();
            var row = select.executeQuery();
            while (row.next()) {
                duplicates.add(new Repeat(Entries.origin(row), Entries.instant(row, "seen_at")));
            }
            return List.copyOf(duplicates);
        }
    }
}
