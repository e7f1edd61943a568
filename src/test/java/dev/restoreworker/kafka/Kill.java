package dev.restoreworker.kafka;

import dev.restoreworker.Outbox;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;

/**
 * Ends a relay's thread at a point of its work, as kill -9 would: nothing is closed, aborted or
 * given back.
 */
final class Kill {

    enum Point {
        AFTER_FENCE,
        AFTER_PREPARE,
        BEFORE_COMMIT,
        AFTER_COMMIT,
        AFTER_PUBLISHED
    }

    /** No exception that anybody handles. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;

        private Killed(Point point) {
            super("killed " + point, null, false, false);
        }
    }

    private final Point point;
    private final AtomicInteger passes;
    private final CountDownLatch killed = new CountDownLatch(1);
    private final List<MortalProducer> producers = new CopyOnWriteArrayList<>();

    /** Comes when the relay is at this point for the given time, counted from 1. */
    Kill(Point point, int time) {
        this.point = point;
        this.passes = new AtomicInteger(time);
    }

    void await() throws InterruptedException {
        if (!killed.await(30, TimeUnit.SECONDS)) {
            throw new AssertionError("The relay never came to " + point);
        }
    }

    /** Ends the threads that the dead left behind. */
    void bury() {
        producers.forEach(MortalProducer::bury);
    }

    private void at(Point here) {
        if (here == point && passes.decrementAndGet() == 0) {
            killed.countDown();
            throw new Killed(point);
        }
    }

    private boolean isDone() {
        return killed.getCount() == 0;
    }

    KafkaProducer<byte[], byte[]> producer(Map<String, Object> settings) {
        var producer = new MortalProducer(settings);
        producers.add(producer);
        return producer;
    }

    Outbox outbox(Outbox of) {
        return new MortalOutbox(of);
    }

    private final class MortalProducer extends KafkaProducer<byte[], byte[]> {

        MortalProducer(Map<String, Object> settings) {
            super(settings);
        }

        @Override
        public void initTransactions() {
            super.initTransactions();
            at(Point.AFTER_FENCE);
        }

        @Override
        public void commitTransaction() {
            at(Point.BEFORE_COMMIT);
            super.commitTransaction();
            at(Point.AFTER_COMMIT);
        }

        void bury() {
            super.close(Duration.ZERO);
        }

        /** The dead close nothing. */
        @Override
        public void close(Duration timeout) {
            if (!isDone()) {
                super.close(timeout);
            }
        }
    }

    private final class MortalOutbox implements Outbox {

        private final Outbox outbox;

        MortalOutbox(Outbox outbox) {
            this.outbox = outbox;
        }

        @Override
        public Progress progress() {
            return outbox.progress();
        }

        @Override
        public boolean lead(String holder, Duration lease) {
            return outbox.lead(holder, lease);
        }

        @Override
        public void resign(String holder) {
            outbox.resign(holder);
        }

        @Override
        public Batch prepare(String holder, int max) {
            var batch = outbox.prepare(holder, max);
            if (!batch.events().isEmpty()) {
                at(Point.AFTER_PREPARE);
            }
            return batch;
        }

        @Override
        public void published(long batch) {
            outbox.published(batch);
            at(Point.AFTER_PUBLISHED);
        }

        @Override
        public void setAside(Pending event, String cause) {
            outbox.setAside(event, cause);
        }

        @Override
        public void await(Duration atMost) throws InterruptedException {
            outbox.await(atMost);
        }
    }
}
