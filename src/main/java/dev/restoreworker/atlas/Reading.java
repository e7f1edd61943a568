package dev.restoreworker.atlas;

import dev.restoreworker.AtlasBackups.Cancellation;
import dev.restoreworker.AtlasBackups.Listing;
import dev.restoreworker.atlas.Pauses.Caller;
import dev.restoreworker.atlas.Pauses.Kind;
import dev.restoreworker.atlas.SignedCalls.Leg;
import dev.restoreworker.core.ListedJob;
import dev.restoreworker.core.RestoreRequest;
import dev.restoreworker.core.SubmitReply.NotNow;
import dev.restoreworker.core.WaitsFor;
import java.util.ArrayList;

/** What is asked of Atlas for one request that it may be asked again without harm. */
final class Reading {

    /** Ends it early; it never leaves this class. */
    private static final class UnseenException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient NotNow why;

        UnseenException(NotNow why) {
            super(why.detail());
            this.why = why;
        }

        UnseenException(String why) {
            this(NotNow.notSent(WaitsFor.ATLAS, why));
        }

        NotNow why() {
            return why;
        }
    }

    private static final int PAGES_MAX = 100;
    private static final int JOBS_MAX = PAGES_MAX * AtlasRequests.ITEMS_PER_PAGE;

    private final RestoreRequest request;
    private final Caller caller;
    private final DigestAuth auth;
    private final SignedCalls calls;
    private final AtlasRequests requests;
    private final Pauses pauses;

    Reading(
            RestoreRequest request,
            Caller caller,
            DigestAuth auth,
            SignedCalls calls,
            AtlasRequests requests,
            Pauses pauses) {
        this.request = request;
        this.caller = caller;
        this.auth = auth;
        this.calls = calls;
        this.requests = requests;
        this.pauses = pauses;
    }

    Listing jobs() {
        var closed = pauses.enter(caller, Kind.READ);
        if (closed.isPresent()) {
            return new Listing.Unseen(closed.get());
        }
        try {
            return listed();
        } catch (UnseenException e) {
            return new Listing.Unseen(e.why());
        }
    }

    private Listing listed() {
        var jobs = new ArrayList<ListedJob>();
        for (var number = 1; number <= PAGES_MAX; number++) {
            var answer = answer(requests.jobs(request, number));
            if (answer.status() != 200) {
                throw unseen(answer);
            }
            var page =
                    JobPage.parse(answer.body(), requests.jobsUrl(request))
                            .orElseThrow(
                                    () ->
                                            new UnseenException(
                                                    "Atlas' list of restore jobs is not understood"));
            jobs.addAll(page.jobs());
            if (page.jobs().size() < AtlasRequests.ITEMS_PER_PAGE) {
                return new Listing.Listed(jobs, isSourceProven());
            }
        }
        throw new UnseenException(
                "the cluster has more restore jobs than are read (%d)".formatted(JOBS_MAX));
    }

    private boolean isSourceProven() {
        var snapshot = request.delivery().snapshot();
        if (snapshot.isEmpty()) {
            return true;
        }
        var answer = answer(requests.snapshot(request, snapshot.get()));
        if (answer.status() != 200 && !AtlasReplies.isNotFound(answer)) {
            throw unseen(answer);
        }
        return answer.status() == 200;
    }

    Cancellation cancel(String jobId) {
        var closed = pauses.enter(caller, Kind.READ);
        if (closed.isPresent()) {
            return new Cancellation.NotCancelled(closed.get());
        }
        try {
            var answer = answer(requests.cancel(request, jobId));
            return AtlasReplies.isGone(answer)
                    ? new Cancellation.Cancelled()
                    : new Cancellation.NotCancelled(unseen(answer).why());
        } catch (UnseenException e) {
            return new Cancellation.NotCancelled(e.why());
        }
    }

    /** The answer, whatever it says. */
    private Answer answer(Call call) {
        return switch (calls.send(call, SignedCalls.NO_CHECK, auth)) {
            case Leg.Answered(var answer) -> {
                if (AtlasReplies.isLetIn(answer)) {
                    pauses.letIn(caller, Kind.READ);
                }
                yield answer;
            }
            case Leg.NotSent(var why) -> throw new UnseenException(why);
            case Leg.NoAnswer(var cause) ->
                    throw new UnseenException("Atlas did not answer a read: " + cause);
        };
    }

    private UnseenException unseen(Answer answer) {
        return new UnseenException(
                pauses.refused(caller, Kind.READ, answer, AtlasReplies.unseen(answer)));
    }
}
