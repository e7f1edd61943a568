package dev.restoreworker.ledger;

import dev.restoreworker.core.Attempt;
import dev.restoreworker.core.JobMatcher.Rivals;
import dev.restoreworker.core.LedgerEntry;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads what of other requests speaks against a job being an entry's. */
final class RivalRows {

    private static final String NAMED =
            "select job_id from request where job_id = any(?) and id <> ?";

    /**
     * A request without a job may get one of its attempts' yet, or may have one that is unknown.
     */
    private static final String UNDECIDED =
            """
            select
                request_id, number, begun_at, not_before, lease_until, state, state_at, reply
            from attempt
            join request other on other.id = request_id
            join request own on own.id = ?
            where state <> 'ANSWERED' and other.id <> own.id and other.job_id is null
                and (other.project_id, other.cluster_name, other.delivery_type, other.snapshot_id,
                    other.oplog_ts, other.oplog_inc, other.point_in_time_utc_seconds,
                    other.target_project_id, other.target_cluster_name)
                is not distinct from (own.project_id, own.cluster_name, own.delivery_type,
                    own.snapshot_id, own.oplog_ts, own.oplog_inc, own.point_in_time_utc_seconds,
                    own.target_project_id, own.target_cluster_name)""";

    private RivalRows() {}

    static Rivals read(Connection connection, LedgerEntry entry, List<String> jobIds)
            throws SQLException {
        var id = entry.request().id();
        return new Rivals(named(connection, id, jobIds), undecided(connection, id));
    }

    private static Set<String> named(Connection connection, String id, List<String> jobIds)
            throws SQLException {
        try (var select = connection.prepareStatement(NAMED)) {
            select.setArray(1, connection.createArrayOf("text", jobIds.toArray()));
            select.setString(2, id);
            var named = new HashSet<String>();
            var row = select.executeQuery();
            while (row.next()) {
                named.add(Entries.text(row, "job_id"));
            }
            return named;
        }
    }

    private static List<Attempt> undecided(Connection connection, String id) throws SQLException {
        try (var select = connection.prepareStatement(UNDECIDED)) {
            select.setString(1, id);
            var attempts = new ArrayList<Attempt>();
            var row = select.executeQuery();
            while (row.next()) {
                attempts.add(Entries.attempt(row));
            }
            return attempts;
        }
    }
}
