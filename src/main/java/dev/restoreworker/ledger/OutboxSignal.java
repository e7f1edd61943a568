package dev.restoreworker.ledger;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Tells the relay of this process that a commit of this process put something into the outbox. A
 * signal that comes while nobody waits is kept for who waits next.
 */
@Singleton
class OutboxSignal {

    private final Semaphore signals = new Semaphore(0);

    void raise() {
        signals.release();
    }

    void await(Duration atMost) throws InterruptedException {
        if (signals.tryAcquire(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
            signals.drainPermits();
        }
    }
}
