package dev.restoreworker.ledger;

import dev.restoreworker.core.Attempt;
import dev.restoreworker.core.JobMatcher.Rivals;
import dev.restoreworker.core.LedgerEntry;
import dev.restoreworker.core.SubmitReply;
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

    /** A request may not have a job yet, or never get it, that the answer to its attempt named. */
    private static final String LATE =
            "select reply from attempt where late and state = 'ANSWERED' and request_id <> ?";

    /**
     * A request without a job may get one of its attempts' yet, or may have one that is unknown:
     * unless it is known, or was said by an operator, that none of them made one. The cluster that
     * its path names makes no difference: no job says it.
     */
    private static final String UNDECIDED =
            """
            select
                request_id, number, begun_at, not_before, lease_until, state, state_at, reply
            from attempt
            join request other on other.id = request_id
            join request own on own.id = ?
            where state <> 'ANSWERED' and other.id <> own.id and other.job_id is null
                and other.job_state is distinct from 'NOT_FOUND'
                and (other.project_id, other.delivery_type, other.snapshot_id,
                    other.oplog_ts, other.oplog_inc, other.point_in_time_utc_seconds,
                    other.target_project_id, other.target_cluster_name)
                is not distinct from (own.project_id, own.delivery_type, own.snapshot_id,
                    own.oplog_ts, own.oplog_inc, own.point_in_time_utc_seconds,
                    own.target_project_id, own.target_cluster_name)""";

    private RivalRows() {}

    static Rivals read(Connection connection, LedgerEntry entry, List<String> jobIds)
            throws SQLException {
        var id = entry.request().id();
        var named = named(connection, id, jobIds);
        named.addAll(namedLate(connection, id));
        return new Rivals(named, undecided(connection, id));
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

    private static Set<String> namedLate(Connection connection, String id) throws SQLException {
        try (var select = connection.prepareStatement(LATE)) {
            select.setString(1, id);
            var named = new HashSet<String>();
            var row = select.executeQuery();
            while (row.next()) {
                if (Json.reply(Entries.text(row, "reply"))
                        instanceof SubmitReply.Created(var jobId, _, _)) {
                    named.add(jobId);
                }
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
