package dev.restoreworker.sandbox;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.Quarkus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One life of the worker and of the parts around it. The parts are up before it starts, as it
 * reaches for its database while starting, and they end after it, however it ends.
 */
final class SandboxRun {
    private static final System.Logger LOG = System.getLogger(SandboxRun.class.getName());
    private static final Duration SAMPLES_MAX = Duration.ofMinutes(2);
    private static final Duration END_MAX = Duration.ofSeconds(20);
    private static final int UNDECIDED = -1;

    private final SandboxSettings settings;
    private final Parts parts = new Parts();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread exitHook = new Thread(this::endWithJvm, "sandbox-exit");
    private final AtomicInteger status = new AtomicInteger(UNDECIDED);

    SandboxRun(SandboxSettings settings) {
        this.settings = settings;
    }

    /** Returns when the worker has ended: the status to exit with, if others do not decide it. */
    OptionalInt run(String... args) {
        Runtime.getRuntime().addShutdownHook(exitHook);
        try (parts) {
            var sandbox = Sandbox.start(settings, parts);
            sandbox.tellWorker();
            System.out.println(sandbox.places(WorkerProbe.worker()));
            startWatch(sandbox);
            Quarkus.run(null, (_, failure) -> workerEnded(failure), args);
        } catch (RuntimeException e) {
            LOG.log(ERROR, "The sandbox does not start; what was started is ended again", e);
            return OptionalInt.of(1);
        } finally {
            ended.countDown();
            dropHook();
        }
        return exitStatus();
    }

    private void startWatch(Sandbox sandbox) {
        var samples = settings.samples() ? Samples.requestedAt(Instant.now()) : List.<Sample>of();
        var plan =
                new OutcomeWatch.Plan(
                        sandbox.kafka().bootstrapServers(),
                        samples,
                        SAMPLES_MAX,
                        sandbox.hint(WorkerProbe.worker()));
        var probe = parts.add(new WorkerProbe());
        parts.add(OutcomeWatch.start(plan, probe::isReady, System.out, this::samplesJudged));
    }

    private void samplesJudged(int judgement) {
        if (settings.exit()) {
            status.compareAndSet(UNDECIDED, judgement);
            Quarkus.asyncExit(judgement);
        }
    }

    private void workerEnded(@Nullable Throwable failure) {
        if (failure == null) {
            return;
        }
        LOG.log(ERROR, "The worker did not start", failure);
        if (settings.exit() || !inDevMode()) {
            status.compareAndSet(UNDECIDED, 1);
        }
    }

    /** Dev mode decides for itself when to end; a worker that failed starts again when mended. */
    private OptionalInt exitStatus() {
        if (status.get() != UNDECIDED) {
            return OptionalInt.of(status.get());
        }
        return inDevMode() ? OptionalInt.empty() : OptionalInt.of(0);
    }

    private static boolean inDevMode() {
        return LaunchMode.current() == LaunchMode.DEVELOPMENT;
    }

    /** The JVM was told to end: the worker goes first, which {@link #run} waits for. */
    private void endWithJvm() {
        try {
            if (!ended.await(END_MAX.toSeconds(), TimeUnit.SECONDS)) {
                LOG.log(WARNING, "The worker does not end; its database and broker end now");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        parts.close();
    }

    private void dropHook() {
        try {
            Runtime.getRuntime().removeShutdownHook(exitHook);
        } catch (IllegalStateException _) {
            // The JVM is ending and the hook is running: it will find nothing left to do.
        }
    }
}
