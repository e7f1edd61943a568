package dev.restoreworker;

import dev.restoreworker.InMemoryLedger.Row;
import dev.restoreworker.Ledger.Watch;
import dev.restoreworker.core.LedgerEntry;
import dev.restoreworker.core.LedgerEntry.Stage;
import dev.restoreworker.core.SourceCluster;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** The clusters whose jobs are listed. */
final class InMemoryWatches {

    private record Watched(long version, Instant dueAt) {

        Watched with(Instant at) {
            return new Watched(version, at);
        }

        Watched next(Instant at) {
            return new Watched(version + 1, at);
        }
    }

    private final Map<String, Row> rows;
    private final InMemorySlots slots;
    private final Map<SourceCluster, Watched> watches = new HashMap<>();

    InMemoryWatches(Map<String, Row> rows, InMemorySlots slots) {
        this.rows = rows;
        this.slots = slots;
    }

    /** The clusters of a project that requests are about are listed soon. */
    void lookAround(String projectId, Instant now) {
        rows.values().stream()
                .flatMap(row -> Stream.ofNullable(row.open))
                .map(entry -> entry.request().source())
                .filter(cluster -> cluster.projectId().equals(projectId))
                .distinct()
                .forEach(cluster -> add(cluster, now));
    }

    void add(SourceCluster cluster, Instant soonest) {
        watches.merge(
                cluster,
                new Watched(1, soonest),
                (known, _) -> known.next(earlier(known.dueAt(), soonest)));
    }

    List<Watch> claim(int max, Duration hold, Instant now) {
        var due =
                watches.entrySet().stream()
                        .filter(each -> !now.isBefore(each.getValue().dueAt()))
                        .sorted(Comparator.comparing(each -> each.getValue().dueAt()))
                        .limit(max)
                        .map(Map.Entry::getKey)
                        .toList();
        due.forEach(cluster -> watches.computeIfPresent(cluster, (_, w) -> w.next(now.plus(hold))));
        return due.stream()
                .map(
                        cluster ->
                                new Watch(
                                        cluster,
                                        version(cluster),
                                        tracked(cluster, now),
                                        slots.hasForeign(cluster),
                                        slots.isWaitedFor(cluster.projectId())))
                .toList();
    }

    Optional<Instant> next() {
        return watches.values().stream().map(Watched::dueAt).min(Instant::compareTo);
    }

    private long version(SourceCluster cluster) {
        return Objects.requireNonNull(watches.get(cluster)).version();
    }

    private List<LedgerEntry> tracked(SourceCluster cluster, Instant now) {
        return rows.values().stream()
                .filter(row -> row.open != null && row.open.stage() instanceof Stage.Tracked)
                .map(row -> row.entry(Objects.requireNonNull(row.open), now).with(List.of()))
                .filter(entry -> entry.request().source().equals(cluster))
                .toList();
    }

    void rest(Watch watch, Instant soonest) {
        watches.computeIfPresent(
                watch.cluster(),
                (cluster, known) -> {
                    var isSame = known.version() == watch.version();
                    var isNeeded =
                            slots.hasForeign(cluster) && slots.isWaitedFor(cluster.projectId());
                    if (isSame && tracked(cluster, soonest).isEmpty() && !isNeeded) {
                        slots.forget(cluster);
                        return null;
                    }
                    return known.with(isSame ? soonest : earlier(known.dueAt(), soonest));
                });
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }
}
