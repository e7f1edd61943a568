package dev.restoreworker.simulation;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * What one worker runs on, from its start to its death: its clocks, and whether it stands still.
 *
 * <p>A machine that is gone lost its memory and all its connections; one that stands still has both
 * and goes on one day. The ledger tells the two apart by the session that a worker holds ({@link
 * Sessions}), which one that lives may lose as well.
 */
final class Machine implements InstantSource {

    private final String name;
    private final Scheduler scheduler;
    private Duration ahead;
    private Duration missed = Duration.ZERO;
    private Instant frozenUntil = Instant.MIN;
    private boolean gone;
    private int session;
    private Instant cutOffUntil = Instant.MIN;

    Machine(String name, Scheduler scheduler, Duration ahead) {
        this.name = name;
        this.scheduler = scheduler;
        this.ahead = ahead;
    }

    String name() {
        return name;
    }

    /** The wall clock. */
    @Override
    public Instant instant() {
        return scheduler.now().plus(ahead);
    }

    /** The monotonic clock. */
    long nanos() {
        return Duration.between(Instant.EPOCH, scheduler.now()).minus(missed).toNanos();
    }

    /** Somebody sets the wall clock. */
    void setClock(Duration by) {
        ahead = ahead.plus(by);
    }

    /**
     * All threads stand still for so long: a stopped process, or a suspended machine, whose
     * monotonic clock stands still too.
     */
    void freeze(Duration time, boolean suspended) {
        frozenUntil = scheduler.now().plus(time);
        missed = suspended ? missed.plus(time) : missed;
    }

    /** It stands still no longer than that. */
    void wake(Duration in) {
        var then = scheduler.now().plus(in);
        frozenUntil = then.isBefore(frozenUntil) ? then : frozenUntil;
    }

    Instant frozenUntil() {
        return frozenUntil;
    }

    boolean isFrozen() {
        return frozenUntil.isAfter(scheduler.now());
    }

    /** The number of the session that it holds. */
    int session() {
        return session;
    }

    /** It does not reach the ledger for so long, which ends its session; it opens another then. */
    void cutOff(Duration time) {
        session++;
        cutOffUntil = scheduler.now().plus(time);
    }

    boolean isCutOff() {
        return cutOffUntil.isAfter(scheduler.now());
    }

    void die() {
        gone = true;
    }

    boolean isGone() {
        return gone;
    }
}
