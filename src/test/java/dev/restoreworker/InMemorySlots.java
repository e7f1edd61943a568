package dev.restoreworker;

import dev.restoreworker.InMemoryLedger.Row;
import dev.restoreworker.Ledger.ProjectSlots.Foreign;
import dev.restoreworker.Ledger.ProjectSlots.Holder;
import dev.restoreworker.Ledger.ProjectSlots.Waiter;
import dev.restoreworker.core.Delivery;
import dev.restoreworker.core.LedgerEntry;
import dev.restoreworker.core.LedgerEntry.Queue;
import dev.restoreworker.core.LedgerEntry.Stage;
import dev.restoreworker.core.ListedJob;
import dev.restoreworker.core.Outcome.JobCreated;
import dev.restoreworker.core.Quota;
import dev.restoreworker.core.SourceCluster;
import dev.restoreworker.core.WaitsFor;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The slots of downloads, looked up anew each time: rows stand in the order of their opening. */
final class InMemorySlots {

    private static final Comparator<Row> BY_PRIORITY =
            Comparator.comparingInt(row -> -live(row).request().terms().priority());

    private final Map<String, Row> rows;
    private final Map<SourceCluster, List<ListedJob>> foreign = new HashMap<>();
    private Quota quota;

    InMemorySlots(Map<String, Row> rows, Quota quota) {
        this.rows = rows;
        this.quota = quota;
    }

    void limit(Quota limits) {
        quota = limits;
    }

    boolean hasForeign(SourceCluster cluster) {
        return foreign.containsKey(cluster);
    }

    boolean isWaitedFor(String projectId) {
        return downloads(projectId).anyMatch(InMemorySlots::isQueued);
    }

    Ledger.ProjectSlots list(String projectId, int max) {
        var ours = downloads(projectId).toList();
        var queue = queue(projectId);
        return new Ledger.ProjectSlots(
                quota.downloadsPerProject(projectId),
                (int) held(ours),
                ours.stream().filter(row -> row.slot).limit(max).map(this::shown).toList(),
                foreign.entrySet().stream()
                        .filter(each -> each.getKey().projectId().equals(projectId))
                        .flatMap(each -> each.getValue().stream().map(job -> shown(each, job)))
                        .limit(max)
                        .toList(),
                queue.size(),
                queue.stream().limit(max).map(InMemorySlots::waiter).toList());
    }

    private static Foreign shown(Map.Entry<SourceCluster, List<ListedJob>> at, ListedJob job) {
        return new Foreign(job.id(), at.getKey().clusterName(), job.snapshotId());
    }

    private Holder shown(Row row) {
        var entry = live(row);
        var holder = holder(row);
        return new Holder(
                entry.request().id(),
                entry.request().clusterName(),
                String.valueOf(snapshot(entry)),
                holder.equals(entry.request().id()) ? null : holder);
    }

    private static Waiter waiter(Row row) {
        var entry = live(row);
        return new Waiter(
                entry.request().id(),
                String.valueOf(snapshot(entry)),
                ((Stage.Waiting) entry.stage()).waitsFor(),
                entry.request().terms().priority(),
                row.receivedAt,
                entry.dueAt());
    }

    void forget(SourceCluster cluster) {
        foreign.remove(cluster);
    }

    /** These downloads live on a cluster, and belong to nobody of ours. */
    void sight(SourceCluster cluster, List<ListedJob> others, Instant now) {
        var before = foreign.getOrDefault(cluster, List.of());
        var gone = (int) before.stream().filter(each -> isGone(each, others)).count();
        foreign.remove(cluster);
        if (!others.isEmpty()) {
            foreign.put(cluster, others);
        }
        if (gone > 0) {
            wakeWhoseSnapshotWasBusy(cluster.projectId(), now);
            grant(cluster.projectId(), gone, now);
        }
    }

    private static boolean isGone(ListedJob job, List<ListedJob> listed) {
        return listed.stream().noneMatch(each -> each.id().equals(job.id()));
    }

    private void wakeWhoseSnapshotWasBusy(String projectId, Instant now) {
        downloads(projectId)
                .filter(row -> knocks(row, WaitsFor.SNAPSHOT, now))
                .forEach(
                        row -> {
                            var open = live(row);
                            row.open = row.with(open, open.version() + 1, open.stage(), now, now);
                        });
    }

    private Stream<ListedJob> others(String projectId) {
        return foreign.entrySet().stream()
                .filter(each -> each.getKey().projectId().equals(projectId))
                .flatMap(each -> each.getValue().stream());
    }

    private int left(String projectId) {
        var limit = quota.downloadsPerProject(projectId);
        var ofAll = Math.max(limit, Quota.ATLAS_DOWNLOADS_PER_PROJECT);
        return Math.min(limit, ofAll - (int) others(projectId).count())
                - (int) held(downloads(projectId).toList());
    }

    private long heldOfSnapshot(List<Row> ours, LedgerEntry entry) {
        return held(ours)
                + others(entry.request().projectId())
                        .filter(each -> String.valueOf(snapshot(entry)).equals(each.snapshotId()))
                        .count();
    }

    static @Nullable String snapshot(LedgerEntry entry) {
        return entry.request().delivery() instanceof Delivery.Download(var snapshot)
                ? snapshot
                : null;
    }

    /** Gives the row a slot; else says what it has to wait for. */
    Optional<WaitsFor> take(Row row, LedgerEntry entry, Instant now) {
        if (row.slot || snapshot(entry) == null) {
            return Optional.empty();
        }
        var projectId = entry.request().projectId();
        var others = downloads(projectId).filter(each -> each != row).toList();
        var ofSnapshot = others.stream().filter(each -> isOfTheSame(live(each), entry)).toList();
        if (heldOfSnapshot(ofSnapshot, entry) >= quota.downloadsPerSnapshot()
                || ofSnapshot.stream().anyMatch(each -> knocks(each, WaitsFor.SNAPSHOT, now))) {
            return Optional.of(WaitsFor.SNAPSHOT);
        }
        if (left(projectId) <= 0
                || others.stream().anyMatch(each -> knocks(each, WaitsFor.SLOT, now))) {
            return Optional.of(WaitsFor.SLOT);
        }
        row.slot = true;
        return Optional.empty();
    }

    private static long held(List<Row> rows) {
        return rows.stream().filter(row -> row.slot).count();
    }

    private static boolean isOfTheSame(LedgerEntry one, LedgerEntry other) {
        return String.valueOf(snapshot(one)).equals(snapshot(other));
    }

    private static boolean knocks(Row row, WaitsFor what, Instant now) {
        return isQueued(row)
                && live(row).stage() instanceof Stage.Waiting(var waitsFor, var tries)
                && waitsFor == what
                && tries > 0
                && live(row).dueAt().isAfter(now);
    }

    private Stream<Row> downloads(String projectId) {
        return rows.values().stream()
                .filter(row -> row.open != null && snapshot(row.open) != null)
                .filter(row -> live(row).request().projectId().equals(projectId));
    }

    private static LedgerEntry live(Row row) {
        return Optional.ofNullable(row.open).orElseThrow();
    }

    private static boolean isQueued(Row row) {
        return !row.slot && live(row).stage() instanceof Stage.Waiting;
    }

    private List<Row> queue(String projectId) {
        return downloads(projectId).filter(InMemorySlots::isQueued).sorted(BY_PRIORITY).toList();
    }

    /** Where it stands; null if it has a slot or needs none. */
    @Nullable Queue place(Row row, LedgerEntry entry) {
        if (snapshot(entry) == null
                || row.slot
                || !(entry.stage() instanceof Stage.Waiting(var waitsFor, _))) {
            return null;
        }
        var holders =
                downloads(entry.request().projectId())
                        .filter(each -> each.slot)
                        .filter(each -> waitsFor == WaitsFor.SLOT || isOfTheSame(live(each), entry))
                        .map(InMemorySlots::holder)
                        .toList();
        return new Queue(queue(entry.request().projectId()).indexOf(row) + 1, holders);
    }

    private static String holder(Row row) {
        if (live(row).stage() instanceof Stage.Tracked tracked) {
            return tracked.jobId();
        }
        return row.outcome instanceof JobCreated created
                ? created.jobId()
                : row.opening.requestId();
    }

    /**
     * Gives what is free in a project to those who wait for it; where Atlas refused somebody, no
     * more than it was just {@code seen} to have room for.
     */
    void grant(String projectId, int seen, Instant now) {
        var isRefused = downloads(projectId).anyMatch(row -> knocks(row, WaitsFor.SLOT, now));
        var left = left(projectId);
        for (var free = isRefused ? Math.min(left, seen) : left; free > 0; free--) {
            var next = queue(projectId).stream().filter(row -> isGrantable(row, now)).findFirst();
            if (next.isEmpty()) {
                return;
            }
            var row = next.get();
            row.slot = true;
            var open = live(row);
            row.open = row.with(open, open.version() + 1, open.stage(), now, now);
        }
    }

    private boolean isGrantable(Row row, Instant now) {
        return live(row).stage() instanceof Stage.Waiting(var what, _)
                && what.isForRoom()
                && isFree(row, now);
    }

    private boolean isFree(Row row, Instant now) {
        var ofSnapshot =
                downloads(live(row).request().projectId())
                        .filter(each -> isOfTheSame(live(each), live(row)))
                        .toList();
        return heldOfSnapshot(ofSnapshot, live(row)) < quota.downloadsPerSnapshot()
                && ofSnapshot.stream().noneMatch(each -> knocks(each, WaitsFor.SNAPSHOT, now));
    }

    /** Whatever was not given away, for want of somebody who did it. */
    void grantAll(Instant now) {
        rows.values().stream()
                .flatMap(row -> Stream.ofNullable(row.open))
                .filter(entry -> snapshot(entry) != null)
                .map(entry -> entry.request().projectId())
                .distinct()
                .toList()
                .forEach(projectId -> grant(projectId, 0, now));
    }
}
