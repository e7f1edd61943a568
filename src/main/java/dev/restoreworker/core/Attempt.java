package dev.restoreworker.core;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * One create call, from the moment that the intent to send it was written down.
 *
 * <p>{@code begunAt} and {@code leaseUntil} are the ledger's time. {@code notBefore} is Atlas' time
 * as the sender measured it: no job of this attempt was created earlier. {@code senderGone} is as
 * of this reading, and true only if the database session of its sender is known to have ended: that
 * worker is dead, or has lost its session and is not sending any more once its time to send is
 * over. False says nothing.
 */
public record Attempt(
        int number,
        Instant begunAt,
        Instant notBefore,
        Instant leaseUntil,
        State state,
        boolean senderGone) {

    /** An attempt of whose sender nothing is known. */
    public Attempt(
            int number, Instant begunAt, Instant notBefore, Instant leaseUntil, State state) {
        this(number, begunAt, notBefore, leaseUntil, state, false);
    }

    /** What is known of the call. It is <em>undecided</em> until an answer is known. */
    public sealed interface State {

        /** It is about to be sent, under way, or its sender is gone. */
        record Open() implements State {}

        /** Its end is known and its answer is not: nothing of it can be written any more. */
        record Closed(Instant at, String cause) implements State {}

        /** Its lease ran out and nothing was heard: its sender may still write. */
        record Abandoned(Instant at) implements State {}

        /** Its answer is known. */
        record Answered(Instant at, SubmitReply reply) implements State {}
    }

    /** When Atlas can have made a job, in Atlas' time; both ends belong to it. */
    public record Window(Instant from, Instant to) {

        public boolean contains(Instant createdAt) {
            return !createdAt.isBefore(from) && !createdAt.isAfter(to);
        }
    }

    /** The first second that the id of its job can tell: an id tells no more than that. */
    public Instant firstSecond() {
        return notBefore.truncatedTo(ChronoUnit.SECONDS);
    }

    /** Whether Atlas may have made a job of it that nobody has named to us. */
    public boolean undecided() {
        return !(state instanceof State.Answered);
    }

    /**
     * Whether nothing more can come of its sender, though nobody was told of its end: its session
     * is gone, and so is its time to send. The second is for a worker that lost its session and
     * lives.
     */
    public boolean isOrphan(Duration sendWithin, Instant asOf) {
        return switch (state) {
            case State.Open _, State.Abandoned _ ->
                    senderGone && asOf.isAfter(begunAt.plus(sendWithin));
            case State.Closed _, State.Answered _ -> false;
        };
    }

    /** The answer that named its job. */
    public Optional<SubmitReply.Created> created() {
        return state instanceof State.Answered(_, SubmitReply.Created reply)
                ? Optional.of(reply)
                : Optional.empty();
    }

    /** When it came to the state that it is in. */
    public Instant changedAt() {
        return switch (state) {
            case State.Open _ -> begunAt;
            case State.Closed(var at, _) -> at;
            case State.Abandoned(var at) -> at;
            case State.Answered(var at, _) -> at;
        };
    }

    /** When its call was over; when its lease is, as long as nothing is known of it. */
    public Instant endedAt() {
        return switch (state) {
            case State.Open _, State.Abandoned _ -> leaseUntil;
            case State.Closed(var at, _) -> at;
            case State.Answered(var at, _) -> at;
        };
    }

    /** Whether its sender may still send it, for all that is known. */
    public boolean isSilent() {
        return state instanceof State.Open || state instanceof State.Abandoned;
    }

    /** Whether {@link #isSilent} was so then. */
    public boolean wasSilentAt(Instant then) {
        return switch (state) {
            case State.Open _, State.Abandoned _ -> true;
            case State.Closed(var at, _) -> at.isAfter(then);
            case State.Answered(var at, _) -> at.isAfter(then);
        };
    }

    /**
     * When a job that is taken for its own must have been created: from its first second to {@code
     * late} after its end, or its lease's if that came first. Whatever is told later of its end, a
     * job from after the lease may be a person's.
     */
    public Window window(Duration late) {
        var end =
                state instanceof State.Closed(var at, _) && at.isBefore(leaseUntil)
                        ? at
                        : leaseUntil;
        return new Window(firstSecond(), inAtlasTime(end).plus(late));
    }

    /**
     * When a job can have been created that may be its own: as {@link #window}, but without an end
     * as long as its sender may still write, and with one that is later by a lease. {@code
     * notBefore} is the earliest that Atlas' clock could show, and so is all that is counted from
     * it.
     */
    public Window reach(Duration late) {
        return new Window(
                firstSecond(),
                state instanceof State.Closed(var at, _)
                        ? inAtlasTime(at).plus(late).plus(Duration.between(begunAt, leaseUntil))
                        : Instant.MAX);
    }

    private Instant inAtlasTime(Instant instant) {
        return notBefore.plus(Duration.between(begunAt, instant));
    }

    /** The same attempt, of which this is known now. */
    public Attempt with(State known) {
        return new Attempt(number, begunAt, notBefore, leaseUntil, known, senderGone);
    }

    /** The same attempt, of whose sender this is known now. */
    public Attempt withSenderGone(boolean gone) {
        return new Attempt(number, begunAt, notBefore, leaseUntil, state, gone);
    }

    /** One word for people and for events. */
    public String word() {
        return switch (state) {
            case State.Open _ -> "open";
            case State.Closed _ -> "unknown";
            case State.Abandoned _ -> "abandoned";
            case State.Answered(_, var reply) -> reply.word();
        };
    }
}
