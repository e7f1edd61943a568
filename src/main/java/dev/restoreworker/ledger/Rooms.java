package dev.restoreworker.ledger;

import dev.restoreworker.core.Quota;
import dev.restoreworker.core.WaitsFor;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How much room there is in some projects, as of one transaction that holds their locks. */
final class Rooms {

    /** Those of snapshots that nobody asks for are counted together. */
    private static final String HELD =
            """
            select
                source_project,
                case when download = any(?) then download else '' end as snapshot,
                count(*) as held
            from work
            where slot and source_project = any(?)
            group by source_project, snapshot""";

    /** Those whom Atlas refused, and who do not ask again yet, or are at it. */
    private static final String KNOCKING =
            """
            select request_id, source_project, download, waits_for from work
            where download is not null and not slot and stage = 'WAITING' and tries > 0
                and waits_for in ('SLOT', 'SNAPSHOT') and due_at > ledger_now()
                and source_project = any(?)""";

    private static final String QUEUED =
            """
            select source_project, priority, count(*) as queued from work
            where download is not null and not slot and stage = 'WAITING'
                and source_project = any(?)
            group by source_project, priority""";

    private static final String FOREIGN =
            """
            select project_id, coalesce(snapshot_id, '') as snapshot_id, count(*) as live
            from foreign_download
            where project_id = any(?)
            group by project_id, snapshot_id""";

    private record Snapshot(String project, String id) {}

    private record Knocking(String requestId, Snapshot snapshot, WaitsFor waitsFor) {}

    private record Rank(String project, int priority) {}

    private final Connection connection;
    private final Collection<String> projects;
    private final Quota quota;
    private final Map<String, Integer> heldOfProject = new HashMap<>();
    private final Map<Snapshot, Integer> heldOfSnapshot = new HashMap<>();
    private final Map<String, Integer> foreignOfProject = new HashMap<>();
    private final Map<Snapshot, Integer> foreignOfSnapshot = new HashMap<>();
    private final List<Knocking> knocking = new ArrayList<>();
    private final Map<Rank, Integer> queued = new HashMap<>();

    private Rooms(Connection connection, Collection<String> projects, Quota quota) {
        this.connection = connection;
        this.projects = projects;
        this.quota = quota;
    }

    /** {@code snapshots} are those for which a slot may be taken. */
    static Rooms read(
            Connection connection,
            Collection<String> projects,
            Collection<String> snapshots,
            Quota quota)
            throws SQLException {
        var rooms = new Rooms(connection, projects, quota);
        rooms.readHeld(snapshots);
        rooms.readForeign();
        rooms.readKnocking();
        return rooms;
    }

    private void readHeld(Collection<String> snapshots) throws SQLException {
        try (var select = connection.prepareStatement(HELD)) {
            select.setArray(1, connection.createArrayOf("text", snapshots.toArray()));
            select.setArray(2, connection.createArrayOf("text", projects.toArray()));
            var row = select.executeQuery();
            while (row.next()) {
                hold(
                        new Snapshot(
                                Entries.text(row, "source_project"), Entries.text(row, "snapshot")),
                        row.getInt("held"));
            }
        }
    }

    private void readForeign() throws SQLException {
        try (var select = connection.prepareStatement(FOREIGN)) {
            select.setArray(1, connection.createArrayOf("text", projects.toArray()));
            var row = select.executeQuery();
            while (row.next()) {
                var project = Entries.text(row, "project_id");
                var live = row.getInt("live");
                foreignOfProject.merge(project, live, Integer::sum);
                foreignOfSnapshot.put(
                        new Snapshot(project, Entries.text(row, "snapshot_id")), live);
            }
        }
    }

    private void readKnocking() throws SQLException {
        try (var select = connection.prepareStatement(KNOCKING)) {
            select.setArray(1, connection.createArrayOf("text", projects.toArray()));
            var row = select.executeQuery();
            while (row.next()) {
                knocking.add(
                        new Knocking(
                                Entries.text(row, "request_id"),
                                new Snapshot(
                                        Entries.text(row, "source_project"),
                                        Entries.text(row, "download")),
                                WaitsFor.valueOf(Entries.text(row, "waits_for"))));
            }
        }
    }

    /** How many of each priority wait; from now on those that {@link #queue} are counted, too. */
    void readQueued() throws SQLException {
        try (var select = connection.prepareStatement(QUEUED)) {
            select.setArray(1, connection.createArrayOf("text", projects.toArray()));
            var row = select.executeQuery();
            while (row.next()) {
                queued.put(
                        new Rank(Entries.text(row, "source_project"), row.getInt("priority")),
                        row.getInt("queued"));
            }
        }
    }

    private void hold(Snapshot snapshot, int count) {
        heldOfProject.merge(snapshot.project(), count, Integer::sum);
        heldOfSnapshot.merge(snapshot, count, Integer::sum);
    }

    /**
     * How many more slots can be given away now; {@code seen} is for how many Atlas itself has
     * room, as far as it was just seen.
     */
    int free(String project, int seen) {
        var left = left(project);
        var isRefused = knocking.stream().anyMatch(each -> isFull(each, project));
        return isRefused ? Math.min(left, seen) : left;
    }

    /** What the operator allows us, or what others leave of what Atlas allows to all. */
    private int left(String project) {
        var limit = quota.downloadsPerProject(project);
        var ofAll = Math.max(limit, Quota.ATLAS_DOWNLOADS_PER_PROJECT);
        return Math.min(limit, ofAll - foreignOfProject.getOrDefault(project, 0))
                - heldOfProject.getOrDefault(project, 0);
    }

    private static boolean isFull(Knocking each, String project) {
        return each.waitsFor() == WaitsFor.SLOT && each.snapshot().project().equals(project);
    }

    /** Takes a slot for a request; else says what it has to wait for. */
    Optional<WaitsFor> take(String requestId, String project, String download) {
        var snapshot = new Snapshot(project, download);
        var others = knocking.stream().filter(each -> !each.requestId().equals(requestId)).toList();
        if (heldOfSnapshot.getOrDefault(snapshot, 0) + foreignOfSnapshot.getOrDefault(snapshot, 0)
                        >= quota.downloadsPerSnapshot()
                || others.stream()
                        .anyMatch(
                                each ->
                                        each.waitsFor() == WaitsFor.SNAPSHOT
                                                && each.snapshot().equals(snapshot))) {
            return Optional.of(WaitsFor.SNAPSHOT);
        }
        if (left(project) <= 0 || others.stream().anyMatch(each -> isFull(each, project))) {
            return Optional.of(WaitsFor.SLOT);
        }
        hold(snapshot, 1);
        return Optional.empty();
    }

    /** The place of one that joins the queue of its project now. */
    int queue(String project, int priority) {
        queued.merge(new Rank(project, priority), 1, Integer::sum);
        return queued.entrySet().stream()
                .filter(each -> each.getKey().project().equals(project))
                .filter(each -> each.getKey().priority() >= priority)
                .mapToInt(Map.Entry::getValue)
                .sum();
    }
}
