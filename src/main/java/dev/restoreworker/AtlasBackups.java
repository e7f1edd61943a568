package dev.restoreworker;

import dev.restoreworker.core.ListedJob;
import dev.restoreworker.core.RestoreRequest;
import dev.restoreworker.core.SourceCluster;
import dev.restoreworker.core.SubmitReply;
import dev.restoreworker.core.SubmitReply.NotNow;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Atlas, as far as it is needed. No method throws for anything that Atlas or the network does. */
public interface AtlasBackups {

    /**
     * Whether a create call of this project can be signed and sent at once, and then the earliest
     * that Atlas' clock can show now. Asks nobody, and never waits.
     */
    Optional<Instant> ready(String projectId);

    /**
     * Why nothing of this project would be sent now, as far as this worker knows. Asks nobody, and
     * never waits.
     */
    Optional<NotNow> obstacle(String projectId);

    /**
     * Makes the project's credential ready, by one read of the request's own restore jobs. Of
     * several callers one does it, and the others wait for it. Waits at most one exchange.
     */
    Readiness prepare(RestoreRequest request);

    /**
     * Sends at most one create call that Atlas may act upon, and says what is known of it. When it
     * returns, the exchange is over and its connection will carry nothing more of it.
     *
     * @param lastCheck asked when the connection is there and nothing was written yet, before each
     *     send; if it objects, nothing is sent and its objection is the reply
     */
    SubmitReply submit(RestoreRequest request, LastCheck lastCheck);

    /**
     * Restore jobs that Atlas lists now under this source cluster: all that were made at or after
     * {@code since}, and perhaps older ones; {@link Instant#MIN} asks for all. Callers that wait
     * for the same cluster share one list, begun after each of them asked.
     */
    Listing jobs(SourceCluster cluster, Instant since);

    /**
     * Whether the request's source cluster is proven to be its source: Atlas has the snapshot under
     * it; a request that names no snapshot names its source by the path. Waits at most one
     * exchange.
     */
    Proof proveSource(RestoreRequest request);

    /**
     * Cancels a download that was made for this request. One that is over, or was never there, is
     * cancelled: so it may be asked for again. Waits at most one exchange.
     */
    Cancellation cancel(RestoreRequest request, String jobId);

    /** What came of {@link #cancel}. */
    sealed interface Cancellation {

        record Cancelled() implements Cancellation {}

        record NotCancelled(NotNow why) implements Cancellation {}
    }

    /** What came of {@link #jobs}. */
    sealed interface Listing {

        /** The whole of what was asked for, each job once. */
        record Listed(List<ListedJob> jobs) implements Listing {}

        /** Atlas did not show it, or not the whole of it. */
        record Unseen(NotNow why) implements Listing {}
    }

    /** What came of {@link #proveSource}. */
    sealed interface Proof {

        /** Atlas said whether it is. */
        record Known(boolean proven) implements Proof {}

        /** Atlas did not say it. */
        record Unseen(NotNow why) implements Proof {}
    }

    /** What has to hold when the first byte goes out. */
    @FunctionalInterface
    interface LastCheck {

        /** Why the call must not be sent now; empty if it may. Quick, and harmless to ask often. */
        Optional<NotNow> objection();
    }

    /** Whether a project's credential is ready. */
    sealed interface Readiness {

        /** {@code notBefore} is the earliest that Atlas' clock can show now. */
        record Ready(Instant notBefore) implements Readiness {}

        record Unready(NotNow why) implements Readiness {}
    }
}
