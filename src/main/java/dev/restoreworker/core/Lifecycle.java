package dev.restoreworker.core;

import dev.restoreworker.core.Attempt.State;
import dev.restoreworker.core.Decision.AttemptChange;
import dev.restoreworker.core.LedgerEntry.Stage.Settled;
import dev.restoreworker.core.LedgerEntry.Stage.Submitting;
import dev.restoreworker.core.LedgerEntry.Stage.Waiting;
import dev.restoreworker.core.Outcome.JobCreated;
import dev.restoreworker.core.Outcome.JobFailed;
import dev.restoreworker.core.Outcome.Reason;
import dev.restoreworker.core.RestoreRequest.OnQuota;
import java.time.Duration;
import java.time.Instant;

/**
 * Decides what happens next to a request, and what each answer makes of it.
 *
 * <pre>
 *              begin                    afterSubmit
 *   Waiting ──────────▶ Submitting ─────────────────────────▶ Settled
 *    ▲ │ ▲                │   │ ▲                                ▲
 *    │ │ ╰────────────────╯   │ │ unknown: closed               │
 *    │ │   not now            ╰─╯ silent: abandoned             │
 *    ╰─╯ not sent             settle window over ────────────────┤
 *      ╰──────────────────────────────── patience at an end ─────╯
 * </pre>
 *
 * <p>Once an attempt is unknown, nothing is sent again: the request ends as {@link
 * Reason#OUTCOME_UNKNOWN}, unless an answer comes before the settle window is over.
 */
public record Lifecycle(RetryPolicy policy) {

    private static final int DOUBLINGS_MAX = 20;

    /** What to do now. */
    public sealed interface Step {

        /** Begin an attempt and send it. */
        record Submit() implements Step {}

        /** Write this down. */
        record Move(Decision decision) implements Step {}

        /** Nothing: it is not due, or over. */
        record Rest() implements Step {}
    }

    public Step next(LedgerEntry entry) {
        return switch (entry.stage()) {
            case Waiting waiting when patienceLeft(entry).isZero() ->
                    new Step.Move(giveUp(entry, waiting.waitsFor()));
            case Waiting _ -> new Step.Submit();
            case Submitting() -> whileSubmitting(entry, entry.lastAttempt());
            case Settled _ -> new Step.Rest();
        };
    }

    private Step whileSubmitting(LedgerEntry entry, Attempt attempt) {
        return switch (attempt.state()) {
            // An answer that came while another worker held the entry: it decides now.
            case State.Answered(_, var reply) ->
                    new Step.Move(decide(entry, reply, new AttemptChange.None()));
            case State.Open() ->
                    entry.asOf().isBefore(attempt.leaseUntil())
                            ? new Step.Rest()
                            : new Step.Move(abandon(attempt));
            case State.Closed(var at, var cause) -> conclude(entry, at, cause);
            case State.Abandoned(var at) ->
                    conclude(entry, at, "the worker that sent it was not heard of again");
        };
    }

    private Decision abandon(Attempt attempt) {
        return new Decision(
                new Submitting(), policy.settle(), new AttemptChange.Abandon(attempt.number()));
    }

    private Step conclude(LedgerEntry entry, Instant lastNews, String cause) {
        if (entry.asOf().isBefore(lastNews.plus(policy.settle()))) {
            return new Step.Rest();
        }
        return new Step.Move(settled(unknown(entry, cause), new AttemptChange.None()));
    }

    private static JobFailed unknown(LedgerEntry entry, String cause) {
        var detail =
                ("attempt %d may have created a job: %s. Look at the restore jobs of cluster %s before"
                                + " you ask again")
                        .formatted(
                                entry.lastAttempt().number(), cause, entry.request().clusterName());
        return new JobFailed(Reason.OUTCOME_UNKNOWN, detail, null);
    }

    /** What to write down before the create call is sent. */
    public Decision begin(Instant notBefore) {
        return new Decision(
                new Submitting(),
                policy.lease(),
                new AttemptChange.Begin(notBefore, policy.lease()));
    }

    /** The target was allowed when the request came, and is not any more. */
    public Decision afterNotAllowed(String why) {
        return settled(
                new JobFailed(Reason.TARGET_NOT_ALLOWED, why, null), new AttemptChange.None());
    }

    /** What the answer to the attempt with this number makes of the entry. */
    public Decision afterSubmit(LedgerEntry entry, int attempt, SubmitReply reply) {
        return decide(entry, reply, new AttemptChange.Answer(attempt, reply));
    }

    /** What becomes of a waiting entry for which no attempt could even be begun. */
    public Decision afterNotSent(LedgerEntry entry, SubmitReply.NotNow reply) {
        return decide(entry, reply, new AttemptChange.None());
    }

    /**
     * What becomes of an entry for which Atlas named a job that is another request's: whose it is
     * only a look can tell, so nothing more is done with it.
     */
    public Decision afterJobTaken(LedgerEntry entry, String otherRequest, AttemptChange change) {
        var cause = "Atlas named the job that request %s has".formatted(otherRequest);
        return settled(unknown(entry, cause), change);
    }

    private Decision decide(LedgerEntry entry, SubmitReply reply, AttemptChange change) {
        return switch (reply) {
            case SubmitReply.Created(var jobId, var createdAt, var link) ->
                    settled(new JobCreated(jobId, createdAt, link), change);
            case SubmitReply.Refused(var reason, var error) ->
                    settled(new JobFailed(reason, error.detail(), error), change);
            case SubmitReply.NotNow notNow -> later(entry, notNow, change);
            case SubmitReply.Unknown _ -> new Decision(new Submitting(), policy.settle(), change);
        };
    }

    private Decision later(LedgerEntry entry, SubmitReply.NotNow reply, AttemptChange change) {
        var left = patienceLeft(entry);
        if (left.isZero() || failsOnQuota(entry, reply)) {
            return settled(new JobFailed(reply.reason(), reply.detail(), reply.error()), change);
        }
        var tries = entry.stage() instanceof Waiting(_, var before) ? before : triesSoFar(entry);
        var wait = longer(delay(entry, reply.waitsFor(), tries), reply.retryAfter());
        return new Decision(new Waiting(reply.waitsFor(), tries + 1), shorter(wait, left), change);
    }

    private static boolean failsOnQuota(LedgerEntry entry, SubmitReply.NotNow reply) {
        return reply.reason() == Reason.QUOTA_EXCEEDED
                && entry.request().terms().onQuota() == OnQuota.FAIL;
    }

    /** A submitting entry does not keep its count; each attempt before this one was put off. */
    private static int triesSoFar(LedgerEntry entry) {
        return entry.attempts().size() - 1;
    }

    private Decision giveUp(LedgerEntry entry, WaitsFor waitsFor) {
        var waited = "gave up after " + patience(entry) + ", still waiting for " + waitsFor.word();
        var failed =
                !entry.attempts().isEmpty()
                                && entry.lastAttempt().state()
                                        instanceof State.Answered(_, SubmitReply.NotNow last)
                                && last.waitsFor() == waitsFor
                        ? new JobFailed(last.reason(), waited + ": " + last.detail(), last.error())
                        : new JobFailed(waitsFor.atTheEnd(), waited, null);
        return settled(failed, new AttemptChange.None());
    }

    private static Decision settled(Outcome outcome, AttemptChange change) {
        return new Decision(new Settled(outcome), Duration.ZERO, change);
    }

    private Duration patience(LedgerEntry entry) {
        var asked = entry.request().terms().patience();
        return asked == null ? policy.patience() : shorter(asked, policy.patienceMax());
    }

    private Duration patienceLeft(LedgerEntry entry) {
        var left = Duration.between(entry.asOf(), entry.receivedAt().plus(patience(entry)));
        return left.isNegative() ? Duration.ZERO : left;
    }

    /**
     * Doubles with each try up to the longest wait, and adds up to a quarter, so that requests that
     * were put off together do not come back together. The share comes from the id: nothing is
     * drawn here. What only lacked a turn takes the next one.
     */
    private Duration delay(LedgerEntry entry, WaitsFor waitsFor, int tries) {
        if (waitsFor == WaitsFor.TURN) {
            return Duration.ZERO;
        }
        var doubled = policy.delayMin().multipliedBy(1L << Math.min(tries, DOUBLINGS_MAX));
        var delay = shorter(doubled, policy.delayMax());
        var share = Math.floorMod(31 * entry.request().id().hashCode() + tries, 256);
        return delay.plus(delay.multipliedBy(share).dividedBy(1024));
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    private static Duration longer(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }
}
