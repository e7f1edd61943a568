package dev.restoreworker.atlas;

import dev.restoreworker.AtlasBackups.Cancellation;
import dev.restoreworker.AtlasBackups.Listing;
import dev.restoreworker.AtlasBackups.Proof;
import dev.restoreworker.atlas.Pauses.Caller;
import dev.restoreworker.atlas.Pauses.Kind;
import dev.restoreworker.atlas.SignedCalls.Leg;
import dev.restoreworker.core.ListedJob;
import dev.restoreworker.core.RestoreRequest;
import dev.restoreworker.core.SourceCluster;
import dev.restoreworker.core.SubmitReply.NotNow;
import dev.restoreworker.core.WaitsFor;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** What one caller asks of Atlas that may be asked again without harm. */
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

    /** No page is begun later than after so many times what one exchange may take. */
    private static final int TIMEOUTS_MAX = 4;

    private final Caller caller;
    private final DigestAuth auth;
    private final SignedCalls calls;
    private final AtlasRequests requests;
    private final Pauses pauses;

    Reading(
            Caller caller,
            DigestAuth auth,
            SignedCalls calls,
            AtlasRequests requests,
            Pauses pauses) {
        this.caller = caller;
        this.auth = auth;
        this.calls = calls;
        this.requests = requests;
        this.pauses = pauses;
    }

    Listing jobs(SourceCluster cluster, Instant since) {
        return asked(() -> listed(cluster, since), Listing.Unseen::new);
    }

    /**
     * A job that is made between two pages moves others to the second, which then name them too.
     */
    private Listing listed(SourceCluster cluster, Instant since) {
        var deadline = calls.deadline(TIMEOUTS_MAX);
        var jobs = new LinkedHashMap<String, ListedJob>();
        for (var number = 1; number <= PAGES_MAX; number++) {
            if (deadline.millisLeft() == 0) {
                throw new UnseenException(
                        "Atlas' list of restore jobs took too long: %d were read"
                                .formatted(jobs.size()));
            }
            var page = page(cluster, number);
            page.forEach(job -> jobs.putIfAbsent(job.id(), job));
            if (page.size() < AtlasRequests.ITEMS_PER_PAGE || isPast(page, since)) {
                return new Listing.Listed(List.copyOf(jobs.values()));
            }
        }
        throw new UnseenException(
                "the cluster has more restore jobs than are read (%d)".formatted(JOBS_MAX));
    }

    private List<ListedJob> page(SourceCluster cluster, int number) {
        var answer = answer(requests.jobs(cluster, number));
        if (answer.status() != 200) {
            throw unseen(answer);
        }
        return JobPage.parse(answer.body(), requests.jobsUrl(cluster))
                .orElseThrow(
                        () -> new UnseenException("Atlas' list of restore jobs is not understood"))
                .jobs();
    }

    /**
     * Whether all that was made since then has been listed. Atlas lists the newest first; where a
     * page does not show that, the list is read to its end.
     */
    private static boolean isPast(List<ListedJob> page, Instant since) {
        var first = page.getFirst().createdAt();
        var last = page.getLast().createdAt();
        return last.isBefore(first) && last.isBefore(since);
    }

    Proof source(RestoreRequest request, String snapshotId) {
        return asked(
                () -> {
                    var answer = answer(requests.snapshot(request, snapshotId));
                    if (answer.status() != 200 && !AtlasReplies.isNotFound(answer)) {
                        throw unseen(answer);
                    }
                    return new Proof.Known(answer.status() == 200);
                },
                Proof.Unseen::new);
    }

    Cancellation cancel(RestoreRequest request, String jobId) {
        return asked(
                () -> {
                    var answer = answer(requests.cancel(request, jobId));
                    if (!AtlasReplies.isGone(answer)) {
                        throw unseen(answer);
                    }
                    return new Cancellation.Cancelled();
                },
                Cancellation.NotCancelled::new);
    }

    /** What is answered, or why it is not. */
    private <T> T asked(Supplier<T> calls, Function<NotNow, T> unseen) {
        try {
            return pauses.enter(caller, Kind.READ).map(unseen).orElseGet(calls);
        } catch (UnseenException e) {
            return unseen.apply(e.why());
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
