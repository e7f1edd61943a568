package dev.restoreworker.ledger;

import dev.restoreworker.Ledger.Watch;
import dev.restoreworker.core.LedgerEntry;
import dev.restoreworker.core.SourceCluster;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The clusters whose jobs are listed again and again, as requests of theirs are tracked.
 *
 * <p>A watch is locked last by whoever adds a job to it, and alone by whoever claims it or puts it
 * off.
 */
final class Watches {

    /** A cluster that is watched with a soonest time, for a new job on it. */
    private record Soonest(SourceCluster cluster, Duration dueIn) {}

    private static final Rows<Soonest> ROWS =
            new Rows<>(
                    "w",
                    List.of(
                            new Rows.Column<>(
                                    "project_id", "text", each -> each.cluster().projectId()),
                            new Rows.Column<>(
                                    "cluster_name", "text", each -> each.cluster().clusterName()),
                            new Rows.Column<>(
                                    "due_in", "interval", each -> Entries.kept(each.dueIn()))));

    /** In one order, so that two who add jobs never wait each for the other. */
    private static final String BEGIN =
            """
            insert into watch (project_id, cluster_name, due_at)
            select project_id, cluster_name, ledger_now() + due_in from %s
            order by project_id collate "C", cluster_name collate "C"
            on conflict (project_id, cluster_name) do update
            set version = watch.version + 1, due_at = least(watch.due_at, excluded.due_at)"""
                    .formatted(ROWS.sql());

    private static final String CLAIM =
            """
            update watch set version = version + 1, due_at = ledger_now() + ?::interval
            where (project_id, cluster_name) in (
                select project_id, cluster_name from watch
                where due_at <= ledger_now()
                order by due_at
                limit ?
                for update skip locked)
            returning project_id, cluster_name, version,
                exists (
                    select 1 from foreign_download f
                    where f.project_id = watch.project_id and f.cluster_name = watch.cluster_name
                ) as has_foreign,
                exists (
                    select 1 from work
                    where source_project = watch.project_id and download is not null and not slot
                        and stage = 'WAITING') as is_waited_for""";

    private static final String TRACKED =
            """
            select
                %s, received_at, terms, requested_by, remarks,
                version, stage, waits_for, tries, absent, deferred, repeats, due_at,
                ledger_now() as now, %s
            from work join request on id = request_id
            where stage = 'TRACKED' and (source_project, source_cluster) in (
                select * from unnest(?::text[], ?::text[]))
            order by id"""
                    .formatted(Entries.CONTENT, Entries.TOLD);

    private static final String END =
            """
            delete from watch
            where project_id = ? and cluster_name = ? and version = ?
                and not exists (
                    select 1 from work
                    where source_project = watch.project_id
                        and source_cluster = watch.cluster_name and stage = 'TRACKED')
                and not exists (
                    select 1 from foreign_download f join work on source_project = f.project_id
                    where f.project_id = watch.project_id and f.cluster_name = watch.cluster_name
                        and download is not null and not slot and stage = 'WAITING')""";

    /** Nobody waits for their end. */
    private static final String FORGET =
            "delete from foreign_download where project_id = ? and cluster_name = ?";

    private static final String CLUSTERS =
            """
            select distinct source_project as project_id, source_cluster as cluster_name from work
            where source_project = any(?)""";

    private static final String REST =
            """
            update watch
            set due_at = case when version = ? then ledger_now() + ?::interval
                else least(due_at, ledger_now() + ?::interval) end
            where project_id = ? and cluster_name = ?""";

    private Watches() {}

    /**
     * There is something new to see: the jobs of these clusters are to be listed then, or sooner.
     */
    static void begin(Connection connection, Map<SourceCluster, Duration> soonest)
            throws SQLException {
        if (soonest.isEmpty()) {
            return;
        }
        try (var begin = connection.prepareStatement(BEGIN)) {
            ROWS.bind(
                    begin,
                    1,
                    soonest.entrySet().stream()
                            .map(each -> new Soonest(each.getKey(), each.getValue()))
                            .toList());
            begin.execute();
        }
    }

    /** All clusters of these projects that live requests are about. */
    static List<SourceCluster> clusters(Connection connection, List<String> projects)
            throws SQLException {
        if (projects.isEmpty()) {
            return List.of();
        }
        try (var select = connection.prepareStatement(CLUSTERS)) {
            select.setArray(1, connection.createArrayOf("text", projects.toArray()));
            var clusters = new ArrayList<SourceCluster>();
            var row = select.executeQuery();
            while (row.next()) {
                clusters.add(cluster(row));
            }
            return clusters;
        }
    }

    private static void forget(Connection connection, SourceCluster cluster) throws SQLException {
        try (var forget = connection.prepareStatement(FORGET)) {
            forget.setString(1, cluster.projectId());
            forget.setString(2, cluster.clusterName());
            forget.execute();
        }
    }

    /** Those that are due, without what is tracked there. */
    static List<Watch> claim(Connection connection, int max, Duration hold) throws SQLException {
        var claimed = new ArrayList<Watch>();
        try (var claim = connection.prepareStatement(CLAIM)) {
            claim.setString(1, Entries.kept(hold).toString());
            claim.setInt(2, max);
            var row = claim.executeQuery();
            while (row.next()) {
                claimed.add(
                        new Watch(
                                cluster(row),
                                row.getLong("version"),
                                List.of(),
                                row.getBoolean("has_foreign"),
                                row.getBoolean("is_waited_for")));
            }
        }
        return claimed;
    }

    /**
     * With what is tracked on them. In a transaction after the claim's, as there may be much to
     * read and whoever adds a job waits for the claim's end: what is added meanwhile, or cancelled,
     * raises the version that was claimed.
     */
    static List<Watch> withTracked(Connection connection, List<Watch> claimed) throws SQLException {
        var tracked = tracked(connection, claimed.stream().map(Watch::cluster).toList());
        return claimed.stream()
                .map(watch -> watch.with(tracked.getOrDefault(watch.cluster(), List.of())))
                .toList();
    }

    private static Map<SourceCluster, List<LedgerEntry>> tracked(
            Connection connection, List<SourceCluster> clusters) throws SQLException {
        try (var select = connection.prepareStatement(TRACKED)) {
            select.setArray(
                    1,
                    connection.createArrayOf(
                            "text", clusters.stream().map(SourceCluster::projectId).toArray()));
            select.setArray(
                    2,
                    connection.createArrayOf(
                            "text", clusters.stream().map(SourceCluster::clusterName).toArray()));
            var tracked = new ArrayList<LedgerEntry>();
            var row = select.executeQuery();
            while (row.next()) {
                tracked.add(Entries.entry(row, List.of()));
            }
            return Cancellations.known(connection, tracked).stream()
                    .collect(Collectors.groupingBy(entry -> entry.request().source()));
        }
    }

    private static SourceCluster cluster(ResultSet row) throws SQLException {
        return new SourceCluster(
                Entries.text(row, "project_id"), Entries.text(row, "cluster_name"));
    }

    static void rest(Connection connection, Watch watch, Duration dueIn) throws SQLException {
        var cluster = watch.cluster();
        try (var end = connection.prepareStatement(END)) {
            end.setString(1, cluster.projectId());
            end.setString(2, cluster.clusterName());
            end.setLong(3, watch.version());
            if (end.executeUpdate() > 0) {
                forget(connection, cluster);
                return;
            }
        }
        try (var rest = connection.prepareStatement(REST)) {
            rest.setLong(1, watch.version());
            rest.setString(2, Entries.kept(dueIn).toString());
            rest.setString(3, Entries.kept(dueIn).toString());
            rest.setString(4, cluster.projectId());
            rest.setString(5, cluster.clusterName());
            rest.execute();
        }
    }
}
