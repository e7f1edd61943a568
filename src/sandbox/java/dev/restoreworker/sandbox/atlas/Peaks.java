package dev.restoreworker.sandbox.atlas;

import static java.util.stream.Collectors.groupingBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The most jobs that there ever were at one instant, from the creation of each until it was over:
 * live downloads of a project, and of a snapshot in a project, and restores that ran onto a target
 * cluster. Worked out from the times of the jobs, so that nothing between two looks is missed.
 *
 * @param projects by project
 * @param snapshots by {@code project/snapshot}
 * @param targets by {@code project/cluster}
 */
public record Peaks(
        Map<String, Peak> projects, Map<String, Peak> snapshots, Map<String, Peak> targets) {
    /**
     * @param all of whoever made them
     * @param byCalls counts those alone that calls of the API made
     */
    public record Peak(int all, int byCalls) {
        static final Peak NONE = new Peak(0, 0);
    }

    static Peaks of(List<RestoreJob> jobs) {
        return new Peaks(
                peaks(downloads(jobs), RestoreJob::project),
                peaks(downloads(jobs), it -> it.project() + "/" + it.order().snapshotId()),
                peaks(
                        jobs.stream().filter(it -> it.order().target().isPresent()),
                        it -> it.order().target().orElseThrow()));
    }

    public Peak ofProject(String project) {
        return projects.getOrDefault(project, Peak.NONE);
    }

    public Peak ofSnapshot(String project, String snapshot) {
        return snapshots.getOrDefault(project + "/" + snapshot, Peak.NONE);
    }

    public Peak ofTarget(String project, String cluster) {
        return targets.getOrDefault(project + "/" + cluster, Peak.NONE);
    }

    private static Stream<RestoreJob> downloads(List<RestoreJob> jobs) {
        return jobs.stream().filter(it -> it.delivery() == Delivery.DOWNLOAD);
    }

    private static Map<String, Peak> peaks(
            Stream<RestoreJob> jobs, Function<RestoreJob, String> of) {
        var peaks = new TreeMap<String, Peak>();
        jobs.collect(groupingBy(of))
                .forEach(
                        (key, its) ->
                                peaks.put(
                                        key,
                                        new Peak(
                                                most(its.stream()),
                                                most(its.stream().filter(RestoreJob::byCall)))));
        return peaks;
    }

    /**
     * As many intervals are open at a start as began by then and have not ended; one that ends
     * where another begins makes room for it.
     */
    private static int most(Stream<RestoreJob> jobs) {
        var some = jobs.filter(it -> it.createdAt().isBefore(it.overAt())).toList();
        var starts = sorted(some, RestoreJob::createdAt);
        var ends = sorted(some, RestoreJob::overAt);
        var ended = 0;
        var most = 0;
        for (var begun = 1; begun <= starts.size(); begun++) {
            while (!ends.get(ended).isAfter(starts.get(begun - 1))) {
                ended++;
            }
            most = Math.max(most, begun - ended);
        }
        return most;
    }

    private static List<Instant> sorted(List<RestoreJob> jobs, Function<RestoreJob, Instant> time) {
        return jobs.stream().map(time).sorted().toList();
    }
}
