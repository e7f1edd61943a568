package dev.restoreworker.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Removes what is not kept for ever of requests that are over for long. */
final class Purge {

    /** Those that another worker purges are passed over. */
    private static final String OVER =
            """
            select id, outcome from request
            where settled_at < ledger_now() - ?::interval and settled_at is not null
                and purged_at is null
                and not exists (select 1 from work where request_id = id)
            order by settled_at
            limit ?
            for no key update of request skip locked""";

    /** An answer may still come: its move locks attempts in this order. */
    private static final String LOCK_ATTEMPTS =
            """
            select 1 from attempt where request_id = any(?)
            order by request_id, number
            for update""";

    private static final String DELETE_ATTEMPTS = "delete from attempt where request_id = any(?)";

    private static final String DELETE_DUPLICATES =
            "delete from duplicate where request_id = any(?)";

    private static final String PURGE =
            """
            update request
            set project_id = null, cluster_name = null, delivery_type = null, snapshot_id = null,
                oplog_ts = null, oplog_inc = null, point_in_time_utc_seconds = null,
                target_project_id = null, target_cluster_name = null,
                terms = null, requested_by = null, remarks = '{}',
                outcome = purged.outcome, purged_at = ledger_now()
            from unnest(?::text[], ?::text[]) as purged(id, outcome)
            where request.id = purged.id""";

    private static final String PURGE_CANCELS =
            """
            update cancellation
            set requested_by = null, reason = null, letter_fingerprint = null, letter_key = null,
                letter_value = null, letter_headers = null
            where request_id = any(?)""";

    private Purge() {}

    /** Returns how many were purged. */
    static int purge(Connection connection, Duration retention, int max) throws SQLException {
        var ids = new ArrayList<String>();
        var outcomes = new ArrayList<String>();
        try (var select = connection.prepareStatement(OVER)) {
            select.setString(1, Entries.kept(retention).toString());
            select.setInt(2, max);
            var row = select.executeQuery();
            while (row.next()) {
                ids.add(Entries.text(row, "id"));
                outcomes.add(Json.write(Json.outcome(Entries.text(row, "outcome")).essence()));
            }
        }
        if (!ids.isEmpty()) {
            execute(connection, LOCK_ATTEMPTS, ids);
            execute(connection, DELETE_ATTEMPTS, ids);
            execute(connection, DELETE_DUPLICATES, ids);
            execute(connection, PURGE_CANCELS, ids);
            execute(connection, PURGE, ids, outcomes);
        }
        return ids.size();
    }

    @SafeVarargs
    private static void execute(Connection connection, String sql, List<String>... arrays)
            throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            for (var i = 0; i < arrays.length; i++) {
                statement.setArray(i + 1, connection.createArrayOf("text", arrays[i].toArray()));
            }
            statement.execute();
        }
    }
}
