package dev.restoreworker.core;

import dev.restoreworker.core.Decision.AttemptChange;
import dev.restoreworker.core.LedgerEntry.Stage;
import dev.restoreworker.core.LedgerEntry.Stage.Tracked;
import dev.restoreworker.core.Outcome.JobCreated;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides about a request whose job is known, by what Atlas' list shows of it.
 *
 * <pre>
 *              ready                    fetched, expired
 *   Tracked ──────────▶ Tracked, told ──────────────────▶ Over
 *      │                                                   ▲
 *      ╰────────── completed, failed, cancelled, lost ─────╯
 * </pre>
 *
 * <p>What became of a job is told once. A download that can be fetched is told of, and watched
 * further: it holds its slot until its link was used or has expired. One that is to be cancelled is
 * cancelled at Atlas before each list, and ends as any other: by what a list shows.
 */
public record Tracking(RetryPolicy policy) {

    /**
     * For how long after its link's end Atlas may keep a transfer alive that was interrupted: it
     * "can be resumed if the failure is under an hour old" (Atlas' manual).
     */
    private static final Duration TRANSFER = Duration.ofHours(1);

    /** From the move that tells of the request's job. */
    Decision begin(JobCreated outcome, AttemptChange change) {
        return new Decision(new Tracked(outcome), policy.trackEvery(), change);
    }

    /** The job is the request's; its end may have been seen with it. */
    Decision found(
            Outcome outcome, String jobId, @Nullable Resolution resolution, JobProgress progress) {
        var tracked = new Tracked(outcome, jobId, resolution);
        return after(tracked, progress)
                .orElseGet(() -> new Decision(tracked, Duration.ZERO, new AttemptChange.None()));
    }

    /** It is watched with its cluster; whoever was woken for it by itself has nothing to do. */
    Decision rest(Tracked tracked) {
        return decision(tracked);
    }

    /**
     * What a list, begun after the entry was read, makes of it: {@code job} is null if it does not
     * stand there. Empty if it shows nothing new.
     */
    public Optional<Decision> afterListing(
            LedgerEntry entry, Tracked tracked, @Nullable ListedJob job) {
        if (job == null) {
            return Optional.of(unseen(tracked));
        }
        if (isHeldNoLonger(entry, tracked)) {
            return Optional.of(over(tracked, tracked.ending()));
        }
        var news = after(tracked, job.progress());
        return news.isEmpty() && tracked.absent() > 0
                ? Optional.of(decision(shown(tracked, 0, tracked.ending())))
                : news;
    }

    private Optional<Decision> after(Tracked tracked, JobProgress progress) {
        var told = tracked.ending();
        if (!progress.isOver()) {
            return Optional.empty();
        }
        var ending =
                told == null ? Ending.of(tracked.jobId(), progress, tracked.resolution()) : told;
        if (progress.isGone()) {
            return Optional.of(over(tracked, ending));
        }
        return told == null ? Optional.of(decision(shown(tracked, 0, ending))) : Optional.empty();
    }

    /** Gone from the list, or not in it yet. */
    private Decision unseen(Tracked tracked) {
        var lists = tracked.absent() + 1;
        return lists >= listsUntilLost()
                ? over(tracked, tracked.ending())
                : decision(shown(tracked, lists, tracked.ending()));
    }

    /** As many as a job is absent from in a row before it is believed that there is none. */
    private int listsUntilLost() {
        var settle = policy.settle().dividedBy(policy.trackEvery());
        return (int) Math.max(policy.looks(), settle + 1);
    }

    /** By time alone, if Atlas shows a link that nobody can use any more. */
    private boolean isHeldNoLonger(LedgerEntry entry, Tracked tracked) {
        var expiresAt = tracked.ending() == null ? null : tracked.ending().expiresAt();
        return expiresAt != null
                && entry.asOf().isAfter(expiresAt.plus(TRANSFER).plus(policy.clockSkewMax()));
    }

    /**
     * Since when jobs must be listed to show all of these; {@link Instant#MIN} for all there are.
     */
    public static Instant since(List<LedgerEntry> entries) {
        return entries.stream()
                .map(entry -> (Tracked) entry.stage())
                .map(
                        // That one is missing must not rest on the order of the list.
                        tracked ->
                                tracked.absent() > 0
                                        ? Instant.MIN
                                        : ListedJob.createdAt(tracked.jobId()))
                .min(Instant::compareTo)
                .orElse(Instant.MIN);
    }

    /**
     * Whether the entry's job is to be cancelled at Atlas before it is listed: again and again,
     * until a list shows that it is over. What wipes a target cannot be.
     */
    public static boolean cancels(LedgerEntry entry) {
        return entry.cancel() != null && entry.request().delivery() instanceof Delivery.Download;
    }

    /**
     * How long it is until the jobs of these entries are listed again; {@code isWaitedFor} says
     * whether somebody waits for their slots.
     */
    public Duration spacing(List<LedgerEntry> entries, boolean isWaitedFor) {
        return isWaitedFor ? policy.trackEvery() : spacing(entries);
    }

    private Duration spacing(List<LedgerEntry> entries) {
        return entries.stream()
                .map(entry -> Duration.between(newsAt(entry), entry.asOf()))
                .min(Duration::compareTo)
                .map(age -> Spacing.of(policy.trackEvery(), age))
                .orElse(policy.trackEvery());
    }

    /** A job that is being cancelled is listed as often as one that was just made. */
    private static Instant newsAt(LedgerEntry entry) {
        var cancel = entry.cancel();
        return cancel != null && cancels(entry) ? cancel.at() : createdAt(entry);
    }

    private static Instant createdAt(LedgerEntry entry) {
        return ListedJob.createdAt(((Tracked) entry.stage()).jobId());
    }

    private static Tracked shown(Tracked tracked, int absent, @Nullable Ending ending) {
        return new Tracked(
                tracked.outcome(), tracked.jobId(), tracked.resolution(), absent, ending);
    }

    private Decision decision(Tracked tracked) {
        return new Decision(tracked, policy.trackEvery(), new AttemptChange.None());
    }

    private static Decision over(Tracked tracked, @Nullable Ending ending) {
        return new Decision(
                new Stage.Over(
                        tracked.outcome(),
                        ending == null
                                ? Ending.lost(tracked.jobId(), tracked.resolution())
                                : ending),
                Duration.ZERO,
                new AttemptChange.None());
    }
}
