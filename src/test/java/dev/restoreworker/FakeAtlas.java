package dev.restoreworker;

import dev.restoreworker.core.ListedJob;
import dev.restoreworker.core.RestoreRequest;
import dev.restoreworker.core.SourceCluster;
import dev.restoreworker.core.SubmitReply;
import dev.restoreworker.core.SubmitReply.NotNow;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Atlas as the worker sees it: it passes the last check, and answers as it is told. */
final class FakeAtlas implements AtlasBackups {

    /** The requests whose call went out, in order. */
    final List<String> sent = new ArrayList<>();

    boolean ready = true;
    Readiness readiness;
    Runnable beforeSend = () -> {};
    Function<RestoreRequest, SubmitReply> answer = this::created;

    /** What is listed, whichever cluster is asked about. */
    final List<ListedJob> jobs = new ArrayList<>();

    /** Whether the request's source is proven, and how often that was asked for. */
    Proof proof = new Proof.Known(true);

    int proofs;

    /** Why nothing can be listed; null while something can. */
    @Nullable NotNow blind;

    /** The jobs that were to be cancelled, and what comes of each wish. */
    final List<String> cancelled = new ArrayList<>();

    Supplier<Cancellation> cancellation = Cancellation.Cancelled::new;

    Runnable beforePrepare = () -> {};
    Runnable beforeLook = () -> {};
    int looks;

    /** What each look asked for. */
    final List<Instant> lookedSince = new ArrayList<>();

    private final InstantSource clock;

    FakeAtlas(InstantSource clock) {
        this.clock = clock;
        this.readiness = new Readiness.Ready(clock.instant());
    }

    SubmitReply created(RestoreRequest request) {
        var jobId = "%08x%016x".formatted(clock.instant().getEpochSecond(), sent.size());
        return new SubmitReply.Created(jobId, clock.instant(), "https://atlas/" + jobId);
    }

    /** Lists a new job of what is asked for. */
    ListedJob makes(RestoreRequest request) {
        var content = request.content();
        var id = "%08xffff%012x".formatted(clock.instant().getEpochSecond(), jobs.size());
        var job =
                new ListedJob(
                        id,
                        "https://atlas/" + id,
                        content.deliveryType(),
                        content.snapshotId(),
                        content.targetProjectId(),
                        content.targetClusterName(),
                        null,
                        null,
                        null);
        jobs.add(job);
        return job;
    }

    @Override
    public Optional<Instant> ready(String projectId) {
        return ready ? Optional.of(clock.instant()) : Optional.empty();
    }

    @Override
    public Optional<NotNow> obstacle(String projectId) {
        return Optional.empty();
    }

    @Override
    public Readiness prepare(RestoreRequest request) {
        beforePrepare.run();
        return readiness;
    }

    @Override
    public Listing jobs(SourceCluster cluster, Instant since) {
        looks++;
        lookedSince.add(since);
        beforeLook.run();
        return blind == null ? new Listing.Listed(List.copyOf(jobs)) : new Listing.Unseen(blind);
    }

    @Override
    public Proof proveSource(RestoreRequest request) {
        proofs++;
        return proof;
    }

    @Override
    public Cancellation cancel(RestoreRequest request, String jobId) {
        cancelled.add(jobId);
        return cancellation.get();
    }

    @Override
    public SubmitReply submit(RestoreRequest request, LastCheck lastCheck) {
        beforeSend.run();
        Optional<NotNow> objection = lastCheck.objection();
        if (objection.isPresent()) {
            return objection.get();
        }
        sent.add(request.id());
        return answer.apply(request);
    }
}
