package dev.restoreworker;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The outbox at its plainest. */
public final class InMemoryOutbox implements Outbox {

    private final InstantSource clock;
    private final UUID ledger = UUID.randomUUID();
    private final Semaphore signals = new Semaphore(0);

    private final List<Pending> waiting = new ArrayList<>();
    private final List<Pending> prepared = new ArrayList<>();
    private final List<Pending> aside = new ArrayList<>();
    private long lastId;
    private long lastBatch;
    private long lastPublished;
    private @Nullable String holder;
    private Instant leaseUntil = Instant.MIN;

    InMemoryOutbox(InstantSource clock) {
        this.clock = clock;
    }

    /** Only the ledger decides on events. */
    synchronized void add(OutgoingEvent event) {
        waiting.add(new Pending(++lastId, clock.instant(), event));
        signals.release();
    }

    @Override
    public synchronized Progress progress() {
        return new Progress(ledger, lastBatch, lastPublished, !prepared.isEmpty());
    }

    @Override
    public synchronized boolean lead(String candidate, Duration lease) {
        if (holder != null && !holder.equals(candidate) && clock.instant().isBefore(leaseUntil)) {
            return false;
        }
        holder = candidate;
        leaseUntil = clock.instant().plus(lease);
        return true;
    }

    @Override
    public synchronized void resign(String resigning) {
        if (resigning.equals(holder)) {
            holder = null;
        }
    }

    @Override
    public synchronized Batch prepare(String leader, int max) {
        if (!leader.equals(holder) || !clock.instant().isBefore(leaseUntil)) {
            throw new IllegalStateException("the relay's lease is not " + leader + "'s");
        }
        if (prepared.isEmpty() && !waiting.isEmpty()) {
            var next = waiting.subList(0, Math.min(max, waiting.size()));
            prepared.addAll(next);
            next.clear();
            lastBatch++;
        }
        return new Batch(prepared.isEmpty() ? 0 : lastBatch, List.copyOf(prepared));
    }

    @Override
    public synchronized void published(long batch) {
        lastPublished = Math.max(lastPublished, batch);
        if (batch == lastBatch) {
            prepared.clear();
        }
    }

    @Override
    public synchronized void setAside(Pending event, String cause) {
        if (prepared.remove(event) || waiting.remove(event)) {
            aside.add(event);
        }
    }

    @Override
    public void await(Duration atMost) throws InterruptedException {
        if (signals.tryAcquire(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
            signals.drainPermits();
        }
    }

    /** The events that were set aside. */
    public synchronized List<Pending> aside() {
        return List.copyOf(aside);
    }
}
