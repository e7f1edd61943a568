package dev.restoreworker.sandbox.atlas;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
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
    private final SimulatorOptions.Lifecycle lifecycle;
    private final JobIds ids = new JobIds();
    private final Map<String, RestoreJob> jobs = new LinkedHashMap<>();
    private final Map<SourceCluster, List<String>> idsOfCluster = new HashMap<>();
    private final Room room = new Room(this::known);
    private Limits limits;

    /** {@code idOffset} is how far the clock that ids are made by is ahead. */
    JobBook(SimulatorOptions options, InstantSource clock, Supplier<Duration> idOffset) {
        this.clock = clock;
        this.idOffset = idOffset;
        lifecycle = options.lifecycle();
        limits = options.limits();
    }

    /** A job that a create call makes now. Throws what Atlas refuses it with. */
    synchronized RestoreJob create(String project, String cluster, JobOrder order, long call) {
        var now = clock.instant();
        if (limits.enforced()) {
            room.require(project, order, limits, now);
        }
        return create(project, cluster, order, now, call);
    }

    /** A job that a person made, now or earlier: it is never refused. */
    RestoreJob makeByHand(String project, String cluster, JobOrder order, Instant createdAt) {
        return create(project, cluster, order, createdAt, 0);
    }

    private synchronized RestoreJob create(
            String project, String cluster, JobOrder order, Instant createdAt, long call) {
        var isDownload = order.delivery() == Delivery.DOWNLOAD;
        var doneAt =
                createdAt.plus(isDownload ? lifecycle.downloadTakes() : lifecycle.restoreTakes());
        var job =
                new RestoreJob(
                        ids.next(createdAt.plus(idOffset.get())),
                        project,
                        cluster,
                        order,
                        createdAt,
                        doneAt,
                        doneAt.plus(lifecycle.linkLives()),
                        null,
                        isDownload ? fetched(doneAt) : null,
                        call);
        jobs.put(job.id(), job);
        room.add(job);
        idsOfCluster
                .computeIfAbsent(new SourceCluster(project, cluster), _ -> new ArrayList<>())
                .add(job.id());
        return job;
    }

    /** When a client fetches a download that gets ready then; null if none does in time. */
    private RestoreJob.@Nullable End fetched(Instant readyAt) {
        var after = lifecycle.linkUsedAfter();
        return after == null || after.compareTo(lifecycle.linkLives()) >= 0
                ? null
                : new RestoreJob.End(JobState.FETCHED, readyAt.plus(after));
    }

    synchronized Limits limits() {
        return limits;
    }

    synchronized void limit(Limits to) {
        limits = to;
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
            case PREPARING, READY, INTERRUPTED -> jobs.put(id, job.ended(JobState.CANCELLED, now));
            case FETCHED, EXPIRED, CANCELLED, FAILED, RUNNING, FINISHED -> {}
        }
        return Cancellation.CANCELLED;
    }

    /**
     * Puts another in a job's place. Throws {@link NoSuchElementException} if there is none of that
     * id, and {@link IllegalStateException} if its state is none of those.
     */
    synchronized RestoreJob change(
            String id, Set<JobState> from, BiFunction<RestoreJob, Instant, RestoreJob> change) {
        var job = jobs.get(id);
        if (job == null) {
            throw new NoSuchElementException("There is no job " + id + ".");
        }
        var now = clock.instant();
        if (!from.contains(job.stateAt(now))) {
            throw new IllegalStateException(
                    "Job %s is %s, and would have to be one of %s."
                            .formatted(id, job.stateAt(now), from));
        }
        var changed = change.apply(job, now);
        jobs.put(id, changed);
        return changed;
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
        room.clear();
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
