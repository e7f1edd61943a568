package dev.restoreworker.atlas;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What Atlas' clock shows, as far as the {@code Date} of its answers tells.
 *
 * <p>A {@code Date} of d in the answer to a call that was sent at t0 and answered at t1 says that
 * Atlas' clock was in [d, d + 1 s) at some instant between t0 and t1. So Atlas is ahead of us by
 * more than d − t1 and less than d + 1 s − t0; and since t1 its clock has advanced from at least d.
 */
@Singleton
class AtlasClock {

    /** How far Atlas' clock is ahead of ours: more than {@code low}, less than {@code high}. */
    record Offset(Duration low, Duration high) {}

    /** An instant by the wall clock and by the monotonic one. */
    record Mark(Instant wall, long nanos) {}

    private record Measure(Instant date, Mark sent, Mark answered) {}

    private final InstantSource wall;
    private final LongSupplier nanos;
    private volatile @Nullable Measure last;

    @Inject
    AtlasClock(InstantSource wall) {
        this(wall, System::nanoTime);
    }

    AtlasClock(InstantSource wall, LongSupplier nanos) {
        this.wall = wall;
        this.nanos = nanos;
    }

    Mark now() {
        return new Mark(wall.instant(), nanos.getAsLong());
    }

    /** Takes in the {@code Date} of an answer; one that is missing or unreadable says nothing. */
    void observe(@Nullable String date, Mark sent, Mark answered) {
        HttpDate.parse(date).ifPresent(read -> last = new Measure(read, sent, answered));
    }

    /** As the last answer had it; empty before the first. */
    Optional<Offset> offset() {
        return Optional.ofNullable(last)
                .map(
                        measure ->
                                new Offset(
                                        Duration.between(measure.answered().wall(), measure.date()),
                                        Duration.between(
                                                measure.sent().wall(),
                                                measure.date().plusSeconds(1))));
    }

    /**
     * The earliest that Atlas' clock can show now, to the second, as that is all that the id of a
     * job tells; empty unless an answer is known that is younger than {@code ageMax}.
     *
     * <p>What has passed since that answer is what the clock says that ran less far: the monotonic
     * one stands still while a machine is suspended, and the wall clock may be set. It is never
     * less than nothing: all that is counted from this instant would be as wrong as the clock was.
     */
    Optional<Instant> earliest(Duration ageMax) {
        var measure = last;
        if (measure == null) {
            return Optional.empty();
        }
        var now = now();
        var byWall = Duration.between(measure.answered().wall(), now.wall());
        var byNanos = Duration.ofNanos(now.nanos() - measure.answered().nanos());
        if (byWall.compareTo(ageMax) >= 0 || byNanos.compareTo(ageMax) >= 0) {
            return Optional.empty();
        }
        var passed = byWall.compareTo(byNanos) < 0 ? byWall : byNanos;
        var atLeast = passed.isNegative() ? Duration.ZERO : passed;
        return Optional.of(measure.date().plus(atLeast).truncatedTo(ChronoUnit.SECONDS));
    }
}
