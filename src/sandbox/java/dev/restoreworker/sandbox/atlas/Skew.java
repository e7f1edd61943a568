package dev.restoreworker.sandbox.atlas;

import java.time.Duration;

/**
 * How far two clocks of this Atlas are ahead of the simulator's, or behind if negative: that of the
 * {@code Date} header, and that of the second in which a job's id begins.
 */
record Skew(Duration date, Duration ids) {
    static final Skew NONE = new Skew(Duration.ZERO, Duration.ZERO);
}
