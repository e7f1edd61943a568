package dev.restoreworker.atlas;

import dev.restoreworker.RestoreConfig;
import dev.restoreworker.core.SubmitReply.NotNow;
import dev.restoreworker.core.WaitsFor;
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
 * What Atlas' clock shows, as far as the {@code Date} of its answers tells, and whether ours
 * differs too much from it to send anything.
 *
 * <p>A {@code Date} of d in the answer to a call that was sent at t0 and answered at t1 says that
 * Atlas' clock was in [d, d + 1 s) at some instant between t0 and t1. So Atlas is ahead of us by
 * more than d − t1 and less than d + 1 s − t0; and since t1 its clock has advanced from at least d.
 */
@Singleton
class AtlasClock {

    /** How far Atlas' clock is ahead of ours: more than {@code low}, less than {@code high}. */
    record Offset(Duration low, Duration high) {

        Duration width() {
            return high.minus(low);
        }

        Duration middle() {
            return low.plus(width().dividedBy(2));
        }
    }

    /** An instant by the wall clock and by the monotonic one. */
    record Mark(Instant wall, long nanos) {}

    private record Measure(Instant date, Mark sent, Mark answered) {

        Offset offset() {
            return new Offset(
                    Duration.between(answered.wall(), date),
                    Duration.between(sent.wall(), date.plusSeconds(1)));
        }

        /** How much earlier than the answer Atlas may have read its clock, by either of ours. */
        Duration travel() {
            var byWall = Duration.between(sent.wall(), answered.wall());
            var byNanos = Duration.ofNanos(answered.nanos() - sent.nanos());
            return byWall.compareTo(byNanos) > 0 ? byWall : byNanos;
        }

        boolean isClose() {
            return travel().compareTo(CLOSE_ENOUGH) <= 0;
        }
    }

    /** While sending is paused, a read as often as this finds out whether it has to be. */
    private static final Duration MEASURED_AGAIN = Duration.ofSeconds(10);

    /** A slower answer does not tell the time if a better one does. */
    private static final Duration CLOSE_ENOUGH = Duration.ofSeconds(1);

    /** After that the next answer counts however slow it is. */
    private static final Duration CLOSE_FOR = Duration.ofSeconds(25);

    /** No clock that is only corrected goes so much faster or slower than the monotonic one. */
    private static final Duration JUMP_MIN = Duration.ofSeconds(5);

    private final InstantSource wall;
    private final LongSupplier nanos;
    private final Skew skew;
    private volatile @Nullable Measure last;

    /** What was read last: most answers come in the same second as one before. */
    private volatile Read read = new Read("", Optional.empty());

    private record Read(String text, Optional<Instant> date) {}

    /** The last that is close, if one is: a slow answer says only that it is later than that. */
    private volatile @Nullable Measure close;

    @Inject
    AtlasClock(InstantSource wall, RestoreConfig config) {
        this(wall, System::nanoTime, config.clockSkewMax());
    }

    AtlasClock(InstantSource wall, LongSupplier nanos, Duration skewMax) {
        this.wall = wall;
        this.nanos = nanos;
        this.skew = new Skew(skewMax);
    }

    Mark now() {
        return new Mark(wall.instant(), nanos.getAsLong());
    }

    /** Takes in the {@code Date} of an answer; one that is missing or unreadable says nothing. */
    void observe(@Nullable String date, Mark sent, Mark answered) {
        read(date)
                .map(shown -> new Measure(shown, sent, answered))
                .ifPresent(
                        measure -> {
                            last = measure;
                            close = isClose(measure, close) ? measure : close;
                            skew.measured(measure.offset());
                        });
    }

    private Optional<Instant> read(@Nullable String text) {
        if (text == null) {
            return Optional.empty();
        }
        var known = read;
        if (known.text().equals(text)) {
            return known.date();
        }
        var anew = new Read(text, HttpDate.parse(text));
        read = anew;
        return anew.date();
    }

    /** Slow answers do not add up: each is compared with what it would be taken in place of. */
    private static boolean isClose(Measure measure, @Nullable Measure before) {
        return before == null
                || measure.isClose()
                || measure.travel().compareTo(before.travel()) <= 0
                || byNanos(before, measure.answered()).compareTo(CLOSE_FOR) >= 0;
    }

    /** As the last answer had it; empty before the first. */
    Optional<Offset> offset() {
        return Optional.ofNullable(last).map(Measure::offset);
    }

    /** Whether the clocks differ so much that nothing is sent. */
    boolean isSkewed() {
        return skew.objection().isPresent();
    }

    /** Why our clock forbids to send anything; empty if it does not. */
    Optional<NotNow> objection() {
        return skew.objection()
                .map(why -> NotNow.notSent(WaitsFor.SENDING_PAUSED, why))
                .or(
                        () ->
                                hasJumped()
                                        ? Optional.of(
                                                NotNow.notSent(
                                                        WaitsFor.TURN,
                                                        "this worker's clock jumped, and is compared"
                                                                + " with Atlas' again first"))
                                        : Optional.empty());
    }

    /** The same; but empty if a read should find out whether it is still so. */
    Optional<NotNow> objectionForNow() {
        var measure = last;
        return measure != null
                        && !hasJumped()
                        && nanos.getAsLong() - measure.answered().nanos() < MEASURED_AGAIN.toNanos()
                ? objection()
                : Optional.empty();
    }

    /** Whether our wall clock was set, or stood still, since it was last compared with Atlas'. */
    private boolean hasJumped() {
        var measure = last;
        return measure != null
                && byWall(measure, now()).minus(byNanos(measure, now())).abs().compareTo(JUMP_MIN)
                        > 0;
    }

    /**
     * The earliest that Atlas' clock can show now; empty unless an answer is known that is younger
     * than {@code ageMax}.
     *
     * <p>What has passed since that answer is what the clock says that ran less far: the monotonic
     * one stands still while a machine is suspended, and the wall clock may be set. It is never
     * less than nothing: all that is counted from this instant would be as wrong as the clock was.
     * So it is early by what the answer's second had passed already, and by the time that it
     * travelled, however long ago that was.
     */
    Optional<Instant> earliest(Duration ageMax) {
        return earliest(close, ageMax).or(() -> earliest(last, ageMax));
    }

    /** The same, if the answer did not travel for long. */
    Optional<Instant> closely(Duration ageMax) {
        var measure = close;
        return measure != null && measure.isClose() ? earliest(measure, ageMax) : Optional.empty();
    }

    private Optional<Instant> earliest(@Nullable Measure measure, Duration ageMax) {
        if (measure == null) {
            return Optional.empty();
        }
        var now = now();
        var byWall = byWall(measure, now);
        var byNanos = byNanos(measure, now);
        if (byWall.compareTo(ageMax) >= 0 || byNanos.compareTo(ageMax) >= 0) {
            return Optional.empty();
        }
        var passed = byWall.compareTo(byNanos) < 0 ? byWall : byNanos;
        var atLeast = passed.isNegative() ? Duration.ZERO : passed;
        return Optional.of(measure.date().plus(atLeast).truncatedTo(ChronoUnit.MILLIS));
    }

    private static Duration byWall(Measure measure, Mark now) {
        return Duration.between(measure.answered().wall(), now.wall());
    }

    private static Duration byNanos(Measure measure, Mark now) {
        return Duration.ofNanos(now.nanos() - measure.answered().nanos());
    }
}
