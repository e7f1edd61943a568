package dev.restoreworker.command;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Ctrl-C: what is begun is ended in order, and nothing more is begun. */
final class Stop {

    private static final Duration END_MAX = Duration.ofSeconds(40);

    private final CountDownLatch requested = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    boolean isRequested() {
        return requested.getCount() == 0;
    }

    void request() {
        requested.countDown();
    }

    /** Returns after this time, or as soon as it is requested. */
    void await(Duration atMost) {
        try {
            var _ = requested.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            request();
        }
    }

    /** From now on a signal requests it, and the process waits until what comes is closed. */
    AutoEnd onSignal() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::requestAndWait, "stop-replay"));
        return ended::countDown;
    }

    private void requestAndWait() {
        request();
        try {
            var _ = ended.await(END_MAX.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** What is waited for. */
    interface AutoEnd extends AutoCloseable {
        @Override
        void close();
    }
}
