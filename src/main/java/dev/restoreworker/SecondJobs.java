package dev.restoreworker;

import static dev.restoreworker.core.Durations.longer;
import static dev.restoreworker.core.Durations.shorter;
import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;

import dev.restoreworker.AtlasBackups.Cancellation;
import dev.restoreworker.core.Decision;
import dev.restoreworker.core.Delivery;
import dev.restoreworker.core.LedgerEntry;
import dev.restoreworker.core.LedgerEntry.Stage;
import dev.restoreworker.core.Outcome.JobCreated;
import dev.restoreworker.core.RetryPolicy;
import dev.restoreworker.core.RetryPolicy.OnUnknown;
import dev.restoreworker.core.SubmitReply;
import dev.restoreworker.core.SubmitReply.Created;
import java.time.Duration;

/**
 * What is done about a second job of one request, which a late answer names: an alarm, and where
 * such jobs were accepted by {@code restore.on-unknown=retry}, a second download is cancelled. A
 * restore that wipes its target cannot be called back.
 */
final class SecondJobs {

    private static final int TRIES_MAX = 10;
    private static final Duration PAUSE_MIN = Duration.ofSeconds(1);
    private static final Duration PAUSE_MAX = Duration.ofMinutes(1);

    private final Ledger ledger;
    private final AtlasBackups atlas;
    private final RetryPolicy policy;
    private final Insistence insistence;

    SecondJobs(Ledger ledger, AtlasBackups atlas, RetryPolicy policy, Insistence insistence) {
        this.ledger = ledger;
        this.atlas = atlas;
        this.policy = policy;
        this.insistence = insistence;
    }

    /** After an answer that came when another worker held the entry, or when it was over. */
    void afterLateReply(LedgerEntry sent, SubmitReply reply) {
        if (reply instanceof Created(var jobId, _, _)) {
            insistence
                    .until(
                            "Reading the outcome of " + sent.request().id(),
                            () -> ledger.find(sent.request().id()))
                    .ifPresent(history -> compare(sent, jobId, history));
        }
    }

    /** A job that nobody was told of yet is decided about by whoever looks next. */
    private void compare(LedgerEntry sent, String jobId, Ledger.History told) {
        var ending = told.ending();
        var open = told.open();
        if (told.outcome() instanceof JobCreated(var first, _, _, _) && !first.equals(jobId)) {
            second(sent, first, jobId);
        } else if (open != null
                && open.stage() instanceof Stage.Tracked tracked
                && !tracked.jobId().equals(jobId)) {
            second(sent, tracked.jobId(), jobId);
        } else if (ending != null && !jobId.equals(ending.jobId())) {
            Told.of(
                    ERROR,
                    sent,
                    "ALARM: Atlas made job %s of it, and it was told that it ended as %s"
                            .formatted(jobId, ending.kind().word()));
        }
    }

    /** After a move that gave the request its job: other attempts may have named others before. */
    void afterMove(LedgerEntry entry, Decision decision) {
        if (decision.stage() instanceof Stage.Tracked tracked) {
            var first = tracked.jobId();
            entry.created().stream()
                    .map(Created::jobId)
                    .filter(jobId -> !jobId.equals(first))
                    .forEach(jobId -> second(entry, first, jobId));
        }
    }

    private void second(LedgerEntry entry, String first, String second) {
        var what = "Atlas made a second job, %s, besides %s".formatted(second, first);
        if (!(entry.request().delivery() instanceof Delivery.Download)) {
            Told.of(ERROR, entry, "ALARM: " + what + ": its target may be wiped again");
        } else if (policy.onUnknown() != OnUnknown.RETRY) {
            Told.of(ERROR, entry, "ALARM: " + what + ". It is not cancelled");
        } else {
            Told.of(ERROR, entry, "ALARM: " + what + ". It is being cancelled");
            cancel(entry, second);
        }
    }

    private void cancel(LedgerEntry entry, String jobId) {
        var pause = PAUSE_MIN;
        for (var left = TRIES_MAX; ; left--) {
            switch (atlas.cancel(entry.request(), jobId)) {
                case Cancellation.Cancelled() -> {
                    Told.of(INFO, entry, "the second job " + jobId + " is cancelled");
                    return;
                }
                case Cancellation.NotCancelled(var why) -> {
                    var asked = why.retryAfter();
                    if (left <= 1 || insistence.stoppedBeforeNextTry(longer(asked, pause))) {
                        Told.of(
                                ERROR,
                                entry,
                                "ALARM: the second job %s is not cancelled, cancel it in Atlas: %s"
                                        .formatted(jobId, why.detail()));
                        return;
                    }
                }
            }
            pause = shorter(pause.plus(pause), PAUSE_MAX);
        }
    }
}
