package dev.restoreworker;

import dev.restoreworker.InMemoryLedger.Row;
import dev.restoreworker.core.Delivery;
import dev.restoreworker.core.LedgerEntry;
import dev.restoreworker.core.LedgerEntry.Queue;
import dev.restoreworker.core.LedgerEntry.Stage;
import dev.restoreworker.core.Outcome.JobCreated;
import dev.restoreworker.core.Quota;
import dev.restoreworker.core.WaitsFor;
import java.time.Instant;
import java.util.Comparator;
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
    private final Quota quota;

    InMemorySlots(Map<String, Row> rows, Quota quota) {
        this.rows = rows;
        this.quota = quota;
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
        var others = downloads(entry).filter(each -> each != row).toList();
        var ofSnapshot = others.stream().filter(each -> isOfTheSame(live(each), entry)).toList();
        if (held(ofSnapshot) >= quota.downloadsPerSnapshot()
                || ofSnapshot.stream().anyMatch(each -> knocks(each, WaitsFor.SNAPSHOT, now))) {
            return Optional.of(WaitsFor.SNAPSHOT);
        }
        if (held(others) >= quota.downloadsPerProject(entry.request().projectId())
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

    private Stream<Row> downloads(LedgerEntry entry) {
        return rows.values().stream()
                .filter(row -> row.open != null && snapshot(row.open) != null)
                .filter(row -> live(row).request().projectId().equals(entry.request().projectId()));
    }

    private static LedgerEntry live(Row row) {
        return Optional.ofNullable(row.open).orElseThrow();
    }

    private static boolean isQueued(Row row) {
        return !row.slot && live(row).stage() instanceof Stage.Waiting;
    }

    private List<Row> queue(LedgerEntry entry) {
        return downloads(entry).filter(InMemorySlots::isQueued).sorted(BY_PRIORITY).toList();
    }

    /** Where it stands; null if it has a slot or needs none. */
    @Nullable Queue place(Row row, LedgerEntry entry) {
        if (snapshot(entry) == null
                || row.slot
                || !(entry.stage() instanceof Stage.Waiting(var waitsFor, _))) {
            return null;
        }
        var holders =
                downloads(entry)
                        .filter(each -> each.slot)
                        .filter(each -> waitsFor == WaitsFor.SLOT || isOfTheSame(live(each), entry))
                        .map(InMemorySlots::holder)
                        .toList();
        return new Queue(queue(entry).indexOf(row) + 1, holders);
    }

    private static String holder(Row row) {
        if (live(row).stage() instanceof Stage.Tracked tracked) {
            return tracked.jobId();
        }
        return row.outcome instanceof JobCreated created
                ? created.jobId()
                : row.opening.requestId();
    }

    /** Gives what is free in the project of this entry to those who wait for it. */
    void grant(LedgerEntry entry, Instant now) {
        for (var next = next(entry, now); next.isPresent(); next = next(entry, now)) {
            var row = next.get();
            row.slot = true;
            var open = live(row);
            row.open = row.with(open, open.version() + 1, open.stage(), now, now);
        }
    }

    private Optional<Row> next(LedgerEntry entry, Instant now) {
        var full =
                held(downloads(entry).toList())
                                >= quota.downloadsPerProject(entry.request().projectId())
                        || downloads(entry).anyMatch(row -> knocks(row, WaitsFor.SLOT, now));
        return full
                ? Optional.empty()
                : queue(entry).stream()
                        .filter(
                                row ->
                                        live(row).stage() instanceof Stage.Waiting(var what, _)
                                                && what.isForRoom())
                        .filter(row -> !knocks(row, WaitsFor.SLOT, now))
                        .filter(row -> isFree(row, now))
                        .findFirst();
    }

    private boolean isFree(Row row, Instant now) {
        var ofSnapshot =
                downloads(live(row)).filter(each -> isOfTheSame(live(each), live(row))).toList();
        return held(ofSnapshot) < quota.downloadsPerSnapshot()
                && ofSnapshot.stream().noneMatch(each -> knocks(each, WaitsFor.SNAPSHOT, now));
    }

    /** Whatever was not given away, for want of somebody who did it. */
    void grantAll(Instant now) {
        rows.values().stream()
                .flatMap(row -> Stream.ofNullable(row.open))
                .filter(entry -> snapshot(entry) != null)
                .toList()
                .forEach(entry -> grant(entry, now));
    }
}
