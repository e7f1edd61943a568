package dev.restoreworker.sandbox.atlas;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The requests whose head is there and whose end is not, oldest first. One that takes too long is
 * dropped unread. As long as requests come in whole this costs a look at a map, and one timer for
 * all of them.
 */
final class Readings {
    /** How often the limit is looked at while something is being read. */
    private static final long TICK_MS = 50;

    private record Reading(long since, Runnable drop) {}

    private final Vertx vertx;
    private final Faults faults;
    private final Map<Object, Reading> open = new LinkedHashMap<>();
    private boolean ticking;

    Readings(Vertx vertx, Faults faults) {
        this.vertx = vertx;
        this.faults = faults;
    }

    void begin(Object call, Runnable drop) {
        open.put(call, new Reading(System.nanoTime(), drop));
        if (!ticking) {
            ticking = true;
            vertx.setTimer(TICK_MS, _ -> tick());
        }
    }

    void end(Object call) {
        open.remove(call);
    }

    private void tick() {
        var now = System.nanoTime();
        var limit = faults.readWithin();
        while (!open.isEmpty()) {
            var oldest = open.entrySet().iterator().next();
            if (Duration.ofNanos(now - oldest.getValue().since()).compareTo(limit) < 0) {
                vertx.setTimer(TICK_MS, _ -> tick());
                return;
            }
            open.remove(oldest.getKey());
            oldest.getValue().drop().run();
        }
        ticking = false;
    }
}
