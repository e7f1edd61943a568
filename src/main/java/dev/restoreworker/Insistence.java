package dev.restoreworker;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Does a thing again until it is done, with growing pauses: for what must not be lost because the
 * ledger cannot be reached for a while.
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

    private final Duration pauseMin;
    private final Duration pauseMax;
    private final CountDownLatch stopped = new CountDownLatch(1);

    public Insistence(Duration pauseMin, Duration pauseMax) {
        this.pauseMin = pauseMin;
        this.pauseMax = pauseMax;
    }

    /**
     * What {@code action} returns once it does not throw.
     *
     * @param what named in the log, where each outage is told once, and its end
     * @throws StoppedException if {@link #stop} came first; the last failure is its cause
     */
    public <T> T until(String what, Supplier<T> action) {
        var pause = pauseMin;
        for (var failures = 0; ; failures++) {
            try {
                var done = action.get();
                if (failures > 0) {
                    LOG.log(INFO, "{0}: done at last, after {1} failures", what, failures);
                }
                return done;
            } catch (RuntimeException e) {
                if (failures == 0) {
                    LOG.log(WARNING, what + ": failed, and is tried again until it is done", e);
                }
                if (stoppedWithin(pause)) {
                    throw new StoppedException(what, e);
                }
                var doubled = pause.multipliedBy(2);
                pause = doubled.compareTo(pauseMax) < 0 ? doubled : pauseMax;
            }
        }
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
