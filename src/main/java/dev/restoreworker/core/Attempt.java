package dev.restoreworker.core;

import java.time.Instant;

/**
 * One create call, from the moment that the intent to send it was written down.
 *
 * <p>{@code begunAt} and {@code leaseUntil} are the ledger's time. {@code notBefore} is Atlas' time
 * as the sender measured it: no job of this attempt was created earlier.
 */
public record Attempt(
        int number, Instant begunAt, Instant notBefore, Instant leaseUntil, State state) {

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

    /** The same attempt, of which this is known now. */
    public Attempt with(State known) {
        return new Attempt(number, begunAt, notBefore, leaseUntil, known);
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
