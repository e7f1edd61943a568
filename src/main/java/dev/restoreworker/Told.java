package dev.restoreworker;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.INFO;

import dev.restoreworker.Ledger.Cancelled;
import dev.restoreworker.Ledger.Opened;
import dev.restoreworker.Ledger.Opening;
import dev.restoreworker.core.Decision;
import dev.restoreworker.core.Decision.AttemptChange;
import dev.restoreworker.core.LedgerEntry;
import dev.restoreworker.core.LedgerEntry.Stage;
import dev.restoreworker.core.Outcome;
import dev.restoreworker.core.Outcome.JobCreated;
import dev.restoreworker.core.Outcome.JobFailed;
import java.util.Objects;

/** What the log tells of requests: one line a stage, with fixed keys and no payload. */
final class Told {

    private static final System.Logger LOG = System.getLogger(RestoreWorker.class.getName());

    private Told() {}

    static void opened(Opening opening, Opened opened) {
        LOG.log(INFO, () -> said(opening, opened));
    }

    static void cancelled(ReceivedCancel cancel, Cancelled.Noted noted) {
        LOG.log(
                INFO,
                "requestId=%s record=%s: %s, effect=%s"
                        .formatted(
                                cancel.requestId(),
                                cancel.origin(),
                                noted.isFirst() ? "to be cancelled" : "to be cancelled, once more",
                                noted.effect().word()));
    }

    static void moved(LedgerEntry from, Decision decision) {
        of(isNews(from, decision) ? INFO : DEBUG, from, said(decision));
    }

    static void of(System.Logger.Level level, LedgerEntry entry, String message) {
        var request = entry.request();
        LOG.log(
                level,
                () ->
                        "requestId="
                                + request.id()
                                + " project="
                                + request.projectId()
                                + " stage="
                                + entry.stage().getClass().getSimpleName()
                                + " attempt="
                                + entry.attempts().size()
                                + ": "
                                + message);
    }

    private static String said(Opening opening, Opened opened) {
        var what =
                switch (opened) {
                    case Opened.Duplicate(var sameRecord) ->
                            sameRecord
                                    ? "this record was read before, nothing is done"
                                    : "this is a duplicate, nothing is done";
                    case Opened.Settled(var outcome) -> said(outcome);
                    case Opened.Fresh(var entry) when entry.line().repeats() != null ->
                            "received, repeats " + entry.line().repeats();
                    case Opened.Fresh(var entry) when entry.line().heldBy() != null ->
                            "received, stands in line behind " + entry.line().heldBy();
                    default -> "received, waits for its turn";
                };
        return "requestId=" + opening.requestId() + " record=" + opening.origin() + ": " + what;
    }

    /** That it still waits for the same, or for its job, is not. */
    private static boolean isNews(LedgerEntry from, Decision decision) {
        if (from.stage() instanceof Stage.Followed && decision.stage() instanceof Stage.Followed) {
            return false;
        }
        if (from.stage() instanceof Stage.Tracked before
                && decision.stage() instanceof Stage.Tracked now) {
            return !Objects.equals(before.ending(), now.ending());
        }
        return !(from.stage() instanceof Stage.Waiting(var before, _)
                && decision.stage() instanceof Stage.Waiting(var now, _)
                && before == now);
    }

    private static String said(Decision decision) {
        return switch (decision.stage()) {
            case Stage.Waiting(var waitsFor, _) ->
                    "waits for %s, due in %s".formatted(waitsFor.word(), decision.dueIn());
            case Stage.Submitting _ ->
                    decision.change() instanceof AttemptChange.Begin
                            ? "submitting"
                            : "whether Atlas made a job is not known, looked for in "
                                    + decision.dueIn();
            case Stage.Settled(var outcome) -> said(outcome);
            case Stage.Followed(var outcome, _) ->
                    "%s; looked for in %s".formatted(said(outcome), decision.dueIn());
            case Stage.Tracked tracked -> said(tracked);
            case Stage.Over(_, var ending) ->
                    "over: %s%s"
                            .formatted(
                                    ending.kind().word(),
                                    ending.jobId() == null ? "" : ", jobId=" + ending.jobId());
        };
    }

    private static String said(Stage.Tracked tracked) {
        if (tracked.ending() != null) {
            return "its job is %s, jobId=%s"
                    .formatted(tracked.ending().kind().word(), tracked.jobId());
        }
        return tracked.outcome() instanceof JobCreated created
                ? said(created)
                : "its job is known now, jobId=" + tracked.jobId();
    }

    private static String said(Outcome outcome) {
        return switch (outcome) {
            case JobCreated(var jobId, _, _, var adopted) ->
                    (adopted ? "job found and adopted, jobId=" : "job created, jobId=") + jobId;
            case JobFailed(var reason, var detail, _, _) ->
                    "failed, reason=%s: %s".formatted(reason, detail);
        };
    }
}
