package dev.restoreworker;

import dev.restoreworker.core.JobMatcher;
import dev.restoreworker.core.Lifecycle;
import dev.restoreworker.core.RetryPolicy;
import dev.restoreworker.core.TargetPolicy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

/** The real worker in another time: what only this package may put together. */
public final class WorkerParts {

    private WorkerParts() {}

    /**
     * @param pauses waits, and returns what is still to be waited
     */
    public static RestoreWorker worker(
            Ledger ledger,
            AtlasBackups atlas,
            EventWriter events,
            RetryPolicy policy,
            Duration late,
            TargetPolicy targets,
            Sending sending,
            UnaryOperator<Duration> pauses,
            ExecutorService threads) {
        return new RestoreWorker(
                ledger,
                atlas,
                events,
                new Lifecycle(policy),
                new JobMatcher(late),
                targets,
                sending,
                new Insistence(pauses),
                threads);
    }

    public static Tracker tracker(
            Ledger ledger,
            AtlasBackups atlas,
            EventWriter events,
            RetryPolicy policy,
            Executor threads) {
        return new Tracker(ledger, atlas, events, new Lifecycle(policy), threads);
    }

    public static Sending sending(
            Semaphore permits,
            int inFlight,
            Duration sendWithin,
            BooleanSupplier paused,
            InstantSource wallClock,
            LongSupplier nanoTime) {
        return new Sending(permits, inFlight, sendWithin, paused, wallClock, nanoTime);
    }
}
