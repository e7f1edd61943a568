package dev.restoreworker.atlas;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;

import dev.restoreworker.atlas.AtlasClock.Offset;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * Whether our clock certainly differs from Atlas' by more than is allowed. It is told once that it
 * does, and once that it does not any more. An answer that took long tells too little to end it.
 */
final class Skew {

    private static final System.Logger LOG = System.getLogger(Skew.class.getName());

    /** The travel of an answer that is not slow, and the second that a Date leaves open. */
    private static final Duration TELLING = Duration.ofSeconds(5);

    private final Duration max;
    private volatile Optional<String> objection = Optional.empty();

    Skew(Duration max) {
        this.max = max;
    }

    void measured(Offset offset) {
        var isTooFar =
                offset.low().compareTo(max) > 0 || offset.high().compareTo(max.negated()) < 0;
        if (isTooFar || objection.isPresent()) {
            judge(offset, isTooFar);
        }
    }

    private synchronized void judge(Offset offset, boolean isTooFar) {
        if (isTooFar) {
            var why = "%s, and restore.clock-skew-max is %s".formatted(said(offset), max);
            if (objection.isEmpty()) {
                LOG.log(ERROR, "ALARM: nothing is sent while the clocks differ so: " + why);
            }
            objection = Optional.of("sending is paused: " + why);
        } else if (objection.isPresent() && offset.width().compareTo(TELLING) <= 0) {
            LOG.log(INFO, "Sending goes on: " + said(offset));
            objection = Optional.empty();
        }
    }

    /** Why nothing may be sent; empty if something may. */
    Optional<String> objection() {
        return objection;
    }

    private static String said(Offset offset) {
        var ahead = offset.middle();
        return String.format(
                Locale.ROOT,
                "this worker's clock is %.1f s %s Atlas' (measured to %.1f s)",
                ahead.abs().toMillis() / 1000.0,
                ahead.isNegative() ? "ahead of" : "behind",
                offset.width().toMillis() / 2000.0);
    }
}
