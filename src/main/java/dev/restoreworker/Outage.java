package dev.restoreworker;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;
import static java.util.stream.Collectors.joining;

import java.time.Duration;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Trouble of somebody else that passes, such as a database that is down. It is told once when it
 * begins, when it has another reason, and once when it is over; each failure says how long to wait
 * before the next try.
 *
 * <p>For one thread.
 */
public final class Outage {

    static final Duration PAUSE_MIN = Duration.ofMillis(100);
    static final Duration PAUSE_MAX = Duration.ofSeconds(5);
    private static final int DOUBLINGS_MAX = 10;
    private static final int CAUSES_MAX = 10;
    private static final int REASONS_MAX = 10;

    /** One that lasts is told again, for whoever came later. */
    private static final Duration TELL_AGAIN = Duration.ofMinutes(5);

    private final System.Logger log;
    private final String what;
    private int failures;
    private long since;
    private long toldAt;
    private final Set<String> told = new HashSet<>();

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
        var why = why(cause);
        if (isNews(why, now)) {
            toldAt = now;
            log.log(
                    WARNING,
                    "%s is held up, and tried again until it works: %s".formatted(what, why),
                    cause);
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
            told.clear();
        }
    }

    /** A reason that was not told, unless there are ever new ones; or one that lasts. */
    private boolean isNews(String why, long now) {
        if (now - toldAt > TELL_AGAIN.toNanos()) {
            told.clear();
        }
        return told.size() < REASONS_MAX && told.add(why);
    }

    /** From what was seen to what it came from, in one line: the trace beneath has the rest. */
    private static String why(Throwable cause) {
        return Stream.iterate(cause, Objects::nonNull, Throwable::getCause)
                .limit(CAUSES_MAX)
                .map(each -> Objects.requireNonNullElse(each.getMessage(), "" + each).strip())
                .distinct()
                .collect(joining(" <- "));
    }
}
