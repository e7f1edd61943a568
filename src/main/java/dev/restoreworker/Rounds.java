package dev.restoreworker;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Does one thing again and again on a thread of its own, whatever comes of it. */
final class Rounds {

    /** One time. */
    @FunctionalInterface
    interface Round {

        /** Returns how long to rest before the next one. */
        Duration go() throws InterruptedException;
    }

    private final Round round;
    private final Outage outage;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread;

    /**
     * @param what what is done, as the log names it when it fails
     */
    Rounds(String name, System.Logger log, String what, Round round) {
        this.round = round;
        this.outage = new Outage(log, what);
        this.thread = Thread.ofVirtual().name(name).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** The round that is under way is the last one. */
    void stop() {
        stopping.countDown();
    }

    /** Returns when the last round is over, or after so long. */
    void stopAndWait(Duration atMost) {
        stop();
        if (thread.getState() == Thread.State.NEW) {
            return; // the start-up failed before it
        }
        try {
            thread.join(atMost);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            var rest = Duration.ZERO;
            while (!stopping.await(rest.toMillis(), TimeUnit.MILLISECONDS)) {
                rest = go();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private Duration go() throws InterruptedException {
        try {
            var rest = round.go();
            outage.over();
            return rest;
        } catch (RuntimeException e) {
            return outage.failed(e);
        }
    }
}
