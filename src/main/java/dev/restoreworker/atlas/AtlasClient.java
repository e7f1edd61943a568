package dev.restoreworker.atlas;

import dev.restoreworker.AtlasBackups;
import dev.restoreworker.AtlasConfig;
import dev.restoreworker.atlas.AtlasHttp.Exchanged;
import dev.restoreworker.core.ListedJob;
import dev.restoreworker.core.RestoreRequest;
import dev.restoreworker.core.SubmitReply;
import dev.restoreworker.core.SubmitReply.NotNow;
import dev.restoreworker.core.SubmitReply.Unknown;
import dev.restoreworker.core.WaitsFor;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Optional;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;

/**
 * Asks Atlas, and says what is known afterwards.
 *
 * <p>A create call has at most two legs: the second is signed with what the first one's 401 said,
 * which proves that the first was not carried out. Both, and what is tried again, end by one
 * deadline.
 */
@ApplicationScoped
class AtlasClient implements AtlasBackups {

    /** What came of one leg. */
    private sealed interface Leg {

        record Answered(Answer answer) implements Leg {}

        /** Nothing was written. */
        record NotSent(NotNow why) implements Leg {}

        record NoAnswer(String cause) implements Leg {}
    }

    /** Ends a look early; it never leaves this class. */
    private static final class UnseenException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient NotNow why;

        UnseenException(NotNow why) {
            super(why.detail());
            this.why = why;
        }

        NotNow why() {
            return why;
        }
    }

    private static final int PAGES_MAX = 100;
    private static final int JOBS_MAX = PAGES_MAX * AtlasRequests.ITEMS_PER_PAGE;

    private static final LastCheck NO_CHECK = Optional::empty;

    private final AtlasConnection connection;
    private final AtlasRequests requests;
    private final Credentials credentials;
    private final AtlasClock atlasClock;
    private final InstantSource clock;
    private final Duration timeout;
    private final Duration nonceReuse;

    /**
     * @throws IllegalArgumentException naming the setting that is wrong
     */
    AtlasClient(
            AtlasConnection connection,
            AtlasConfig config,
            AtlasClock atlasClock,
            InstantSource clock) {
        this.connection = connection;
        this.requests = new AtlasRequests(config.url(), config.api());
        this.credentials = new Credentials(config.credentials());
        this.atlasClock = atlasClock;
        this.clock = clock;
        this.timeout = config.timeout();
        this.nonceReuse = config.nonceReuse();
    }

    @Override
    public Optional<Instant> ready(String projectId) {
        return credentials.serving(projectId).flatMap(this::ready);
    }

    private Optional<Instant> ready(Credential credential) {
        return credential.auth().fresh(clock.instant(), nonceReuse)
                ? atlasClock.earliest(nonceReuse)
                : Optional.empty();
    }

    @Override
    public Readiness prepare(RestoreRequest request) {
        var credential = credentials.serving(request.projectId());
        return credential.isEmpty()
                ? new Readiness.Unready(noCredential(request))
                : prepare(request, credential.get());
    }

    private Readiness prepare(RestoreRequest request, Credential credential) {
        var call = requests.newestJob(request);
        try {
            return credential.prepare(
                    () -> ready(credential).map(Readiness.Ready::new),
                    () -> read(call, credential));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new Readiness.Unready(
                    NotNow.notSent(WaitsFor.ATLAS, "this worker was interrupted"));
        }
    }

    /** The first leg is unsigned, so that what it brings to sign with is new. */
    private Readiness read(Call call, Credential credential) {
        var deadline = Deadline.in(timeout);
        var auth = credential.auth();
        var leg = run(new Send(call, NO_CHECK, null, deadline));
        if (leg instanceof Leg.Answered(var answer)
                && answer.status() == 401
                && auth.accept(answer.headers().challenges(), null, clock.instant())) {
            var signed = new Send(call, NO_CHECK, auth, deadline);
            leg = run(signed);
            judge(auth, signed, leg);
        }
        return switch (leg) {
            case Leg.NotSent(var why) -> new Readiness.Unready(why);
            case Leg.NoAnswer(var cause) ->
                    new Readiness.Unready(
                            NotNow.notSent(
                                    WaitsFor.ATLAS, "Atlas did not answer a read: " + cause));
            case Leg.Answered(var answer) -> readiness(credential, answer);
        };
    }

    private Readiness readiness(Credential credential, Answer answer) {
        return AtlasReplies.obstacle(answer)
                .<Readiness>map(Readiness.Unready::new)
                .or(() -> ready(credential).map(Readiness.Ready::new))
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
                ? noCredential(request)
                : submit(request, lastCheck, credential.get().auth());
    }

    private SubmitReply submit(RestoreRequest request, LastCheck lastCheck, DigestAuth auth) {
        return switch (signed(requests.create(request), lastCheck, auth)) {
            case Leg.Answered(var answer) ->
                    AtlasReplies.submitReply(answer, requests.jobsUrl(request));
            case Leg.NotSent(var why) -> why;
            case Leg.NoAnswer(var cause) -> new Unknown(cause);
        };
    }

    /** One leg, and a second one if the first was not carried out for want of a new signature. */
    private Leg signed(Call call, LastCheck lastCheck, DigestAuth auth) {
        var deadline = Deadline.in(timeout);
        var first = new Send(call, lastCheck, auth, deadline);
        var leg = run(first);
        if (leg instanceof Leg.Answered(var answer)
                && answer.status() == 401
                && auth.accept(answer.headers().challenges(), first.signature(), clock.instant())) {
            var second = new Send(call, lastCheck, auth, deadline);
            leg = run(second);
            judge(auth, second, leg);
        }
        return leg;
    }

    @Override
    public Listing jobs(RestoreRequest request) {
        var credential = credentials.serving(request.projectId());
        try {
            return credential.isEmpty()
                    ? new Listing.Unseen(noCredential(request))
                    : jobs(request, credential.get().auth());
        } catch (UnseenException e) {
            return new Listing.Unseen(e.why());
        }
    }

    private Listing jobs(RestoreRequest request, DigestAuth auth) {
        var jobs = new ArrayList<ListedJob>();
        for (var number = 1; number <= PAGES_MAX; number++) {
            var answer = read(requests.jobs(request, number), auth);
            if (answer.status() != 200) {
                throw new UnseenException(AtlasReplies.unseen(answer));
            }
            var page =
                    JobPage.parse(answer.body(), requests.jobsUrl(request))
                            .orElseThrow(
                                    () -> unseen("Atlas' list of restore jobs is not understood"));
            jobs.addAll(page.jobs());
            if (page.jobs().size() < AtlasRequests.ITEMS_PER_PAGE) {
                return new Listing.Listed(jobs, isSourceProven(request, auth));
            }
        }
        throw unseen("the cluster has more restore jobs than are read (%d)".formatted(JOBS_MAX));
    }

    private boolean isSourceProven(RestoreRequest request, DigestAuth auth) {
        var snapshot = request.delivery().snapshot();
        if (snapshot.isEmpty()) {
            return true;
        }
        var answer = read(requests.snapshot(request, snapshot.get()), auth);
        if (answer.status() != 200 && !AtlasReplies.isNotFound(answer)) {
            throw new UnseenException(AtlasReplies.unseen(answer));
        }
        return answer.status() == 200;
    }

    /** The answer to a read, whatever it says. */
    private Answer read(Call call, DigestAuth auth) {
        return switch (signed(call, NO_CHECK, auth)) {
            case Leg.Answered(var answer) -> answer;
            case Leg.NotSent(var why) -> throw new UnseenException(why);
            case Leg.NoAnswer(var cause) -> throw unseen("Atlas did not answer a read: " + cause);
        };
    }

    private static UnseenException unseen(String why) {
        return new UnseenException(NotNow.notSent(WaitsFor.ATLAS, why));
    }

    /** A second 401 is Atlas' word on the key; any other answer shows that it was let in. */
    private static void judge(DigestAuth auth, Send signed, Leg leg) {
        if (leg instanceof Leg.Answered(var answer)) {
            if (answer.status() == 401) {
                auth.forget(signed.signature());
            } else {
                auth.prove(signed.signature());
            }
        }
    }

    /** Nothing but what is caught by name here, or a leg that never began, proves non-execution. */
    private Leg run(Send send) {
        try {
            var isRead = send.call().body() == null;
            return switch (isRead ? connection.read(send) : connection.create(send)) {
                case Exchanged.Answered(var answer) -> new Leg.Answered(answer);
                case Exchanged.Held(var objection) -> new Leg.NotSent(objection);
            };
        } catch (ExchangeException.ServerError e) {
            return new Leg.Answered(e.answer());
        } catch (CircuitBreakerOpenException _) {
            return notSent(send, "Atlas failed too often of late, and is left alone for a while");
        } catch (ExchangeException e) {
            return notSent(send, e.why());
        } catch (Exception e) {
            // Fault tolerance throws this one undeclared when it is interrupted between two tries.
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            return notSent(send, e.getClass().getSimpleName());
        }
    }

    private static Leg notSent(Send send, String cause) {
        return send.begun()
                ? new Leg.NoAnswer(cause)
                : new Leg.NotSent(
                        NotNow.notSent(WaitsFor.ATLAS, "nothing was sent to Atlas: " + cause));
    }

    private static NotNow noCredential(RestoreRequest request) {
        return NotNow.notSent(
                WaitsFor.CREDENTIAL,
                "no credential serves project %s: add it to atlas.credentials.NAME.projects, or add a credential named default"
                        .formatted(request.projectId()));
    }
}
