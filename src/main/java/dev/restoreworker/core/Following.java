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
 * Decides about a request whose outcome is told while it is not known whether it has a job.
 *
 * <pre>
 *              found, named, resolved
 *   Followed ────────────────────────▶ Tracked, see {@link Tracking}
 *      │ provably no job, resolved as none,
 *      │ or looked for long enough
 *      ╰───────────────────────────────▶ Over
 * </pre>
 *
 * <p>Atlas' list is looked at less and less often, and nothing is ever sent. Silence alone ends it
 * no sooner than {@link RetryPolicy#lookFor} after the last attempt's end.
 */
public record Following(RetryPolicy policy, Tracking tracking) {

    public Following(RetryPolicy policy) {
        this(policy, new Tracking(policy));
    }

    /** From the move that tells an outcome of which it is not known whether there is a job. */
    Decision begin(Outcome outcome, AttemptChange change) {
        return new Decision(new Followed(outcome), policy.lookSpacing(), change);
    }

    Step next(LedgerEntry entry, Followed followed) {
        var named = entry.created(); // late, or it would not be unknown
        if (!named.isEmpty()) {
            return new Step.Move(
                    tracking.found(
                            followed.outcome(),
                            named.getFirst().jobId(),
                            null,
                            JobProgress.RUNNING));
        }
        return entry.undecided().isEmpty()
                ? new Step.Move(over(followed, Ending.notFound(null)))
                : new Step.Look();
    }

    Decision afterLook(LedgerEntry entry, Followed followed, Look look) {
        return switch (look) {
            case Look.Blind(var why) ->
                    lostOrAgain(entry, followed, followed.absent(), why.retryAfter());
            case Look.Seen(var findings, _) when findings.ours().size() == 1 -> {
                var job = findings.ours().getFirst();
                yield tracking.found(followed.outcome(), job.id(), null, job.progress());
            }
            case Look.Seen(var findings, _) when !findings.nothing() ->
                    lostOrAgain(entry, followed, 0, Duration.ZERO);
            case Look.Seen(_, var sourceProven) -> absent(entry, followed, sourceProven);
        };
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
        return entry.asOf().isBefore(looksUntil(entry))
                ? new Decision(
                        new Followed(followed.outcome(), absent),
                        spacing(entry, notBefore),
                        new AttemptChange.None())
                : over(followed, Ending.lost(null, null));
    }

    /** Until when silence ends nothing. */
    public Instant looksUntil(LedgerEntry entry) {
        return entry.attemptsEndedAt().plus(policy.lookFor());
    }

    private Duration spacing(LedgerEntry entry, Duration notBefore) {
        var sinceNews = Duration.between(entry.attemptsChangedAt(), entry.asOf());
        var grown = Spacing.of(policy.lookSpacing(), sinceNews);
        var asked = longer(grown, shorter(notBefore, Spacing.MAX));
        var left = Duration.between(entry.asOf(), looksUntil(entry));
        return left.isPositive() ? shorter(asked, left) : asked;
    }

    /**
     * Atlas named a job that is another request's, which only a person can explain: it is tried
     * again, rarely, in case one of the two is resolved.
     */
    Decision afterJobTaken(LedgerEntry entry, Followed followed) {
        return lostOrAgain(entry, followed, 0, Spacing.MAX);
    }

    /**
     * Why an operator cannot say that this is the request's job, or with null that it has none;
     * empty if he can.
     */
    public Optional<String> objection(LedgerEntry entry, @Nullable String jobId) {
        if (jobId == null) {
            return Optional.empty();
        }
        var createdAt = ListedJob.createdAt(jobId);
        return entry.undecided().stream().allMatch(each -> createdAt.isBefore(each.firstSecond()))
                ? Optional.of(
                        "job %s was made at %s, before any attempt that may have made one"
                                .formatted(jobId, createdAt))
                : Optional.empty();
    }

    /** What an operator's word makes of it; {@code jobId} is null if it is that there is no job. */
    public Decision resolve(Followed followed, @Nullable String jobId, Resolution resolution) {
        return jobId == null
                ? over(followed, Ending.notFound(resolution))
                : tracking.found(followed.outcome(), jobId, resolution, JobProgress.RUNNING);
    }

    private static Decision over(Followed followed, Ending ending) {
        return new Decision(
                new Stage.Over(followed.outcome(), ending),
                Duration.ZERO,
                new AttemptChange.None());
    }
}
