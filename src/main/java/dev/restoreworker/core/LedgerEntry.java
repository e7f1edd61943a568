package dev.restoreworker.core;

import dev.restoreworker.core.Decision.AttemptChange;
import java.time.Instant;
import java.util.List;

/**
 * All that decides what happens next to one request. The ledger holds exactly one entry for each
 * request id.
 *
 * <p>{@code deferred} says whether it ever had to wait for more than its turn, which is told once.
 * All instants are the ledger's time but {@link Attempt#notBefore}; {@code asOf} is when the entry
 * was read, and stands for <em>now</em> in every decision about it.
 */
public record LedgerEntry(
        RestoreRequest request,
        Instant receivedAt,
        long version,
        Stage stage,
        boolean deferred,
        List<Attempt> attempts,
        Instant dueAt,
        Instant asOf) {

    public LedgerEntry {
        attempts = List.copyOf(attempts);
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

        /** Decided; the event stands in the outbox since the same transaction. */
        record Settled(Outcome outcome) implements Stage {}
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
        return new LedgerEntry(request, receivedAt, version, stage, deferred, known, dueAt, asOf);
    }

    /** The attempts of which Atlas may have made a job that nobody has named to us. */
    public List<Attempt> undecided() {
        return attempts.stream().filter(Attempt::undecided).toList();
    }

    /** The attempt that was begun last. */
    public Attempt lastAttempt() {
        return attempts.getLast();
    }
}
