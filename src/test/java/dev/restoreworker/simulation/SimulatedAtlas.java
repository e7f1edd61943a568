package dev.restoreworker.simulation;

import dev.restoreworker.core.Content;
import dev.restoreworker.core.Delivery;
import dev.restoreworker.core.JobProgress;
import dev.restoreworker.core.JobProgress.State;
import dev.restoreworker.core.ListedJob;
import dev.restoreworker.core.Outcome.AtlasError;
import dev.restoreworker.core.Outcome.Reason;
import dev.restoreworker.core.RestoreRequest;
import dev.restoreworker.core.SourceCluster;
import dev.restoreworker.core.SubmitReply;
import dev.restoreworker.core.SubmitReply.NotNow;
import dev.restoreworker.core.WaitsFor;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Atlas and its books: what it really did, which is what promises are held to. */
final class SimulatedAtlas {

    /** Who makes jobs by hand. */
    static final String PERSON = "a person";

    private static final String LINK = "https://atlas/";
    private static final Duration LINK_LIVES = Duration.ofMinutes(2);
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
                    .withZone(ZoneOffset.UTC);

    /**
     * A job: {@code by} is the request whose create call made it, and {@code content} what that
     * asked for.
     */
    record Job(
            ListedJob listed,
            String by,
            Content content,
            Instant madeAt,
            Instant listedFrom,
            Instant liveUntil,
            boolean cancelled) {

        Job cancelledAt(Instant time) {
            return new Job(listed, by, content, madeAt, listedFrom, time, true);
        }
    }

    private final World world;
    private final Duration ahead;
    private final List<Job> jobs = new ArrayList<>();

    SimulatedAtlas(World world) {
        this.world = world;
        this.ahead = world.chance().around(Duration.ofMinutes(5));
    }

    List<Job> jobs() {
        return jobs;
    }

    List<Job> jobsOf(String requestId) {
        return jobs.stream().filter(job -> job.by().equals(requestId)).toList();
    }

    /** The {@code Date} of an answer: Atlas' clock, to the second. */
    String date() {
        return DATE.format(clock());
    }

    private Instant clock() {
        return world.now().plus(ahead);
    }

    /** Carries a create call out, or not, and says so to whoever still listens. */
    SubmitReply create(RestoreRequest request) {
        var chance = world.chance();
        if (world.profile().refusals() && world.hasTrouble() && chance.oneIn(4)) {
            return refusal(chance);
        }
        if (world.profile().enforced() && isBusy(request)) {
            world.saw(Situation.BUSY);
            return request.delivery() instanceof Delivery.Download
                    ? notNow(WaitsFor.SNAPSHOT, "CANNOT_DOWNLOAD_SNAPSHOT_CONCURRENTLY")
                    : notNow(WaitsFor.TARGET, "ATLAS_CLUSTER_RESTORE_IN_PROGRESS");
        }
        var job = make(request, request.id());
        return new SubmitReply.Created(
                job.listed().id(), job.listed().createdAt(), job.listed().link());
    }

    private SubmitReply refusal(Chance chance) {
        return switch (chance.between(1, 4)) {
            case 1 ->
                    new SubmitReply.Refused(
                            Reason.REFUSED_BY_ATLAS, new AtlasError(400, "NO_SUCH_THING", "no"));
            case 2 -> {
                world.saw(Situation.RATE_LIMITED);
                yield notNow(WaitsFor.RATE, "RATE_LIMITED");
            }
            default -> {
                world.saw(Situation.QUOTA_FULL);
                yield notNow(WaitsFor.SLOT, "TOO_MANY_SNAPSHOT_DOWNLOADS");
            }
        };
    }

    private static NotNow notNow(WaitsFor waitsFor, String code) {
        return new NotNow(
                waitsFor,
                waitsFor.atTheEnd(),
                Duration.ofSeconds(3),
                code,
                new AtlasError(409, code, code));
    }

    private boolean isBusy(RestoreRequest request) {
        return jobs.stream()
                .filter(job -> job.liveUntil().isAfter(world.now()))
                .anyMatch(job -> isOnTheSame(job.content(), request.content()));
    }

    private static boolean isOnTheSame(Content one, Content other) {
        return one.targetClusterName() == null
                ? one.equals(other)
                : one.targetClusterName().equals(other.targetClusterName());
    }

    /** Makes a job of what is asked for. */
    Job make(RestoreRequest request, String by) {
        var chance = world.chance();
        var id = "%08x%016x".formatted(clock().getEpochSecond(), jobs.size());
        var omitted = world.profile().missing() && chance.oneIn(2);
        var job =
                new Job(
                        listed(id, request, omitted),
                        by,
                        request.content(),
                        world.now(),
                        world.now().plus(chance.between(Duration.ZERO, world.profile().lag())),
                        world.now()
                                .plus(
                                        chance.spread(
                                                Duration.ofSeconds(30), Duration.ofMinutes(30))),
                        false);
        if (omitted && by.equals(request.id())) {
            world.saw(Situation.FIELD_MISSING);
        }
        jobs.add(job);
        world.note("Atlas makes job %s for %s", id, by);
        world.promises().onJob(job);
        return job;
    }

    /** With {@code omitted} it leaves out what only it knows to be equal. */
    private static ListedJob listed(String id, RestoreRequest request, boolean omitted) {
        var content = request.content();
        var time = request.delivery() instanceof Delivery.PointInTime(var asked, _) ? asked : null;
        return new ListedJob(
                id,
                LINK + id,
                content.deliveryType(),
                omitted && time == null ? null : content.snapshotId(),
                content.targetProjectId(),
                content.targetClusterName(),
                time instanceof Delivery.Time.Oplog(var seconds, _) && !omitted ? seconds : null,
                time instanceof Delivery.Time.Oplog(_, var increment) ? increment : null,
                time instanceof Delivery.Time.UtcSeconds(var seconds) && !omitted ? seconds : null);
    }

    /** What it lists now under a cluster: of no snapshot, where that is the source of none. */
    List<ListedJob> list(SourceCluster cluster, Instant since) {
        var found = jobs.stream().filter(job -> !isElsewhere(job, cluster)).toList();
        if (found.stream().anyMatch(job -> !job.by().equals(PERSON) && isLate(job))) {
            world.saw(Situation.LOOK_MISSED_A_JOB);
        }
        return found.stream()
                .filter(job -> !isLate(job) && !job.listed().createdAt().isBefore(since))
                .map(this::asItIs)
                .toList();
    }

    private boolean isElsewhere(Job job, SourceCluster cluster) {
        return world.profile().wrongSource()
                && job.content().snapshotId() != null
                && cluster.clusterName().equals(Wishes.WRONG_CLUSTER);
    }

    private boolean isLate(Job job) {
        return job.listedFrom().isAfter(world.now());
    }

    /** One that is over, or is not there, needs nothing. */
    void cancel(String jobId) {
        jobs.replaceAll(
                job ->
                        job.listed().id().equals(jobId) && job.liveUntil().isAfter(world.now())
                                ? job.cancelledAt(world.now())
                                : job);
    }

    private ListedJob asItIs(Job job) {
        var now = world.now();
        if (job.cancelled()) {
            var endedAt = job.liveUntil().plus(ahead);
            return job.listed().with(new JobProgress(State.CANCELLED, endedAt, null));
        }
        var isDownload = job.content().targetClusterName() == null;
        var readyAt = job.liveUntil().minus(LINK_LIVES);
        if (isDownload ? readyAt.isAfter(now) : job.liveUntil().isAfter(now)) {
            return job.listed();
        }
        var until = job.liveUntil().plus(ahead);
        if (!isDownload) {
            return job.listed().with(new JobProgress(State.COMPLETED, until, null));
        }
        var state = job.liveUntil().isAfter(now) ? State.READY : State.EXPIRED;
        return job.listed().with(new JobProgress(state, null, until));
    }

    /** Such a job is made all the same, and stands in the list of its true source. */
    boolean isWrongSource(RestoreRequest request) {
        return world.profile().wrongSource()
                && request.delivery().snapshot().isPresent()
                && request.clusterName().equals(Wishes.WRONG_CLUSTER);
    }
}
