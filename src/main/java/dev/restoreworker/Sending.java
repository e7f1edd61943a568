package dev.restoreworker;

import dev.restoreworker.AtlasBackups.LastCheck;
import dev.restoreworker.core.SubmitReply.NotNow;
import dev.restoreworker.core.WaitsFor;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * How many create calls may be under way, how many intents may be written ahead of them, and
 * whether a call may still be sent.
 *
 * <p>A <em>turn</em> is taken before an intent is written down and given back when its call is
 * over; a <em>permit</em> covers the HTTP exchange alone. With {@code inFlight} permits and {@value
 * #AHEAD} turns more than that, the intents that are not sent never exceed the free permits plus
 * {@value #AHEAD}: a crash leaves few attempts of which nobody knows.
 */
public final class Sending {

    static final int AHEAD = 32;

    private final Semaphore permits;
    private final Semaphore turns;
    private final Duration sendWithin;
    private final BooleanSupplier paused;
    private final InstantSource wallClock;
    private final LongSupplier nanoTime;
    private volatile boolean stopped;

    /**
     * @param paused asked at every last check
     * @param nanoTime a monotonic clock in nanoseconds
     */
    public Sending(
            int inFlight,
            Duration sendWithin,
            BooleanSupplier paused,
            InstantSource wallClock,
            LongSupplier nanoTime) {
        this(new Semaphore(inFlight), inFlight, sendWithin, paused, wallClock, nanoTime);
    }

    /** {@code permits} are as many as {@code inFlight}, and may be waited for in another way. */
    Sending(
            Semaphore permits,
            int inFlight,
            Duration sendWithin,
            BooleanSupplier paused,
            InstantSource wallClock,
            LongSupplier nanoTime) {
        this.permits = permits;
        this.turns = new Semaphore(inFlight + AHEAD);
        this.sendWithin = sendWithin;
        this.paused = paused;
        this.wallClock = wallClock;
        this.nanoTime = nanoTime;
    }

    /** The right to write down one intent. Closing it a second time does nothing. */
    public final class Turn implements AutoCloseable {
        private final AtomicBoolean taken = new AtomicBoolean(true);

        @Override
        public void close() {
            if (taken.compareAndSet(true, false)) {
                turns.release();
            }
        }
    }

    /** Up to {@code max} turns, as many as are free now. */
    List<Turn> takeTurns(int max) {
        var taken = new ArrayList<Turn>();
        while (taken.size() < max && turns.tryAcquire()) {
            taken.add(new Turn());
        }
        return taken;
    }

    /** As {@link #takeTurns}, but waits for the first one, at most so long. */
    List<Turn> awaitTurns(int max, Duration atMost) throws InterruptedException {
        if (!turns.tryAcquire(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
            return List.of();
        }
        var taken = new ArrayList<Turn>();
        taken.add(new Turn());
        taken.addAll(takeTurns(max - 1));
        return taken;
    }

    /** Does one exchange under a permit, waiting for it as long as it takes. */
    <T> T underPermit(Supplier<T> exchange) {
        permits.acquireUninterruptibly();
        try {
            return exchange.get();
        } finally {
            permits.release();
        }
    }

    /** From now on nothing is sent any more. */
    void stop() {
        stopped = true;
    }

    boolean mayNotSend() {
        return objection().isPresent();
    }

    /** Why nothing may be sent now; empty if something may. */
    public Optional<NotNow> objection() {
        if (stopped) {
            return Optional.of(NotNow.notSent(WaitsFor.TURN, "the worker is going down"));
        }
        return paused.getAsBoolean()
                ? Optional.of(
                        NotNow.notSent(
                                WaitsFor.SENDING_PAUSED,
                                "an operator paused sending (restore.sending=paused)"))
                : Optional.empty();
    }

    /** A budget that begins now, before the intent is written down. */
    LastCheck budget() {
        return new Budget(wallClock.instant(), nanoTime.getAsLong());
    }

    /**
     * The time from before the intent to the last check, by the clock that ran further: the
     * monotonic one stands still while a virtual machine is suspended, and the other may be set
     * back.
     */
    private final class Budget implements LastCheck {
        private final Instant wallStart;
        private final long nanoStart;

        Budget(Instant wallStart, long nanoStart) {
            this.wallStart = wallStart;
            this.nanoStart = nanoStart;
        }

        @Override
        public Optional<NotNow> objection() {
            var byWall = Duration.between(wallStart, wallClock.instant());
            var byNanos = Duration.ofNanos(nanoTime.getAsLong() - nanoStart);
            return byWall.compareTo(sendWithin) > 0 || byNanos.compareTo(sendWithin) > 0
                    ? Optional.of(
                            NotNow.notSent(
                                    WaitsFor.TURN,
                                    "it could not be sent within restore.send-within ("
                                            + sendWithin
                                            + ")"))
                    : Sending.this.objection();
        }
    }
}
