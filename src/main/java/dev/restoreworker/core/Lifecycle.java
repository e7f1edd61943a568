package dev.restoreworker.core;

import static dev.restoreworker.core.Durations.longer;
import static dev.restoreworker.core.Durations.shorter;

import dev.restoreworker.core.Attempt.State;
import dev.restoreworker.core.Decision.AttemptChange;
import dev.restoreworker.core.JobMatcher.Findings;
import dev.restoreworker.core.LedgerEntry.Queue;
import dev.restoreworker.core.LedgerEntry.Stage.Followed;
import dev.restoreworker.core.LedgerEntry.Stage.Over;
import dev.restoreworker.core.LedgerEntry.Stage.Settled;
import dev.restoreworker.core.LedgerEntry.Stage.Submitting;
import dev.restoreworker.core.LedgerEntry.Stage.Tracked;
import dev.restoreworker.core.LedgerEntry.Stage.Waiting;
import dev.restoreworker.core.Outcome.JobCreated;
import dev.restoreworker.core.Outcome.JobFailed;
import dev.restoreworker.core.Outcome.Reason;
import dev.restoreworker.core.RestoreRequest.OnQuota;
import dev.restoreworker.core.RestoreRequest.OnUnknown;
import dev.restoreworker.core.SubmitReply.NotNow;
import dev.restoreworker.core.SubmitReply.Refused;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Decides what happens next to a request, and what each answer and each look makes of it.
 *
 * <pre>
 *              begin                    afterSubmit
 *   Waiting ──────────▶ Submitting ─────────────────────────▶ Tracked
 *    ▲ │ ▲                │   │ ▲        created               ▲
 *    │ │ ╰────────────────╯   │ │ unknown: closed               │
 *    │ │   not now, absent    ╰─╯ silent: abandoned             │
 *    ╰─╯ not sent              look: ours ──────────────────────╯
 *      │                       look: none can tell ──────────▶ Followed
 *      ╰─── refused, or patience at an end ──────────────────▶ Settled
 * </pre>
 *
 * <p>While an attempt is undecided, Atlas' list is looked at, and nothing is sent until it is known
 * that the attempt made no job: its end is known (its sender told it, or is dead), and its job was
 * absent in enough looks in a row, the last of them begun when the settle window was over.
 *
 * <p>A {@link Cancel} keeps a request from being sent, and changes nothing of what was sent: what
 * may have a job is looked for, and is cancelled only where it would be sent again.
 *
 * <p>A request that settles without knowing whether it has a job is {@link Following followed}; one
 * that has a job is {@link Tracking tracked} to the job's end.
 */
public record Lifecycle(RetryPolicy policy, Following following) {

    public Lifecycle(RetryPolicy policy) {
        this(policy, new Following(policy));
    }

    private static final int DOUBLINGS_MAX = 20;

    /** What to do now. */
    public sealed interface Step {

        /** Begin an attempt and send it; look first if {@link #looksBeforeSending}. */
        record Submit() implements Step {}

        /** Look for the jobs of the undecided attempts. */
        record Look() implements Step {}

        /** Write this down. */
        record Move(Decision decision) implements Step {}

        /** Nothing: it is not due, or over. */
        record Rest() implements Step {}
    }

    /** What a look at the source cluster's jobs brought. */
    public sealed interface Look {

        /**
         * The list was read whole. {@code sourceProven} says that Atlas has the snapshot under the
         * cluster whose jobs it listed: else a job may exist and not be in this list.
         */
        record Seen(Findings findings, boolean sourceProven) implements Look {}

        /** It could not be read. */
        record Blind(NotNow why) implements Look {}
    }

    public Step next(LedgerEntry entry) {
        return switch (entry.stage()) {
            case Waiting(var waitsFor, _) ->
                    afterCreated(entry)
                            .or(() -> whileCancelled(entry))
                            .orElseGet(() -> whileWaiting(entry, waitsFor));
            case Submitting _ ->
                    afterCreated(entry)
                            .or(() -> afterDeath(entry))
                            .orElseGet(() -> whileSubmitting(entry, entry.lastAttempt()));
            case Followed followed ->
                    afterDeath(entry).orElseGet(() -> following.next(entry, followed));
            case Tracked tracked -> new Step.Move(following.tracking().rest(tracked));
            case Settled _, Over _ -> new Step.Rest();
        };
    }

    /** A job that was named while another worker held the entry decides now. */
    private Optional<Step> afterCreated(LedgerEntry entry) {
        return entry.created().stream()
                .findFirst()
                .map(reply -> new Step.Move(decide(entry, reply, new AttemptChange.None())));
    }

    /**
     * An attempt whose sender is dead is closed, whether it was abandoned or not: nothing of it can
     * be written any more. So the settle window begins anew.
     */
    private Optional<Step> afterDeath(LedgerEntry entry) {
        return entry.attempts().stream()
                .filter(attempt -> attempt.isOrphan(policy.sendWithin(), entry.asOf()))
                .findFirst()
                .map(attempt -> new Step.Move(close(entry, attempt)));
    }

    private static Decision close(LedgerEntry entry, Attempt attempt) {
        var ended = new SubmitReply.Unknown("its sender died: its database session has ended");
        return new Decision(
                entry.stage() instanceof Followed followed
                        ? new Followed(followed.outcome())
                        : new Submitting(),
                Duration.ZERO,
                new AttemptChange.Answer(attempt.number(), ended));
    }

    /**
     * What is cancelled is not sent any more, and ends when no attempt of its can have made a job;
     * if one may have, it is looked at as ever.
     */
    private Optional<Step> whileCancelled(LedgerEntry entry) {
        return Optional.ofNullable(entry.cancel())
                .map(
                        cancel ->
                                entry.undecided().isEmpty()
                                        ? new Step.Move(cancelled(entry, cancel))
                                        : new Step.Look());
    }

    private Decision cancelled(LedgerEntry entry, Cancel cancel) {
        return failed(entry, cancel.outcome(), new AttemptChange.None());
    }

    private Step whileWaiting(LedgerEntry entry, WaitsFor waitsFor) {
        var line = entry.line();
        if (line.repeats() != null) {
            return new Step.Move(repeated(line.repeats()));
        }
        if (!entry.attempts().isEmpty()
                && entry.lastAttempt().state() instanceof State.Answered(_, Refused refused)) {
            return new Step.Move(decide(entry, refused, new AttemptChange.None())); // it came late
        }
        // So did the news of an attempt: what was seen before it proves nothing any more.
        if (entry.undecided().stream().anyMatch(each -> isUnsettled(entry, each))) {
            return new Step.Look();
        }
        var left = patienceLeft(entry);
        if (line.heldBy() != null) {
            return new Step.Move(left.isZero() ? giveUpInLine(entry, line.heldBy()) : inLine(left));
        }
        if (!left.isZero()) {
            return new Step.Submit();
        }
        return new Step.Move(
                entry.queue() != null && waitsFor.isForRoom()
                        ? giveUpInQueue(entry, waitsFor, entry.queue())
                        : giveUp(entry, waitsFor));
    }

    private boolean isUnsettled(LedgerEntry entry, Attempt attempt) {
        return entry.asOf().isBefore(attempt.changedAt().plus(policy.settle()));
    }

    private Decision repeated(String first) {
        var detail =
                ("request %s asked for the same, and is not over or made its job a short while ago. To wipe"
                                + " the target again, ask under a new id with allowRepeat")
                        .formatted(first);
        return settled(new JobFailed(Reason.REPEATED, detail, null), new AttemptChange.None());
    }

    /** Whoever stands before it wakes it by leaving; else it is looked at when patience ends. */
    private static Decision inLine(Duration left) {
        return new Decision(new Waiting(WaitsFor.TARGET, 0), left, new AttemptChange.None());
    }

    private Decision giveUpInLine(LedgerEntry entry, String heldBy) {
        var detail =
                "gave up after %s: request %s, which came before it, is not done with the target"
                        .formatted(patience(entry), heldBy);
        return settled(new JobFailed(Reason.TARGET_BUSY, detail, null), new AttemptChange.None());
    }

    /**
     * What becomes of a download for which there is no room: it waits until whoever gives up a slot
     * gives it to this one.
     */
    public Decision afterNoRoom(LedgerEntry entry, WaitsFor waitsFor) {
        var left = patienceLeft(entry);
        var queue = entry.queue() == null ? new Queue(1, List.of()) : entry.queue();
        if (entry.request().terms().onQuota() == OnQuota.FAIL) {
            return noRoom(entry, "asked not to wait (onQuota)", waitsFor, queue);
        }
        return left.isZero()
                ? giveUpInQueue(entry, waitsFor, queue)
                : new Decision(new Waiting(waitsFor, 0), left, new AttemptChange.None());
    }

    private Decision giveUpInQueue(LedgerEntry entry, WaitsFor waitsFor, Queue queue) {
        return noRoom(entry, "gave up after " + patience(entry.request()), waitsFor, queue);
    }

    private Decision noRoom(LedgerEntry entry, String why, WaitsFor waitsFor, Queue queue) {
        var detail =
                "%s, as number %d in the queue of its project: %s %s"
                        .formatted(
                                why,
                                queue.place(),
                                waitsFor == WaitsFor.SNAPSHOT
                                        ? "its snapshot is being downloaded by"
                                        : "the slots are held by",
                                queue.heldBy().isEmpty()
                                        ? "downloads that others made"
                                        : String.join(", ", queue.heldBy()));
        return failed(
                entry,
                new JobFailed(Reason.QUOTA_EXCEEDED, detail, null),
                new AttemptChange.None());
    }

    private Step whileSubmitting(LedgerEntry entry, Attempt attempt) {
        return switch (attempt.state()) {
            case State.Answered(_, var reply) when !entry.undecided().isEmpty() && doubts(reply) ->
                    new Step.Look();
            case State.Answered(_, var reply) ->
                    new Step.Move(decide(entry, reply, new AttemptChange.None()));
            case State.Open() ->
                    entry.asOf().isBefore(attempt.leaseUntil())
                            ? new Step.Rest()
                            : new Step.Move(abandon(attempt));
            case State.Closed _, State.Abandoned _ -> new Step.Look();
        };
    }

    private static Decision abandon(Attempt attempt) {
        return new Decision(
                new Submitting(), Duration.ZERO, new AttemptChange.Abandon(attempt.number()));
    }

    /**
     * True if a look has to find nothing before the entry may be sent: a job of its earlier
     * attempts was absent once, and may have been made by a person since, or be listed late.
     */
    public boolean looksBeforeSending(LedgerEntry entry) {
        return !entry.undecided().isEmpty();
    }

    /** What a look before sending makes of a waiting entry; empty if it may be sent. */
    public Optional<Decision> afterLookBeforeSending(LedgerEntry entry, Look look) {
        return switch (look) {
            case Look.Seen(var findings, var proven)
                    when findings.nothing() && proven && (!isSilent(entry) || mayRisk(entry)) ->
                    Optional.empty();
            case Look.Seen _ -> Optional.of(afterLook(entry, look));
            case Look.Blind(var why) -> Optional.of(afterNotSent(entry, why));
        };
    }

    /** What a look makes of an entry, which was read before the look began. */
    public Decision afterLook(LedgerEntry entry, Look look) {
        if (entry.stage() instanceof Followed followed) {
            return following.afterLook(entry, followed, look);
        }
        return switch (look) {
            case Look.Seen(var findings, _) when findings.ours().size() == 1 ->
                    adopt(findings.ours().getFirst());
            case Look.Seen(var findings, _) when !findings.nothing() -> doubtful(entry, findings);
            case Look.Seen(_, var proven) -> absent(entry, proven);
            case Look.Blind(var why) -> blind(entry, why);
        };
    }

    private Decision adopt(ListedJob job) {
        return following
                .tracking()
                .begin(
                        new JobCreated(job.id(), job.createdAt(), job.link(), true),
                        new AttemptChange.None());
    }

    /** A candidate may yet turn out to be another request's, which then names it. */
    private Decision doubtful(LedgerEntry entry, Findings findings) {
        if (entry.asOf().isBefore(settledAt(entry))) {
            return lookAgain(entry, 0);
        }
        var candidates =
                Stream.concat(findings.ours().stream(), findings.doubtful().stream())
                        .map(ListedJob::id)
                        .toList();
        var why = "Atlas lists what may be its job, or somebody else's (" + candidates + ")";
        return settled(unknown(entry, why, candidates), new AttemptChange.None());
    }

    private Decision absent(LedgerEntry entry, boolean sourceProven) {
        var looks = entry.stage() instanceof Submitting(var before) ? before + 1 : 1;
        if (looks < policy.looks() || entry.asOf().isBefore(settledAt(entry))) {
            return lookAgain(entry, looks);
        }
        var silent = isSilent(entry) && !mayRisk(entry);
        if (silent || !sourceProven) {
            var why =
                    silent
                            ? "the worker that sent it was not heard of again, and may still send it"
                            : "the snapshot is not of cluster %s, so its list proves nothing"
                                    .formatted(entry.request().clusterName());
            return settled(unknown(entry, why, List.of()), new AttemptChange.None());
        }
        return sendAgain(entry);
    }

    private Decision sendAgain(LedgerEntry entry) {
        if (entry.cancel() != null) {
            return cancelled(entry, entry.cancel());
        }
        var left = patienceLeft(entry);
        // What the last attempt was put off for still holds: a look has now said that it is no job
        // of ours.
        if (entry.lastAttempt().state() instanceof State.Answered(_, NotNow notNow)) {
            return later(entry, notNow, new AttemptChange.None());
        }
        var asksNotTo = entry.request().terms().onUnknown() == OnUnknown.FAIL;
        if (left.isZero() || asksNotTo) {
            var detail =
                    "%s: the last create call had no answer, and made no job"
                            .formatted(
                                    asksNotTo
                                            ? "asked not to be sent again (onUnknown)"
                                            : "gave up after " + patience(entry));
            return failed(
                    entry,
                    new JobFailed(Reason.ATLAS_UNAVAILABLE, detail, null),
                    new AttemptChange.None());
        }
        var wait = shorter(delay(entry, WaitsFor.ATLAS, triesSoFar(entry)), left);
        return new Decision(
                new Waiting(WaitsFor.ATLAS, triesSoFar(entry) + 1), wait, new AttemptChange.None());
    }

    /** What cannot be seen is looked for again, for as long as the request is patient. */
    private Decision blind(LedgerEntry entry, NotNow why) {
        var isOver = patienceLeft(entry).isZero() && !entry.asOf().isBefore(settledAt(entry));
        var absent = entry.stage() instanceof Submitting(var before) ? before : 0;
        var wait = longer(policy.delayMin(), shorter(why.retryAfter(), policy.delayMax()));
        return isOver
                ? settled(
                        unknown(entry, "its jobs could not be listed: " + why.detail(), List.of()),
                        new AttemptChange.None())
                : new Decision(new Submitting(absent), wait, new AttemptChange.None());
    }

    /** The looks are spread over the settle window, and the last one begins when that is over. */
    private Decision lookAgain(LedgerEntry entry, int absent) {
        var spacing = policy.lookSpacing();
        var left = Duration.between(entry.asOf(), settledAt(entry));
        var wait = left.isPositive() ? shorter(spacing, left) : spacing;
        return new Decision(new Submitting(absent), wait, new AttemptChange.None());
    }

    /** When the settle window is over, which begins anew with each change of an attempt. */
    private Instant settledAt(LedgerEntry entry) {
        return entry.attemptsChangedAt().plus(policy.settle());
    }

    /** Whether an attempt may still be sent, as nobody heard of its sender again. */
    private static boolean isSilent(LedgerEntry entry) {
        return entry.undecided().stream().anyMatch(Attempt::isSilent);
    }

    /** Whether a silent attempt may be sent again: the operator allows it, and the request too. */
    private boolean mayRisk(LedgerEntry entry) {
        return policy.onUnknown() == RetryPolicy.OnUnknown.RETRY
                && entry.request().terms().onUnknown() != OnUnknown.FAIL;
    }

    /**
     * The end of a request without a job. Where another attempt is silent, or was when the next one
     * was sent, nobody knows whether that is true.
     */
    private Decision failed(LedgerEntry entry, JobFailed outcome, AttemptChange change) {
        var answered = change instanceof AttemptChange.Answer(var number, _) ? number : 0;
        var cause =
                "nothing was heard of it in time, and it may have been sent since. What the request ended"
                        + " with otherwise says nothing of that: "
                        + outcome.detail();
        return entry.silent(answered)
                .map(silent -> unknown(entry, silent.number(), cause, List.of()))
                .map(unknown -> settled(unknown, change))
                .orElseGet(() -> settled(outcome, change));
    }

    private static JobFailed unknown(LedgerEntry entry, String cause, List<String> candidates) {
        var attempt =
                entry.undecided().isEmpty() ? entry.lastAttempt() : entry.undecided().getLast();
        return unknown(entry, attempt.number(), cause, candidates);
    }

    private static JobFailed unknown(
            LedgerEntry entry, int attempt, String cause, List<String> candidates) {
        var detail =
                ("attempt %d may have created a job: %s. Look at the restore jobs of cluster %s before"
                                + " you ask again")
                        .formatted(attempt, cause, entry.request().clusterName());
        return new JobFailed(Reason.OUTCOME_UNKNOWN, detail, null, candidates);
    }

    /** What to write down before the create call is sent. */
    public Decision begin(Instant notBefore) {
        return new Decision(
                new Submitting(),
                policy.lease(),
                new AttemptChange.Begin(notBefore, policy.lease()));
    }

    /** The target was allowed when the request came, and is not any more. */
    public Decision afterNotAllowed(LedgerEntry entry, String why) {
        return failed(
                entry,
                new JobFailed(Reason.TARGET_NOT_ALLOWED, why, null),
                new AttemptChange.None());
    }

    /** What the answer to the attempt with this number makes of the entry. */
    public Decision afterSubmit(LedgerEntry entry, int attempt, SubmitReply reply) {
        return decide(entry, reply, new AttemptChange.Answer(attempt, reply));
    }

    /** What becomes of a waiting entry for which no attempt could even be begun. */
    public Decision afterNotSent(LedgerEntry entry, NotNow reply) {
        return decide(entry, reply, new AttemptChange.None());
    }

    /**
     * What becomes of an entry for which Atlas named a job that is another request's: whose it is
     * only a look can tell, so nothing more is done with it.
     */
    public Decision afterJobTaken(LedgerEntry entry, String otherRequest, AttemptChange change) {
        if (entry.stage() instanceof Followed followed) {
            return following.afterJobTaken(entry, followed);
        }
        var cause = "Atlas named the job that request %s has".formatted(otherRequest);
        return settled(unknown(entry, cause, List.of()), change);
    }

    private Decision decide(LedgerEntry entry, SubmitReply reply, AttemptChange change) {
        return switch (reply) {
            case SubmitReply.Created(var jobId, var createdAt, var link) ->
                    following.tracking().begin(new JobCreated(jobId, createdAt, link), change);
            case Refused(var reason, var error) ->
                    failed(entry, new JobFailed(reason, error.detail(), error), change);
            case NotNow notNow when isUndecidedBut(entry, change) && doubts(notNow) ->
                    new Decision(new Submitting(), Duration.ZERO, change);
            case NotNow notNow -> later(entry, notNow, change);
            case SubmitReply.Unknown _ -> new Decision(new Submitting(), Duration.ZERO, change);
        };
    }

    /** What Atlas is busy with may be the job of an earlier attempt of ours. */
    private static boolean doubts(SubmitReply reply) {
        return reply instanceof NotNow notNow
                && notNow.error() != null
                && (notNow.waitsFor() == WaitsFor.SNAPSHOT || notNow.waitsFor() == WaitsFor.TARGET);
    }

    /** Whether attempts are undecided besides the one that {@code change} answers. */
    private static boolean isUndecidedBut(LedgerEntry entry, AttemptChange change) {
        var answered = change instanceof AttemptChange.Answer(var number, _) ? number : 0;
        return entry.undecided().stream().anyMatch(attempt -> attempt.number() != answered);
    }

    private Decision later(LedgerEntry entry, NotNow reply, AttemptChange change) {
        var left = patienceLeft(entry);
        if (left.isZero() || failsOnQuota(entry, reply)) {
            return failed(
                    entry, new JobFailed(reply.reason(), reply.detail(), reply.error()), change);
        }
        var tries = entry.stage() instanceof Waiting(_, var before) ? before : triesSoFar(entry);
        var wait = longer(delay(entry, reply.waitsFor(), tries), reply.retryAfter());
        return new Decision(new Waiting(reply.waitsFor(), tries + 1), shorter(wait, left), change);
    }

    private static boolean failsOnQuota(LedgerEntry entry, NotNow reply) {
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
                                        instanceof State.Answered(_, NotNow last)
                                && last.waitsFor() == waitsFor
                        ? new JobFailed(last.reason(), waited + ": " + last.detail(), last.error())
                        : new JobFailed(waitsFor.atTheEnd(), waited, null);
        return failed(entry, failed, new AttemptChange.None());
    }

    /** What is not known is looked for further. */
    private Decision settled(JobFailed outcome, AttemptChange change) {
        return outcome.reason().jobMayExist()
                ? following.begin(outcome, change)
                : new Decision(new Settled(outcome), Duration.ZERO, change);
    }

    private Duration patience(LedgerEntry entry) {
        return patience(entry.request());
    }

    /** For how long after its receipt it is waited for what the request needs. */
    public Duration patience(RestoreRequest request) {
        var asked = request.terms().patience();
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
}
