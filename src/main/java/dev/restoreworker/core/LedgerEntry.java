package dev.restoreworker.core;

import dev.restoreworker.core.Decision.AttemptChange;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * All that decides what happens next to one request. The ledger holds exactly one entry for each
 * request id.
 *
 * <p>{@code deferred} says whether it ever had to wait for more than its turn, which is told once.
 * All instants are the ledger's time but {@link Attempt#notBefore}; {@code asOf} is when the entry
 * was read, and stands for <em>now</em> in every decision about it. {@code queue} is null for what
 * needs no slot or has one; {@code cancel} is null unless somebody wants the request cancelled.
 */
public record LedgerEntry(
        RestoreRequest request,
        Instant receivedAt,
        long version,
        Stage stage,
        boolean deferred,
        List<Attempt> attempts,
        Instant dueAt,
        Instant asOf,
        Line line,
        @Nullable Queue queue,
        @Nullable Cancel cancel) {

    /** When an entry is due that is due by itself never. */
    public static final Instant NEVER = Instant.MAX;

    public LedgerEntry {
        attempts = List.copyOf(attempts);
    }

    /** One that nobody stands before, and nobody wants cancelled. */
    public LedgerEntry(
            RestoreRequest request,
            Instant receivedAt,
            long version,
            Stage stage,
            boolean deferred,
            List<Attempt> attempts,
            Instant dueAt,
            Instant asOf) {
        this(
                request,
                receivedAt,
                version,
                stage,
                deferred,
                attempts,
                dueAt,
                asOf,
                Line.FREE,
                null,
                null);
    }

    /**
     * Where the request stands among those that wipe the same target, as of the reading. {@code
     * heldBy} is the first of those that came before it and are not over; {@code repeats} the one
     * that it repeats without leave, and then it stands in no line.
     */
    public record Line(@Nullable String heldBy, @Nullable String repeats) {

        public static final Line FREE = new Line(null, null);
    }

    /**
     * Where a download that has no slot stands in the queue of its project, as of the reading: 1 is
     * the first. {@code heldBy} are the jobs that hold what it waits for, the slots of the project
     * or its snapshot, and in the place of a job that is not known its request.
     */
    public record Queue(int place, List<String> heldBy) {

        public Queue {
            heldBy = List.copyOf(heldBy);
        }
    }

    /** How far the request has come. */
    public sealed interface Stage {

        /**
         * Nothing is under way that could create a job. {@code tries} counts how often in a row the
         * request was put off.
         */
        record Waiting(WaitsFor waitsFor, int tries) implements Stage {}

        /**
         * An attempt is undecided: only Atlas knows whether there is a job. {@code absent} counts
         * the looks in a row, since any attempt last changed, that found nothing.
         */
        record Submitting(int absent) implements Stage {

            /** Nobody looked yet. */
            public Submitting() {
                this(0);
            }
        }

        /**
         * Decided, and the event stands in the outbox, but which job is the request's is not known,
         * nor whether there is one: it is looked for. Nothing is sent any more. {@code absent}
         * counts the looks in a row, since any attempt last changed, that did not show it.
         */
        record Followed(Outcome outcome, int absent) implements Stage {

            /** Nobody looked yet. */
            public Followed(Outcome outcome) {
                this(outcome, 0);
            }
        }

        /**
         * Decided, the event stands in the outbox, and the job is known. It is watched, together
         * with all others of its cluster, for as long as it holds its target or its slot.
         *
         * @param resolution the operator's word that names the job, if one does
         * @param absent in how many lists in a row the job did not stand
         * @param ending what was told of its end already; then it is a download that can be fetched
         */
        record Tracked(
                Outcome outcome,
                String jobId,
                @Nullable Resolution resolution,
                int absent,
                @Nullable Ending ending)
                implements Stage {

            /** Of a request whose outcome is its job. */
            public Tracked(Outcome.JobCreated outcome) {
                this(outcome, outcome.jobId(), null);
            }

            /** One that runs, as far as is known. */
            public Tracked(Outcome outcome, String jobId, @Nullable Resolution resolution) {
                this(outcome, jobId, resolution, 0, null);
            }
        }

        /** Decided; the event stands in the outbox since the same transaction. */
        record Settled(Outcome outcome) implements Stage {}

        /** What became of it is known and told, and it holds nothing any more. */
        record Over(Outcome outcome, Ending ending) implements Stage {}
    }

    /** Whether it needs a slot. */
    public boolean isDownload() {
        return request.delivery() instanceof Delivery.Download;
    }

    /** The attempt with this number. Attempts are numbered from 1. */
    public Attempt attempt(int number) {
        return attempts.get(number - 1);
    }

    /**
     * The attempts as they will be once {@code change} is written down, for all that events tell of
     * them. (When it was written down only the ledger will know.)
     */
    public List<Attempt> attemptsAfter(AttemptChange change) {
        return change instanceof AttemptChange.Answer(var number, var reply)
                ? attempts.stream()
                        .map(
                                each ->
                                        each.number() == number
                                                ? each.with(new Attempt.State.Answered(asOf, reply))
                                                : each)
                        .toList()
                : attempts;
    }

    /** True if {@code decision} makes it wait for more than its turn, for the first time. */
    public boolean firstDeferredBy(Decision decision) {
        return !deferred && decision.defers();
    }

    /** The same entry, with these attempts. */
    public LedgerEntry with(List<Attempt> known) {
        return with(known, line, queue, cancel);
    }

    /** The same entry, standing here. */
    public LedgerEntry with(Line place) {
        return with(attempts, place, queue, cancel);
    }

    /** The same entry, standing in this queue. */
    public LedgerEntry with(@Nullable Queue place) {
        return with(attempts, line, place, cancel);
    }

    /** The same entry, which this cancel is of; null if none is. */
    public LedgerEntry cancelledBy(@Nullable Cancel known) {
        return with(attempts, line, queue, known);
    }

    private LedgerEntry with(
            List<Attempt> newAttempts,
            Line newLine,
            @Nullable Queue newQueue,
            @Nullable Cancel newCancel) {
        return new LedgerEntry(
                request,
                receivedAt,
                version,
                stage,
                deferred,
                newAttempts,
                dueAt,
                asOf,
                newLine,
                newQueue,
                newCancel);
    }

    /** The attempts of which Atlas may have made a job that nobody has named to us. */
    public List<Attempt> undecided() {
        return attempts.stream().filter(Attempt::undecided).toList();
    }

    /** The answers that named a job, in the order of their attempts. */
    public List<SubmitReply.Created> created() {
        return attempts.stream().flatMap(each -> each.created().stream()).toList();
    }

    /** When any attempt last changed. */
    public Instant attemptsChangedAt() {
        return latest(Attempt::changedAt);
    }

    /** When the last attempt ended, or can at the latest have ended by what is known. */
    public Instant attemptsEndedAt() {
        return latest(Attempt::endedAt);
    }

    private Instant latest(Function<Attempt, Instant> time) {
        return attempts.stream().map(time).max(Comparator.naturalOrder()).orElseThrow();
    }

    /**
     * The first attempt, but for the one with the number {@code answered}, that is silent, or was
     * when the next one was begun. Whatever is told of it afterwards, there may be two jobs.
     */
    public Optional<Attempt> silent(int answered) {
        return attempts.stream()
                .filter(
                        each ->
                                each.number() < attempts.size()
                                        ? each.wasSilentAt(attempt(each.number() + 1).begunAt())
                                        : each.isSilent() && each.number() != answered)
                .findFirst();
    }

    /** The attempt that was begun last. */
    public Attempt lastAttempt() {
        return attempts.getLast();
    }
}
