package dev.restoreworker.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What happened in a schedule, for people. Costs nothing while nobody wants to read it. */
final class Journal {

    private final boolean kept;
    private final Instant start;
    private final Scheduler scheduler;
    private final List<String> lines = new ArrayList<>();

    Journal(boolean kept, Scheduler scheduler) {
        this.kept = kept;
        this.scheduler = scheduler;
        this.start = scheduler.now();
    }

    void note(String format, Object... values) {
        if (kept) {
            var at = Duration.between(start, scheduler.now());
            lines.add(
                    "%3d:%02d:%02d.%03d %-18s %s"
                            .formatted(
                                    at.toHours(),
                                    at.toMinutesPart(),
                                    at.toSecondsPart(),
                                    at.toMillisPart(),
                                    scheduler.who(),
                                    format.formatted(values)));
        }
    }

    List<String> lines() {
        return List.copyOf(lines);
    }
}
