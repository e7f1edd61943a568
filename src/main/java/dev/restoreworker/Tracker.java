package dev.restoreworker;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import dev.restoreworker.AtlasBackups.Cancellation;
import dev.restoreworker.AtlasBackups.Listing;
import dev.restoreworker.Ledger.Move;
import dev.restoreworker.Ledger.Watch;
import dev.restoreworker.core.Durations;
import dev.restoreworker.core.LedgerEntry;
import dev.restoreworker.core.LedgerEntry.Stage.Tracked;
import dev.restoreworker.core.Lifecycle;
import dev.restoreworker.core.ListedJob;
import dev.restoreworker.core.Tracking;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Follows jobs to their end: lists the jobs of a cluster once for all requests that have one there,
 * and writes down what is new. Those that are to be cancelled are cancelled first.
 */
@Singleton
public class Tracker {

    private static final System.Logger LOG = System.getLogger(Tracker.class.getName());

    /** Lists under way at once. */
    private static final int LISTS_MAX = 16;

    private final Ledger ledger;
    private final AtlasBackups atlas;
    private final Moves moves;
    private final Tracking tracking;
    private final Duration hold;
    private final Executor threads;
    private final Semaphore lists = new Semaphore(LISTS_MAX);

    @Inject
    public Tracker(Ledger ledger, AtlasBackups atlas, EventWriter events, Lifecycle lifecycle) {
        this(ledger, atlas, events, lifecycle, Executors.newVirtualThreadPerTaskExecutor());
    }

    /** {@code threads} list the jobs of one cluster each. */
    Tracker(
            Ledger ledger,
            AtlasBackups atlas,
            EventWriter events,
            Lifecycle lifecycle,
            Executor threads) {
        this.ledger = ledger;
        this.atlas = atlas;
        this.moves = new Moves(ledger, events);
        this.tracking = lifecycle.following().tracking();
        this.hold = lifecycle.policy().lease();
        this.threads = threads;
    }

    /**
     * Takes up the clusters whose jobs are to be listed now, as many as there is room for, each on
     * a thread of its own. Returns how many were taken.
     */
    public int trackDue() {
        var room = lists.drainPermits();
        var left = room;
        try {
            var claimed = room == 0 ? List.<Watch>of() : ledger.claimWatches(room, hold);
            for (var watch : claimed) {
                onOwnThread(watch);
                left--;
            }
            return claimed.size();
        } finally {
            lists.release(left);
        }
    }

    /** A list that fails is due again when the claim runs out. */
    private void onOwnThread(Watch watch) {
        threads.execute(
                () -> {
                    try {
                        track(watch);
                    } catch (RuntimeException e) {
                        LOG.log(WARNING, "The jobs of " + watch.cluster() + " are left", e);
                    } finally {
                        lists.release();
                    }
                });
    }

    private void track(Watch watch) {
        if (watch.tracked().isEmpty() && !watch.isWaitedFor()) {
            ledger.rest(watch, Duration.ZERO);
            return;
        }
        watch.tracked().stream().filter(Tracking::cancels).forEach(this::cancel);
        var cluster = watch.cluster();
        switch (atlas.jobs(cluster, since(watch))) {
            case Listing.Unseen(var why) ->
                    ledger.rest(watch, Durations.longer(why.retryAfter(), spacing(watch)));
            case Listing.Listed(var jobs) -> {
                var further = afterListing(watch, jobs);
                sight(watch, jobs);
                ledger.rest(watch, spacing(watch.with(further)));
            }
        }
    }

    private Duration spacing(Watch watch) {
        return tracking.spacing(watch.tracked(), watch.isWaitedFor());
    }

    /** The downloads of others may be older than any of ours. */
    private static Instant since(Watch watch) {
        return watch.isWaitedFor() ? Instant.MIN : Tracking.since(watch.tracked());
    }

    /** Whom others' downloads keep waiting needs to know of them; nobody else does. */
    private void sight(Watch watch, List<ListedJob> jobs) {
        if (!watch.isWaitedFor()) {
            return;
        }
        var ours =
                watch.tracked().stream()
                        .map(entry -> ((Tracked) entry.stage()).jobId())
                        .collect(Collectors.toSet());
        var others =
                jobs.stream()
                        .filter(ListedJob::isLiveDownload)
                        .filter(job -> !ours.contains(job.id()))
                        .toList();
        if (watch.hasForeign() || !others.isEmpty()) {
            ledger.sight(watch.cluster(), others);
        }
    }

    /** If it fails, it is tried again before the next list; and a list shows whether it worked. */
    private void cancel(LedgerEntry entry) {
        var jobId = ((Tracked) entry.stage()).jobId();
        switch (atlas.cancel(entry.request(), jobId)) {
            case Cancellation.Cancelled() ->
                    Told.of(DEBUG, entry, "its job %s is cancelled".formatted(jobId));
            case Cancellation.NotCancelled(var why) ->
                    Told.of(
                            WARNING,
                            entry,
                            "its job %s is not cancelled yet: %s".formatted(jobId, why.detail()));
        }
    }

    /** Returns those that are tracked further. */
    private List<LedgerEntry> afterListing(Watch watch, List<ListedJob> jobs) {
        Map<String, ListedJob> byId =
                jobs.stream()
                        .collect(
                                Collectors.toMap(
                                        ListedJob::id, Function.identity(), (first, _) -> first));
        var further = new ArrayList<LedgerEntry>();
        for (var entry : watch.tracked()) {
            var tracked = (Tracked) entry.stage();
            var decision = tracking.afterListing(entry, tracked, byId.get(tracked.jobId()));
            if (decision.isEmpty()) {
                further.add(entry);
            } else if (moves.move(entry, decision.get()) instanceof Move.Moved(var moved)
                    && moved.stage() instanceof Tracked) {
                further.add(moved);
            }
        }
        return further;
    }
}
