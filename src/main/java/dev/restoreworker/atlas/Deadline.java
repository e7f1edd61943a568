package dev.restoreworker.atlas;

import java.time.Duration;

/** When a call has to be over, with all its sends. */
record Deadline(long atNanos) {

    static Deadline in(Duration duration) {
        return new Deadline(System.nanoTime() + duration.toNanos());
    }

    /** Rounded up, so that what is left is over when it has passed; 0 if nothing is left. */
    long millisLeft() {
        return Math.max(0, Math.ceilDiv(atNanos - System.nanoTime(), 1_000_000L));
    }
}
