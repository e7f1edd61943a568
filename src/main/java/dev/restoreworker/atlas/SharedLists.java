package dev.restoreworker.atlas;

import dev.restoreworker.AtlasBackups.Listing;
import dev.restoreworker.core.SourceCluster;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * One list of a cluster's restore jobs for all who wait for it. At most one is being read at a
 * time; whoever asks meanwhile shares the next one, so that no list is older than the wish for it.
 *
 * <p>Of those who share a read one does it, when the read before it is over. A read ends by itself,
 * and so does each wait. Nothing that a create call needs is held while waiting.
 */
final class SharedLists {

    /** How many are read at once, of all clusters. */
    static final int AT_ONCE = 16;

    /** Reads the list of a cluster. */
    @FunctionalInterface
    interface Read {
        Listing jobs(SourceCluster cluster, Instant since);
    }

    /** One read, and who waits for it. Its {@code since} and whether it has begun are guarded. */
    private static final class Round {
        private final CompletableFuture<Listing> listing = new CompletableFuture<>();
        private Instant since;
        private boolean begun;

        Round(Instant since) {
            this.since = since;
        }
    }

    /** A round to wait for; {@code isMine} if whoever asked has to do it, after the one before. */
    private record Place(Round round, boolean isMine, @Nullable Round before) {}

    private final Read read;
    private final Semaphore places = new Semaphore(AT_ONCE, true);

    /** The newest round of each cluster that has one which is not over. */
    private final Map<SourceCluster, Round> newest = new HashMap<>();

    SharedLists(Read read) {
        this.read = read;
    }

    /**
     * A list that begins after this call did, with all jobs that were made at or after {@code
     * since}.
     */
    Listing jobs(SourceCluster cluster, Instant since) throws InterruptedException {
        var place = join(cluster, since);
        if (place.isMine()) {
            lead(cluster, place.round(), place.before());
        }
        try {
            return place.round().listing.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the list that all waited for broke down", e);
        }
    }

    private void lead(SourceCluster cluster, Round mine, @Nullable Round before) {
        try {
            if (before != null) {
                before.listing.exceptionally(_ -> null).join();
            }
            places.acquireUninterruptibly();
            try {
                mine.listing.complete(read.jobs(cluster, begin(mine)));
            } finally {
                places.release();
            }
        } catch (RuntimeException | Error e) {
            mine.listing.completeExceptionally(e);
        } finally {
            end(cluster, mine);
        }
    }

    private synchronized Place join(SourceCluster cluster, Instant since) {
        var last = newest.get(cluster);
        if (last != null && !last.begun) {
            last.since = last.since.isBefore(since) ? last.since : since;
            return new Place(last, false, null);
        }
        var mine = new Round(since);
        newest.put(cluster, mine);
        return new Place(mine, true, last);
    }

    /** From now on nobody joins it. Returns since when it lists. */
    private synchronized Instant begin(Round round) {
        round.begun = true;
        return round.since;
    }

    private synchronized void end(SourceCluster cluster, Round round) {
        newest.remove(cluster, round);
    }

    /** Of how many clusters a list is wanted now. */
    synchronized int count() {
        return newest.size();
    }
}
