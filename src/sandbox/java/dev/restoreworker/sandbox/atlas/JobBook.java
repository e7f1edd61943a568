package dev.restoreworker.sandbox.atlas;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All jobs there are. Each belongs to the source cluster that its create call named in the path,
 * and is found under no other. A job is never forgotten, but for {@link #clear()}.
 */
final class JobBook {
    /** A page of a cluster's jobs, newest first, and how many it has in all. */
    record Page(List<RestoreJob> jobs, int total) {}

    /** What became of a wish to cancel. */
    enum Cancellation {
        CANCELLED,
        NOT_FOUND,
        NOT_A_DOWNLOAD
    }

    private record SourceCluster(String project, String name) {}

    private final InstantSource clock;
    private final Supplier<Duration> idOffset;
    private final Duration restoreTakes;
    private final Duration downloadTakes;
    private final Duration linkLives;
    private final JobIds ids = new JobIds();
    private final Map<String, RestoreJob> jobs = new LinkedHashMap<>();
    private final Map<SourceCluster, List<String>> idsOfCluster = new HashMap<>();

    /** {@code idOffset} is how far the clock that ids are made by is ahead. */
    JobBook(SimulatorOptions options, InstantSource clock, Supplier<Duration> idOffset) {
        this.clock = clock;
        this.idOffset = idOffset;
        restoreTakes = options.restoreTakes();
        downloadTakes = options.downloadTakes();
        linkLives = options.linkLives();
    }

    /** A job that a create call makes now. */
    RestoreJob create(String project, String cluster, JobOrder order, long call) {
        return create(project, cluster, order, clock.instant(), call);
    }

    /** A job that a person made, now or earlier. */
    RestoreJob makeByHand(String project, String cluster, JobOrder order, Instant createdAt) {
        return create(project, cluster, order, createdAt, 0);
    }

    private synchronized RestoreJob create(
            String project, String cluster, JobOrder order, Instant createdAt, long call) {
        var takes = order.delivery() == Delivery.DOWNLOAD ? downloadTakes : restoreTakes;
        var doneAt = createdAt.plus(takes);
        var job =
                new RestoreJob(
                        ids.next(createdAt.plus(idOffset.get())),
                        project,
                        cluster,
                        order,
                        createdAt,
                        doneAt,
                        doneAt.plus(linkLives),
                        null,
                        call);
        jobs.put(job.id(), job);
        idsOfCluster
                .computeIfAbsent(new SourceCluster(project, cluster), _ -> new ArrayList<>())
                .add(job.id());
        return job;
    }

    synchronized Optional<RestoreJob> find(String project, String cluster, String id) {
        return Optional.ofNullable(jobs.get(id))
                .filter(it -> it.project().equals(project) && it.cluster().equals(cluster));
    }

    /**
     * Page 1 is the first. A page past the end is empty. Jobs that are younger than {@code lag} are
     * left out and not counted.
     */
    synchronized Page page(
            String project, String cluster, int pageNum, int itemsPerPage, Duration lag) {
        var all = idsOfCluster.getOrDefault(new SourceCluster(project, cluster), List.of());
        var ids = lag.isZero() ? all : olderThan(lag, all);
        var page = new ArrayList<RestoreJob>();
        var newest = ids.size() - 1 - (pageNum - 1L) * itemsPerPage;
        for (var i = newest; i >= 0 && i > newest - itemsPerPage; i--) {
            page.add(known(ids.get((int) i)));
        }
        return new Page(page, ids.size());
    }

    private List<String> olderThan(Duration lag, List<String> ids) {
        var youngest = clock.instant().minus(lag);
        return ids.stream().filter(id -> !known(id).createdAt().isAfter(youngest)).toList();
    }

    /** Cancels a download. One that is already over stays as it is, and that is no error. */
    synchronized Cancellation cancel(String project, String cluster, String id) {
        var found = find(project, cluster, id);
        if (found.isEmpty()) {
            return Cancellation.NOT_FOUND;
        }
        var job = found.get();
        if (job.delivery() != Delivery.DOWNLOAD) {
            return Cancellation.NOT_A_DOWNLOAD;
        }
        var now = clock.instant();
        switch (job.stateAt(now)) {
            case PREPARING, READY -> jobs.put(id, job.cancelled(now));
            case EXPIRED, CANCELLED, RUNNING, FINISHED -> {}
        }
        return Cancellation.CANCELLED;
    }

    /** In the order of creation; null means any. */
    synchronized List<RestoreJob> jobs(@Nullable String project, @Nullable String cluster) {
        if (project != null && cluster != null) {
            return idsOfCluster
                    .getOrDefault(new SourceCluster(project, cluster), List.of())
                    .stream()
                    .map(this::known)
                    .toList();
        }
        return jobs.values().stream()
                .filter(it -> project == null || it.project().equals(project))
                .filter(it -> cluster == null || it.cluster().equals(cluster))
                .toList();
    }

    synchronized int size() {
        return jobs.size();
    }

    synchronized void clear() {
        jobs.clear();
        idsOfCluster.clear();
    }

    Instant now() {
        return clock.instant();
    }

    private RestoreJob known(String id) {
        var job = jobs.get(id);
        if (job == null) {
            throw new IllegalStateException("The index names a job that is not in the book: " + id);
        }
        return job;
    }
}
