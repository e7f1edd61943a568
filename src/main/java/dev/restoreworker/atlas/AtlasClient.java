package dev.restoreworker.atlas;

import dev.restoreworker.AtlasBackups;
import dev.restoreworker.AtlasConfig;
import dev.restoreworker.atlas.Pauses.Asker;
import dev.restoreworker.atlas.Pauses.Caller;
import dev.restoreworker.atlas.Pauses.Kind;
import dev.restoreworker.atlas.SignedCalls.Leg;
import dev.restoreworker.core.RestoreRequest;
import dev.restoreworker.core.SourceCluster;
import dev.restoreworker.core.SubmitReply;
import dev.restoreworker.core.SubmitReply.NotNow;
import dev.restoreworker.core.SubmitReply.Unknown;
import dev.restoreworker.core.WaitsFor;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Asks Atlas, and says what is known afterwards. What Atlas refused lately for more than one
 * request is not asked for again before its time ({@link Pauses}).
 */
@ApplicationScoped
class AtlasClient implements AtlasBackups {

    private static final NotNow INTERRUPTED =
            NotNow.notSent(WaitsFor.ATLAS, "this worker was interrupted");

    private final AtlasConnection connection;
    private final SignedCalls calls;
    private final AtlasRequests requests;
    private final Credentials credentials;
    private final Pauses pauses;
    private final AtlasClock atlasClock;
    private final InstantSource clock;
    private final Duration nonceReuse;
    private final SharedLists lists = new SharedLists(this::list);

    /**
     * @throws IllegalArgumentException naming the setting that is wrong
     */
    AtlasClient(
            AtlasConnection connection,
            AtlasConfig config,
            Pauses pauses,
            AtlasClock atlasClock,
            InstantSource clock) {
        this.connection = connection;
        this.calls = new SignedCalls(connection, clock, config.timeout());
        this.requests = new AtlasRequests(config.url(), config.api());
        this.credentials = new Credentials(config.credentials());
        this.pauses = pauses;
        this.atlasClock = atlasClock;
        this.clock = clock;
        this.nonceReuse = config.nonceReuse();
    }

    @Override
    public Optional<Instant> ready(String projectId) {
        return credentials
                .serving(projectId)
                .filter(credential -> !pauses.concern(credential.name(), projectId))
                .filter(_ -> !connection.leavesCreatesAlone())
                .flatMap(this::ready);
    }

    /** While Atlas' time is known from slow answers alone, another read may tell it better. */
    private Optional<Instant> ready(Credential credential) {
        return isReady(credential) ? atlasClock.closely(nonceReuse) : Optional.empty();
    }

    private Optional<Instant> readyAfterRead(Credential credential) {
        return isReady(credential) ? atlasClock.earliest(nonceReuse) : Optional.empty();
    }

    private boolean isReady(Credential credential) {
        return credential.auth().fresh(clock.instant(), nonceReuse)
                && atlasClock.objection().isEmpty();
    }

    @Override
    public Optional<NotNow> obstacle(String projectId) {
        var credential = credentials.serving(projectId);
        if (credential.isEmpty()) {
            return Optional.of(noCredential(projectId));
        }
        var caller = new Caller(new Asker("", false), credential.get().name(), projectId, null);
        return atlasClock
                .objection()
                .or(this::leftAlone)
                .or(() -> pauses.stop(caller, Kind.CREATE));
    }

    @Override
    public Readiness prepare(RestoreRequest request) {
        var credential = credentials.serving(request.projectId());
        return credential.isEmpty()
                ? new Readiness.Unready(noCredential(request.projectId()))
                : prepare(request, credential.get());
    }

    private Readiness prepare(RestoreRequest request, Credential credential) {
        var caller = caller(request, credential);
        var obstacle =
                atlasClock
                        .objectionForNow()
                        .or(this::leftAlone)
                        .or(() -> pauses.enter(caller, Kind.CREATE));
        if (obstacle.isPresent()) {
            return new Readiness.Unready(obstacle.get());
        }
        try {
            return credential.prepare(
                    () -> known(credential, caller), () -> read(request, credential, caller));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new Readiness.Unready(INTERRUPTED);
        }
    }

    /** No intent is written down for a call that the breaker would not let out. */
    private Optional<NotNow> leftAlone() {
        return connection.leavesCreatesAlone()
                ? Optional.of(NotNow.notSent(WaitsFor.ATLAS, AtlasConnection.LEFT_ALONE))
                : Optional.empty();
    }

    /** What needs no read to be known. */
    private Optional<Readiness> known(Credential credential, Caller caller) {
        return pauses.stop(caller, Kind.CREATE)
                .<Readiness>map(Readiness.Unready::new)
                .or(() -> ready(credential).map(Readiness.Ready::new));
    }

    private Readiness read(RestoreRequest request, Credential credential, Caller caller) {
        return switch (calls.sendUnsigned(
                requests.newestJob(request.source()), credential.auth())) {
            case Leg.NotSent(var why) -> new Readiness.Unready(why);
            case Leg.NoAnswer(var cause) ->
                    new Readiness.Unready(
                            NotNow.notSent(
                                    WaitsFor.ATLAS, "Atlas did not answer a read: " + cause));
            case Leg.Answered(var answer) -> readiness(credential, caller, answer);
        };
    }

    private Readiness readiness(Credential credential, Caller caller, Answer answer) {
        if (AtlasReplies.isLetIn(answer)) {
            pauses.letIn(caller, Kind.READ);
        }
        return AtlasReplies.obstacle(answer)
                .map(said -> pauses.refused(caller, Kind.READ, answer, said))
                .or(atlasClock::objection)
                .<Readiness>map(Readiness.Unready::new)
                .or(() -> readyAfterRead(credential).map(Readiness.Ready::new))
                .orElseGet(
                        () ->
                                new Readiness.Unready(
                                        NotNow.notSent(
                                                WaitsFor.ATLAS,
                                                "what answers at atlas.url asks for no signature,"
                                                        + " or does not say what time it is")));
    }

    @Override
    public SubmitReply submit(RestoreRequest request, LastCheck lastCheck) {
        var credential = credentials.serving(request.projectId());
        return credential.isEmpty()
                ? noCredential(request.projectId())
                : submit(request, lastCheck, credential.get());
    }

    private SubmitReply submit(RestoreRequest request, LastCheck lastCheck, Credential credential) {
        var caller = caller(request, credential);
        LastCheck check =
                () ->
                        lastCheck
                                .objection()
                                .or(atlasClock::objection)
                                .or(() -> pauses.stop(caller, Kind.CREATE));
        return switch (calls.send(requests.create(request), check, credential.auth())) {
            case Leg.Answered(var answer) -> {
                if (AtlasReplies.isLetIn(answer)) {
                    pauses.letIn(caller, Kind.CREATE);
                }
                var reply = AtlasReplies.submitReply(answer, requests.jobsUrl(request.source()));
                yield reply instanceof NotNow said
                        ? pauses.refused(caller, Kind.CREATE, answer, said)
                        : reply;
            }
            case Leg.NotSent(var why) -> why;
            case Leg.NoAnswer(var cause) -> new Unknown(cause);
        };
    }

    @Override
    public Listing jobs(SourceCluster cluster, Instant since) {
        try {
            return lists.jobs(cluster, since);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new Listing.Unseen(INTERRUPTED);
        }
    }

    private Listing list(SourceCluster cluster, Instant since) {
        var credential = credentials.serving(cluster.projectId());
        return credential.isEmpty()
                ? new Listing.Unseen(noCredential(cluster.projectId()))
                : reading(Caller.ofList(cluster, credential.get().name()), credential.get())
                        .jobs(cluster, since);
    }

    @Override
    public Proof proveSource(RestoreRequest request) {
        var snapshot = request.delivery().snapshot();
        var credential = credentials.serving(request.projectId());
        if (snapshot.isEmpty()) {
            return new Proof.Known(true);
        }
        return credential.isEmpty()
                ? new Proof.Unseen(noCredential(request.projectId()))
                : reading(caller(request, credential.get()), credential.get())
                        .source(request, snapshot.get());
    }

    @Override
    public Cancellation cancel(RestoreRequest request, String jobId) {
        var credential = credentials.serving(request.projectId());
        return credential.isEmpty()
                ? new Cancellation.NotCancelled(noCredential(request.projectId()))
                : reading(caller(request, credential.get()), credential.get())
                        .cancel(request, jobId);
    }

    private Reading reading(Caller caller, Credential credential) {
        return new Reading(caller, credential.auth(), calls, requests, pauses);
    }

    private static Caller caller(RestoreRequest request, Credential credential) {
        return Caller.of(request, credential.name());
    }

    private static NotNow noCredential(String projectId) {
        return NotNow.notSent(
                WaitsFor.CREDENTIAL,
                "no credential serves project %s: add it to atlas.credentials.NAME.projects, or add a credential named default"
                        .formatted(projectId));
    }
}
