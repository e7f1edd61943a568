package dev.restoreworker.simulation;

import java.time.Duration;

/**
 * Which kinds of trouble one schedule has. Each has some and not all: one kind would hide another.
 *
 * @param machines how many workers there are
 * @param deaths how many die at a call
 * @param pauses how often one may stand still, and wake up late
 * @param stops how often one is stopped in order
 * @param slow whether calls may take seconds
 * @param lost of a hundred create calls, how many get no answer
 * @param blind of a hundred looks, how many fail
 * @param lag the longest that a job is missing in lists
 * @param missing whether Atlas leaves fields out of its lists
 * @param wrongSource whether a request names a cluster that its snapshot is not of
 * @param refusals whether Atlas refuses, for good or for now
 * @param enforced whether Atlas itself refuses a second job while the first lives
 * @param samePerson whether a person makes the very same job by hand
 * @param otherPerson whether a person makes other jobs
 * @param equals whether requests ask for the same under several ids
 * @param clocks whether clocks are set while workers run
 * @param ledgerClock whether that of the ledger is
 * @param ledgerAway whether the ledger goes away, or does not confirm
 * @param repeats whether records come again, with the same content or other
 * @param cancels whether requests are cancelled
 * @param sendingPaused whether an operator pauses sending for a while
 * @param slots how many downloads may live in the project at once
 * @param slotsOfSnapshot how many of them of one snapshot
 * @param inFlight how many calls a worker may have under way
 * @param cutsOff how often one that goes on does not reach the ledger, and is taken for dead
 * @param retries whether the operator lets attempts be sent again of which nothing is heard
 */
record Profile(
        int machines,
        int deaths,
        int pauses,
        int stops,
        boolean slow,
        int lost,
        int blind,
        Duration lag,
        boolean missing,
        boolean wrongSource,
        boolean refusals,
        boolean enforced,
        boolean samePerson,
        boolean otherPerson,
        boolean equals,
        boolean clocks,
        boolean ledgerClock,
        boolean ledgerAway,
        boolean repeats,
        boolean cancels,
        boolean sendingPaused,
        int slots,
        int slotsOfSnapshot,
        int inFlight,
        int cutsOff,
        boolean retries) {

    /** Settle is 2 minutes, less what the ledger's clock is set by and how late a job may be. */
    private static final Duration LAG_MAX = Duration.ofSeconds(75);

    static Profile drawn(Chance chance) {
        var samePerson = chance.oneIn(3);
        var equals = chance.oneIn(5);
        var pauses = chance.oneIn(equals ? 2 : 3) ? chance.between(1, 3) : 0;
        return new Profile(
                chance.between(1, 3),
                chance.oneIn(2) ? chance.between(1, 3) : 0,
                pauses,
                chance.oneIn(4) ? 1 : 0,
                chance.oneIn(3),
                chance.oneIn(3) ? 0 : chance.between(20, 80),
                chance.oneIn(4) ? 40 : 0,
                chance.oneIn(3) ? LAG_MAX : Duration.ZERO,
                chance.oneIn(6),
                chance.oneIn(8),
                chance.oneIn(3),
                chance.oneIn(3),
                samePerson,
                chance.oneIn(3),
                equals,
                !samePerson && chance.oneIn(3),
                !samePerson && chance.oneIn(5),
                chance.oneIn(4),
                chance.oneIn(3),
                chance.oneIn(3),
                chance.oneIn(6),
                chance.oneIn(2) ? chance.between(1, 2) : 20,
                equals && chance.oneIn(2) ? 20 : 1,
                chance.oneIn(4) ? 1 : 20,
                pauses == 0 && chance.oneIn(4) ? chance.between(1, 4) : 0,
                chance.oneIn(pauses > 0 ? 2 : 6));
    }

    /**
     * Nothing worse than lost answers and death: what became of each call can be found out, and no
     * request may end as unknown.
     */
    boolean canAllBeKnown() {
        return pauses == 0
                && !slow
                && blind == 0
                && !missing
                && !wrongSource
                && !samePerson
                && !equals
                && !clocks
                && !ledgerClock
                && !ledgerAway
                && cutsOff == 0;
    }

    /** The operator accepts two jobs of one request, if one of its senders stands still. */
    boolean mayRestoreTwice() {
        return retries && pauses > 0;
    }
}
