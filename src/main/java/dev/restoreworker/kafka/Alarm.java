package dev.restoreworker.kafka;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;

import java.time.Duration;
import java.util.Optional;

/**
 * What the relay waits for a person for. It is told when it is raised and now and then while it
 * stands. One thread raises it; all may ask.
 */
final class Alarm {

    private static final Duration REMINDER = Duration.ofMinutes(5);

    private final System.Logger log;
    private volatile Optional<String> raised = Optional.empty();
    private long toldAt;

    Alarm(System.Logger log) {
        this.log = log;
    }

    void raise(String why) {
        var now = System.nanoTime();
        if (!raised.equals(Optional.of(why)) || now - toldAt > REMINDER.toNanos()) {
            log.log(
                    ERROR,
                    "ALARM: no event is published before an operator has looked, as the manual of operations has it: "
                            + why);
            toldAt = now;
        }
        raised = Optional.of(why);
    }

    void over() {
        if (raised.isPresent()) {
            log.log(INFO, "The alarm is over for this relay");
            raised = Optional.empty();
        }
    }

    /** Why it stands, if it does. */
    Optional<String> raised() {
        return raised;
    }
}
