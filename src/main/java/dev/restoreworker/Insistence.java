package dev.restoreworker;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Does a thing again until it is done: for what must not be lost because the ledger cannot be
 * reached for a while.
 */
public final class Insistence {

    /** Thrown where the worker went down before the thing was done. */
    public static final class StoppedException extends RuntimeException {
        private static final long serialVersionUID = 1;

        StoppedException(String what, RuntimeException cause) {
            super(what + " was not done before the worker went down", cause);
        }
    }

    private static final System.Logger LOG = System.getLogger(Insistence.class.getName());

    private final UnaryOperator<Duration> pauses;
    private final CountDownLatch stopped = new CountDownLatch(1);

    /** With the pauses of an {@link Outage}. */
    public Insistence() {
        this(UnaryOperator.identity());
    }

    /** With other pauses, for those who cannot wait. */
    Insistence(UnaryOperator<Duration> pauses) {
        this.pauses = pauses;
    }

    /**
     * What {@code action} returns once the ledger is there. Whatever else it throws is thrown at
     * once: it would be thrown again.
     *
     * @param what named in the log, as the beginning of a sentence
     * @throws StoppedException if {@link #stop} came first, or the thread was interrupted; the last
     *     failure is its cause
     */
    public <T> T until(String what, Supplier<T> action) {
        var outage = new Outage(LOG, what);
        while (true) {
            try {
                var done = action.get();
                outage.over();
                return done;
            } catch (LedgerUnavailableException e) {
                if (stoppedWithin(pauses.apply(outage.failed(e)))) {
                    throw new StoppedException(what, e);
                }
            }
        }
    }

    /** Waits so long, or until {@link #stop}; true if that came first. */
    boolean stoppedBeforeNextTry(Duration pause) {
        return stoppedWithin(pauses.apply(pause));
    }

    /** From now on nothing is tried again. */
    public void stop() {
        stopped.countDown();
    }

    private boolean stoppedWithin(Duration pause) {
        try {
            return stopped.await(pause.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
