package dev.restoreworker.atlas;

import dev.restoreworker.atlas.AtlasClock.Mark;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.LongSupplier;

/** The real client's idea of Atlas' clock, for a simulated one. */
public final class MeasuredClock {

    /** Whoever asks for the time does not ask whether it may be sent. */
    private static final Duration SKEW_MAX = Duration.ofDays(365);

    private final AtlasClock clock;

    public MeasuredClock(InstantSource wall, LongSupplier nanos) {
        clock = new AtlasClock(wall, nanos, SKEW_MAX);
    }

    /** When a call was sent. */
    public record Sent(Instant wall, long nanos) {}

    public Sent now() {
        return new Sent(clock.now().wall(), clock.now().nanos());
    }

    /** Takes in the {@code Date} of an answer that came just now. */
    public void observe(String date, Sent sent) {
        clock.observe(date, new Mark(sent.wall(), sent.nanos()), clock.now());
    }

    public Optional<Instant> earliest(Duration ageMax) {
        return clock.earliest(ageMax);
    }
}
