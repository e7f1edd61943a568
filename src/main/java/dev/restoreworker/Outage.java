package dev.restoreworker;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.time.Duration;

/**
 * Trouble of somebody else that passes, such as a database that is down. It is told once when it
 * begins and once when it is over, and each failure says how long to wait before the next try.
 *
 * <p>For one thread.
 */
public final class Outage {

    static final Duration PAUSE_MIN = Duration.ofMillis(100);
    static final Duration PAUSE_MAX = Duration.ofSeconds(5);
    private static final int DOUBLINGS_MAX = 10;

    /** One that lasts is told again, for whoever came later. */
    private static final Duration TELL_AGAIN = Duration.ofMinutes(5);

    private final System.Logger log;
    private final String what;
    private int failures;
    private long since;
    private long toldAt;

    /** {@code what} is held up by it, as the beginning of a sentence. */
    public Outage(System.Logger log, String what) {
        this.log = log;
        this.what = what;
    }

    /** Takes note of a failure, and returns how long to wait. */
    public Duration failed(RuntimeException cause) {
        var now = System.nanoTime();
        if (failures == 0) {
            since = now;
        }
        if (failures == 0 || now - toldAt > TELL_AGAIN.toNanos()) {
            toldAt = now;
            log.log(WARNING, what + " is held up, and tried again until it works", cause);
        } else {
            log.log(DEBUG, what + " is still held up: " + cause);
        }
        var pause = PAUSE_MIN.multipliedBy(1L << Math.min(failures, DOUBLINGS_MAX));
        failures++;
        return pause.compareTo(PAUSE_MAX) < 0 ? pause : PAUSE_MAX;
    }

    /** Takes note that it works, now or still. */
    public void over() {
        if (failures > 0) {
            var lasted = Duration.ofMillis((System.nanoTime() - since) / 1_000_000);
            log.log(INFO, "%s goes on after %s and %d failures".formatted(what, lasted, failures));
            failures = 0;
        }
    }
}
