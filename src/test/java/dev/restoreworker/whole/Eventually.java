package dev.restoreworker.whole;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what another process does. */
final class Eventually {

    private static final long PERIOD = TimeUnit.MILLISECONDS.toNanos(20);

    private Eventually() {}

    /** Returns as soon as {@code holds}; fails, saying {@code what} does not, after so long. */
    static void within(Duration atMost, Supplier<String> what, BooleanSupplier holds) {
        var end = System.nanoTime() + atMost.toNanos();
        while (!holdsNow(holds)) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("Not within " + atMost + ": " + what.get());
            }
            LockSupport.parkNanos(PERIOD);
        }
    }

    /** A port that nobody listens on yet is a no like any other. */
    private static boolean holdsNow(BooleanSupplier holds) {
        try {
            return holds.getAsBoolean();
        } catch (UncheckedIOException _) {
            return false;
        }
    }
}
