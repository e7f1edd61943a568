package dev.restoreworker.core;

import static dev.restoreworker.core.Durations.longer;
import static dev.restoreworker.core.Durations.shorter;

import dev.restoreworker.core.Attempt.State;
import dev.restoreworker.core.Decision.AttemptChange;
import dev.restoreworker.core.LedgerEntry.Stage;
import dev.restoreworker.core.LedgerEntry.Stage.Followed;
import dev.restoreworker.core.Lifecycle.Look;
import dev.restoreworker.core.Lifecycle.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides about a request whose outcome is told while its job is not over, or not even known.
 *
 * <pre>
 *              found, named, resolved               over, or lost
 *   Followed ────────────────────────▶ Followed ───────────────────▶ Over
 *   (no job)                           (its job)                      ▲
 *      │  provably no job, resolved as none, or looked for long enough │
 *      ╰───────────────────────────────────────────────────────────────╯
 * </pre>
 *
 * <p>Atlas' list is looked at less and less often, and nothing is ever sent. Silence alone ends it
 * no sooner than {@link RetryPolicy#lookFor} after the last attempt's end.
 */
public record Following(RetryPolicy policy) {

    /** The longest time between two looks, unless even the first are further apart. */
    private static final Duration SPACING_MAX = Duration.ofMinutes(5);

    /** A look comes when the time since the last news grew by this share of itself. */
    private static final int SHARE = 8;

    /** From the move that tells an outcome of which it is not known whether there is a job. */
    Decision begin(Outcome outcome, AttemptChange change) {
        return new Decision(new Followed(outcome), policy.lookSpacing(), change);
    }

    Step next(LedgerEntry entry, Followed followed) {
        if (followed.jobId() != null) {
            return new Step.Look();
        }
        var named = entry.created(); // late, or it would not be unknown
        if (!named.isEmpty()) {
            return new Step.Move(
                    toTheEndOf(followed, named.getFirst().jobId(), null, JobProgress.RUNNING));
        }
        return entry.undecided().isEmpty()
                ? new Step.Move(over(followed, Ending.notFound(null)))
                : new Step.Look();
    }

    Decision afterLook(LedgerEntry entry, Followed followed, Look look) {
        var jobId = followed.jobId();
        return switch (look) {
            case Look.OfJob(var job) when job != null ->
                    job.progress().isOver()
                            ? toTheEndOf(followed, job.id(), followed.resolution(), job.progress())
                            : again(entry, followed, 0, Duration.ZERO);
            case Look.OfJob _ -> unseen(entry, followed, jobId, Duration.ZERO);
            case Look.Blind(var why) when jobId != null ->
                    unseen(entry, followed, jobId, why.retryAfter());
            case Look.Blind(var why) ->
                    lostOrAgain(entry, followed, followed.absent(), why.retryAfter());
            case Look.Seen(var findings, _) when findings.ours().size() == 1 -> {
                var job = findings.ours().getFirst();
                yield toTheEndOf(followed, job.id(), null, job.progress());
            }
            case Look.Seen(var findings, _) when !findings.nothing() ->
                    lostOrAgain(entry, followed, 0, Duration.ZERO);
            case Look.Seen(_, var sourceProven) -> absent(entry, followed, sourceProven);
        };
    }

    /** The job is the request's; its end may have been seen with it. */
    private Decision toTheEndOf(
            Followed followed,
            String jobId,
            @Nullable Resolution resolution,
            JobProgress progress) {
        return progress.isOver()
                ? over(followed, Ending.of(jobId, progress, resolution))
                : new Decision(
                        new Followed(followed.outcome(), jobId, resolution, 0),
                        Duration.ZERO,
                        new AttemptChange.None());
    }

    /** Its job was not shown: gone from the list, not in it yet, or the list could not be read. */
    private Decision unseen(
            LedgerEntry entry, Followed followed, @Nullable String jobId, Duration notBefore) {
        var looks = followed.absent() + 1;
        return looks >= policy.looks() && isLookedForLongEnough(entry)
                ? over(followed, Ending.lost(jobId, followed.resolution()))
                : again(entry, followed, looks, notBefore);
    }

    /** The same proof as that of a request which may then be sent again. */
    private Decision absent(LedgerEntry entry, Followed followed, boolean sourceProven) {
        var looks = followed.absent() + 1;
        var settledAt = entry.attemptsChangedAt().plus(policy.settle());
        var proven =
                sourceProven
                        && looks >= policy.looks()
                        && !entry.asOf().isBefore(settledAt)
                        && entry.undecided().stream()
                                .allMatch(each -> each.state() instanceof State.Closed);
        return proven
                ? over(followed, Ending.notFound(null))
                : lostOrAgain(entry, followed, looks, Duration.ZERO);
    }

    private Decision lostOrAgain(
            LedgerEntry entry, Followed followed, int absent, Duration notBefore) {
        return isLookedForLongEnough(entry)
                ? over(followed, Ending.lost(null, null))
                : again(entry, followed, absent, notBefore);
    }

    /** Until when silence ends nothing. */
    public Instant looksUntil(LedgerEntry entry) {
        return entry.attemptsEndedAt().plus(policy.lookFor());
    }

    private boolean isLookedForLongEnough(LedgerEntry entry) {
        return !entry.asOf().isBefore(looksUntil(entry));
    }

    private Decision again(LedgerEntry entry, Followed followed, int absent, Duration notBefore) {
        var stage =
                new Followed(followed.outcome(), followed.jobId(), followed.resolution(), absent);
        return new Decision(stage, spacing(entry, notBefore), new AttemptChange.None());
    }

    private Duration spacing(LedgerEntry entry, Duration notBefore) {
        var sinceNews = Duration.between(entry.attemptsChangedAt(), entry.asOf()).dividedBy(SHARE);
        var grown = longer(policy.lookSpacing(), shorter(sinceNews, SPACING_MAX));
        var asked = longer(grown, shorter(notBefore, SPACING_MAX));
        var left = Duration.between(entry.asOf(), looksUntil(entry));
        return left.isPositive() ? shorter(asked, left) : asked;
    }

    /**
     * Atlas named a job that is another request's, which only a person can explain: it is tried
     * again, rarely, in case one of the two is resolved.
     */
    Decision afterJobTaken(LedgerEntry entry, Followed followed) {
        return lostOrAgain(entry, followed, 0, SPACING_MAX);
    }

    /**
     * Why an operator cannot say that this is the request's job, or with null that it has none;
     * empty if he can.
     */
    public Optional<String> objection(
            LedgerEntry entry, Followed followed, @Nullable String jobId) {
        if (followed.jobId() != null) {
            return Optional.of("its job is " + followed.jobId());
        }
        if (jobId == null) {
            return Optional.empty();
        }
        var createdAt = ListedJob.createdAt(jobId);
        return entry.undecided().stream().allMatch(each -> createdAt.isBefore(each.notBefore()))
                ? Optional.of(
                        "job %s was made at %s, before any attempt that may have made one"
                                .formatted(jobId, createdAt))
                : Optional.empty();
    }

    /** What an operator's word makes of it; {@code jobId} is null if it is that there is no job. */
    public Decision resolve(Followed followed, @Nullable String jobId, Resolution resolution) {
        return jobId == null
                ? over(followed, Ending.notFound(resolution))
                : toTheEndOf(followed, jobId, resolution, JobProgress.RUNNING);
    }

    private static Decision over(Followed followed, Ending ending) {
        return new Decision(
                new Stage.Over(followed.outcome(), ending),
                Duration.ZERO,
                new AttemptChange.None());
    }
}
