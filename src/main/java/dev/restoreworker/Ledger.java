package dev.restoreworker;

import dev.restoreworker.core.Attempt;
import dev.restoreworker.core.Cancel;
import dev.restoreworker.core.Content;
import dev.restoreworker.core.Decision;
import dev.restoreworker.core.Delivery.Target;
import dev.restoreworker.core.Ending;
import dev.restoreworker.core.JobMatcher.Rivals;
import dev.restoreworker.core.LedgerEntry;
import dev.restoreworker.core.ListedJob;
import dev.restoreworker.core.Outcome;
import dev.restoreworker.core.Outcome.JobFailed;
import dev.restoreworker.core.Resolution;
import dev.restoreworker.core.RestoreRequest;
import dev.restoreworker.core.RestoreRequest.Remarks;
import dev.restoreworker.core.SourceCluster;
import dev.restoreworker.core.WaitsFor;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The durable memory of the worker: one entry for each request id, for ever, and the only state
 * there is. Any number of workers share it.
 *
 * <p>Each method is one transaction, and what it returned is durable. Time is the ledger's own:
 * durations go in, instants come out. A method that throws may or may not have changed the ledger;
 * each may be called again. Implementations must pass {@code LedgerContract}.
 */
public interface Ledger {

    /** What time it is. */
    Instant time();

    /**
     * Opens an entry for each id that is not known yet, and says of each opening, in their order,
     * what became of it. The first of several with one id is the one that opens it. An opening that
     * is refused for its data changes nothing and does not stop the others.
     *
     * <p>Those that wipe one target stand in one line, in the order in which they are opened, each
     * until it leaves the live entries. One that has another before it, or repeats one without
     * leave, begins as waiting whatever its opening says; whoever leaves wakes the next.
     *
     * <p>A download that finds room has its slot from now on. One that does not begins as waiting
     * in the queue of its project, those with a higher priority first: as its {@link
     * Opening#queueing} says, or without one due at once.
     *
     * <p>One whose {@link #cancel cancel} is on record is settled with its outcome, if it asks for
     * something of Atlas at all, and gets no place and no slot.
     */
    List<Opened> open(List<Opening> openings);

    /**
     * Puts on record that these requests are to be cancelled, and says of each, in their order,
     * what it comes to. Of several for one request the first counts, for ever, whether the request
     * came yet or not: no opening and no cancel ever miss each other.
     *
     * <p>It overtakes what was decided about an entry that waits, and makes it due at once, then or
     * when it comes to wait; a job that is to be cancelled is to be listed at once. Nothing else is
     * moved by it. Where the request has, or is given, a job that cannot be cancelled, the dead
     * letter that says so is buried.
     */
    List<Cancelled> cancel(List<Cancelling> cancels);

    /**
     * Up to {@code max} entries that are due, the longest due first, each put off by {@code hold}
     * so that no other worker takes it meanwhile.
     */
    List<LedgerEntry> claim(int max, Duration hold);

    /**
     * Carries out {@code decision} with its {@code events}, if the entry is still as {@code from}
     * has it.
     *
     * <p>An {@link Decision.AttemptChange.Answer} is a fact about its attempt and is taken while
     * that is undecided, whoever holds the entry by then: then nothing else of the decision is
     * done, and the entry is due at once, for whoever comes next to decide with it. So is an answer
     * to an attempt whose request is settled already; it stays with the attempt.
     *
     * <p>A download that begins an attempt has a slot, or takes one if there is room within {@link
     * dev.restoreworker.core.Quota}; {@link Move.NoRoom} says that there is none. Whoever gives one
     * up gives it to the first in the queue of its project whose snapshot is free, and that is due
     * at once. Where Atlas itself says that there is no room, nobody asks again before that entry
     * is due, and all clusters of the project are to be listed.
     *
     * <p>A job belongs to the first request that a move gives it to. An entry that is {@link
     * LedgerEntry.Stage.Tracked tracked} is due by itself never: its cluster is watched, and its
     * jobs are to be listed as soon as the decision says.
     *
     * <p>Blocks until the move is durable. Concurrent moves are gathered and written together.
     */
    Move move(LedgerEntry from, Decision decision, List<OutgoingEvent> events);

    /**
     * Up to {@code max} clusters whose jobs are to be listed, the longest due first, each put off
     * by {@code hold} so that no other worker takes it meanwhile.
     */
    List<Watch> claimWatches(int max, Duration hold);

    /**
     * Has the cluster's jobs listed again after {@code dueIn}, or sooner where a job was added
     * since; never again if nothing is tracked on it, and nobody waits for the end of what others
     * have there.
     */
    void rest(Watch watch, Duration dueIn);

    /**
     * These downloads live on a cluster now, and no others but ours. Those that no request has are
     * others', and take up room; whoever Atlas refused asks again when one of them is gone.
     */
    void sight(SourceCluster cluster, List<ListedJob> downloads);

    /**
     * What of other requests speaks against these jobs being the entry's: which of them they have,
     * or have been named by an answer, and their undecided attempts, if they {@link
     * Content#asksForTheSameJob ask for the same}. A request that has a job, or is known to have
     * none, has no attempt that made another.
     */
    Rivals rivals(LedgerEntry entry, List<String> jobIds);

    /**
     * Who holds and who waits for the download slots of a project, the first {@code max} of each.
     */
    ProjectSlots slots(String projectId, int max);

    /** Everything that is known of a request; empty if its id was never seen. */
    Optional<History> find(String requestId);

    /**
     * Forgets all of a request but its id, how it ended and its job, of up to {@code max} requests
     * that are over for so long; returns how many. Wakes, too, who is first in line and was not
     * woken, since a worker of an earlier version left it.
     */
    int tidy(Duration retention, int max);

    /** Puts dead letters into the outbox, each unless one with its fingerprint ever was there. */
    void bury(List<DeadLetter> letters);

    /**
     * A record that names a request, and what is to become of it if its id is new: how it starts,
     * and what is told of it. {@code repeatGuard} is for how long after its job was made an equal
     * request is repeated by this one; null if it may repeat any. {@code queueing} is null for what
     * does not wait in a queue; {@code toldIfCancelled} is what is told of it if it is cancelled
     * already, null if nothing is.
     */
    record Opening(
            String requestId,
            Content content,
            Remarks remarks,
            Origin origin,
            Start start,
            List<OutgoingEvent> events,
            @Nullable Duration repeatGuard,
            @Nullable Queueing queueing,
            @Nullable Function<Cancel, OutgoingEvent> toldIfCancelled) {

        /** How it is opened if this cancel of it is on record. */
        public Opening cancelledBy(@Nullable Cancel cancel) {
            if (cancel == null || start.asked().isEmpty()) {
                return this;
            }
            return new Opening(
                    requestId,
                    content,
                    remarks,
                    origin,
                    new Start.Fail(cancel.outcome()),
                    toldIfCancelled == null ? List.of() : List.of(toldIfCancelled.apply(cancel)),
                    null,
                    null,
                    null);
        }
    }

    /**
     * That a request is to be cancelled, as a record says. {@code notCancellable} is that record as
     * the dead letter that it becomes if there is a job which cannot be.
     */
    record Cancelling(
            String requestId,
            @Nullable String requestedBy,
            @Nullable String reason,
            Origin origin,
            DeadLetter notCancellable) {}

    /** What became of a cancel. */
    sealed interface Cancelled {

        /** It is on record, or another of the same request is. */
        record Noted(boolean isFirst, Cancel.Effect effect) implements Cancelled {}

        /** The ledger refuses it for its data, and says why. */
        record Unstorable(String cause) implements Cancelled {}
    }

    /**
     * A cluster whose jobs are listed, and all entries that are tracked by that, without their
     * attempts. {@code version} is the ledger's; {@code hasForeign} says whether it knows of {@link
     * #sight downloads of others} there, and {@code isWaitedFor} whether a download of the project
     * waits for room.
     */
    record Watch(
            SourceCluster cluster,
            long version,
            List<LedgerEntry> tracked,
            boolean hasForeign,
            boolean isWaitedFor) {

        public Watch {
            tracked = List.copyOf(tracked);
        }

        /** The same, with these entries. */
        public Watch with(List<LedgerEntry> entries) {
            return new Watch(cluster, version, entries, hasForeign, isWaitedFor);
        }
    }

    /**
     * How a download waits that finds no room: for so long at most, and this is told of it. {@code
     * told} is given what it waits for, and its place in the queue of its project.
     */
    record Queueing(Duration patience, BiFunction<WaitsFor, Integer, OutgoingEvent> told) {}

    /**
     * The download slots of a project.
     *
     * @param limit how many of ours there may be
     * @param held how many there are, and {@code holders} the first of them
     * @param foreign live downloads of others that were seen on watched clusters
     * @param waiting how many wait for one, and {@code queue} the first of them
     */
    record ProjectSlots(
            int limit,
            int held,
            List<Holder> holders,
            List<Foreign> foreign,
            int waiting,
            List<Waiter> queue) {

        public ProjectSlots {
            holders = List.copyOf(holders);
            foreign = List.copyOf(foreign);
            queue = List.copyOf(queue);
        }

        /** {@code jobId} is null while the job is not known. */
        public record Holder(
                String requestId, String clusterName, String snapshotId, @Nullable String jobId) {}

        /** {@code snapshotId} is null if Atlas does not say it. */
        public record Foreign(String jobId, String clusterName, @Nullable String snapshotId) {}

        /** {@code askedAgainAt} is when it asks Atlas by itself, or gives up. */
        public record Waiter(
                String requestId,
                String snapshotId,
                WaitsFor waitsFor,
                int priority,
                Instant receivedAt,
                Instant askedAgainAt) {}
    }

    /** How a new entry begins. */
    sealed interface Start {

        /** Waiting, and due at once. */
        record Wait(RestoreRequest request) implements Start {}

        /** Submitting, its first attempt written down: the caller is about to send it. */
        record Submit(RestoreRequest request, Decision.AttemptChange.Begin intent)
                implements Start {}

        /** Settled: it never goes to Atlas. */
        record Fail(JobFailed outcome) implements Start {}

        /** What goes to Atlas; empty if nothing does. */
        default Optional<RestoreRequest> asked() {
            return switch (this) {
                case Wait(var request) -> Optional.of(request);
                case Submit(var request, _) -> Optional.of(request);
                case Fail _ -> Optional.empty();
            };
        }

        /** The cluster that it wipes; empty if it wipes none. */
        default Optional<Target> wipes() {
            return asked().flatMap(request -> request.delivery().wipes());
        }
    }

    /** What became of an opening. */
    sealed interface Opened {

        /** It is a new request, and this is its entry. */
        record Fresh(LedgerEntry entry) implements Opened {}

        /** It is a new request, and settled. */
        record Settled(JobFailed outcome) implements Opened {}

        /**
         * The request is known already. Counted and listed, unless it is the very same record, or
         * the request was purged; then nobody can tell whether the content is the same.
         */
        record Duplicate(boolean sameRecord) implements Opened {}

        /** The id belongs to a request with other content, which {@code first} stated. */
        record Conflict(Origin first) implements Opened {}

        /** The ledger refuses this opening for its data, and says why. */
        record Unstorable(String cause) implements Opened {}
    }

    /** What became of a move. */
    sealed interface Move {

        record Moved(LedgerEntry entry) implements Move {}

        /**
         * Another worker moved the entry first: the decision was not carried out. {@code
         * answerTaken} says whether its answer was.
         */
        record Overtaken(boolean answerTaken) implements Move {}

        /** Nothing was changed: the job that the decision names is another request's. */
        record JobTaken(String requestId) implements Move {}

        /** Nothing was changed: the download that was to begin has no slot, and waits for this. */
        record NoRoom(WaitsFor waitsFor) implements Move {}
    }

    /** Everything that is known of a request; little if it was purged. */
    record History(
            String requestId,
            Content content,
            Remarks remarks,
            Origin origin,
            Instant receivedAt,
            @Nullable LedgerEntry open,
            List<Attempt> attempts,
            @Nullable Outcome outcome,
            @Nullable Instant settledAt,
            List<Repeat> duplicates,
            @Nullable Ending ending,
            @Nullable Instant endedAt,
            @Nullable Resolution resolution,
            @Nullable Instant resolvedAt,
            @Nullable Cancel cancel,
            @Nullable Instant purgedAt) {

        /** Another record with the same id and content. */
        public record Repeat(Origin origin, Instant seenAt) {}
    }
}
