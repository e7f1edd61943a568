package dev.restoreworker.ledger;

import dev.restoreworker.core.ListedJob;
import dev.restoreworker.core.Quota;
import dev.restoreworker.core.SourceCluster;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Keeps which downloads of others live, and wakes whoever Atlas refused for one that is over.
 *
 * <p>They are kept under the lock of their project, as slots are counted.
 */
final class Foreigners {

    private static final String KNOWN =
            """
            select job_id from foreign_download where project_id = ? and cluster_name = ?""";

    /** A job that is a request's is none, however late that became known. */
    private static final String OURS = "select job_id from request where job_id = any(?)";

    private static final String DELETE = "delete from foreign_download where job_id = any(?)";

    private static final String INSERT =
            """
            insert into foreign_download (job_id, project_id, cluster_name, snapshot_id)
            select job_id, ?, ?, snapshot_id from unnest(?::text[], ?::text[]) as f(job_id, snapshot_id)
            on conflict do nothing""";

    /** Those whom Atlas refused for their snapshot, and who ask again by themselves, later. */
    private static final String WAKE =
            """
            update work set version = version + 1, due_at = ledger_now()
            where request_id in (
                select request_id from work
                where source_project = ? and download is not null and not slot
                    and stage = 'WAITING' and tries > 0 and waits_for = 'SNAPSHOT'
                    and due_at > ledger_now()
                for update skip locked)""";

    private Foreigners() {}

    /** These live now on a cluster, and no others, but for those that turn out to be ours. */
    static void keep(
            Connection connection, SourceCluster cluster, List<ListedJob> live, Quota quota)
            throws SQLException {
        var project = List.of(cluster.projectId());
        Locks.SLOTS.take(connection, project);
        var ours =
                Set.copyOf(
                        Entries.texts(connection, OURS, live.stream().map(ListedJob::id).toList()));
        var foreign = live.stream().filter(job -> !ours.contains(job.id())).toList();
        var gone = known(connection, cluster);
        foreign.forEach(job -> gone.remove(job.id()));
        insert(connection, cluster, foreign);
        if (!gone.isEmpty()) {
            try (var delete = connection.prepareStatement(DELETE)) {
                delete.setArray(1, connection.createArrayOf("text", gone.toArray()));
                delete.execute();
            }
            try (var wake = connection.prepareStatement(WAKE)) {
                wake.setString(1, cluster.projectId());
                wake.execute();
            }
            Slots.grant(connection, Map.of(cluster.projectId(), gone.size()), quota);
        }
    }

    private static Set<String> known(Connection connection, SourceCluster cluster)
            throws SQLException {
        try (var select = connection.prepareStatement(KNOWN)) {
            select.setString(1, cluster.projectId());
            select.setString(2, cluster.clusterName());
            return new HashSet<>(Entries.texts(select));
        }
    }

    private static void insert(
            Connection connection, SourceCluster cluster, List<ListedJob> foreign)
            throws SQLException {
        if (foreign.isEmpty()) {
            return;
        }
        try (var insert = connection.prepareStatement(INSERT)) {
            insert.setString(1, cluster.projectId());
            insert.setString(2, cluster.clusterName());
            insert.setArray(
                    3,
                    connection.createArrayOf(
                            "text", foreign.stream().map(ListedJob::id).toArray()));
            insert.setArray(
                    4,
                    connection.createArrayOf(
                            "text", foreign.stream().map(ListedJob::snapshotId).toArray()));
            insert.execute();
        }
    }
}
