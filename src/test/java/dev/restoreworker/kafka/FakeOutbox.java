package dev.restoreworker.kafka;

import dev.restoreworker.Outbox;
import dev.restoreworker.OutgoingEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** An outbox in memory whose lease a test can take away. Its lease never runs out by itself. */
final class FakeOutbox implements Outbox {

    static final Instant WRITTEN = Instant.parse("2026-01-31T10:00:00.123456Z");

    private final UUID ledger = UUID.fromString("00000000-0000-4000-8000-000000000001");
    private final List<Pending> waiting = new ArrayList<>();
    private final List<Pending> aside = new ArrayList<>();
    private @Nullable Batch prepared;
    private @Nullable String leader;
    private long batches;
    private long published;
    private long ids;
    private int failures;
    private int elections;
    private final AtomicReference<Runnable> beforeNote = new AtomicReference<>(() -> {});

    synchronized void put(OutgoingEvent event) {
        waiting.add(new Pending(++ids, WRITTEN, event));
        notifyAll();
    }

    synchronized void stealLease() {
        leader = null;
    }

    /** The next calls of {@code prepare} fail, as if the database was down. */
    synchronized void failNext(int calls) {
        failures = calls;
    }

    /** Runs before the next batch is noted as published; what it throws is what the relay gets. */
    void beforeNextNote(Runnable what) {
        beforeNote.set(what);
    }

    /** Waits until relays have asked so often how far the ledger is: once an election. */
    synchronized void awaitElections(int count) throws InterruptedException {
        while (elections < count) {
            wait();
        }
    }

    synchronized boolean isLed() {
        return leader != null;
    }

    synchronized List<Pending> aside() {
        return List.copyOf(aside);
    }

    synchronized void awaitEmpty(Duration atMost) throws InterruptedException {
        var end = System.nanoTime() + atMost.toNanos();
        while (prepared != null || !waiting.isEmpty()) {
            var left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new AssertionError(
                        "Not published in time: " + prepared + " and " + waiting.size() + " more");
            }
            wait(left);
        }
    }

    @Override
    public synchronized Progress progress() {
        elections++;
        notifyAll();
        return new Progress(ledger, batches, published, prepared != null);
    }

    @Override
    public synchronized boolean lead(String holder, Duration lease) {
        if (leader == null) {
            leader = holder;
        }
        return leader.equals(holder);
    }

    @Override
    public synchronized void resign(String holder) {
        if (holder.equals(leader)) {
            leader = null;
        }
    }

    @Override
    public synchronized Batch prepare(String holder, int max) {
        if (failures > 0) {
            failures--;
            throw new IllegalStateException("the database is down");
        }
        if (!holder.equals(leader)) {
            throw new IllegalStateException("the lease is not " + holder + "'s");
        }
        if (prepared == null) {
            var events = List.copyOf(waiting.subList(0, Math.min(max, waiting.size())));
            if (events.isEmpty()) {
                return new Batch(batches, events);
            }
            waiting.removeAll(events);
            prepared = new Batch(++batches, events);
        }
        return prepared;
    }

    @Override
    public void published(long batch) {
        beforeNote.getAndSet(() -> {}).run();
        note(batch);
    }

    private synchronized void note(long batch) {
        published = Math.max(published, batch);
        if (prepared != null && prepared.number() == batch) {
            prepared = null;
            notifyAll();
        }
    }

    @Override
    public synchronized void setAside(Pending event, String cause) {
        aside.add(event);
        if (prepared != null) {
            var rest = prepared.events().stream().filter(one -> one.id() != event.id()).toList();
            prepared = rest.isEmpty() ? null : new Batch(prepared.number(), rest);
        }
        notifyAll();
    }

    @Override
    @SuppressWarnings("WaitNotInLoop") // "probably" is all that is promised
    public synchronized void await(Duration atMost) throws InterruptedException {
        if (waiting.isEmpty()) {
            wait(atMost.toMillis());
        }
    }
}
