package dev.restoreworker.command;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;

/** Ends a replay at a point of its work, as kill -9 would: nothing is closed or aborted. */
final class Kill implements AutoCloseable {

    enum Point {
        AFTER_FENCE,
        AFTER_BEGIN,
        AFTER_SEND,
        AFTER_COMMIT
    }

    /** No exception that anybody handles. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;

        private Killed(Point point) {
            super("killed " + point, null, false, false);
        }
    }

    private final Point point;
    private int passes;
    private boolean done;
    private Runnable bury = () -> {};

    /** Comes when the replay is at this point for the given time, counted from 1. */
    Kill(Point point, int time) {
        this.point = point;
        this.passes = time;
    }

    Producer<byte[], byte[]> producer(Map<String, Object> settings) {
        var producer = new MortalProducer(settings);
        bury = producer::bury;
        return producer;
    }

    /** Ends the threads that the dead left behind. */
    @Override
    public void close() {
        bury.run();
    }

    private void at(Point here) {
        if (here == point && --passes == 0) {
            done = true;
            throw new Killed(point);
        }
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
        public void beginTransaction() {
            super.beginTransaction();
            at(Point.AFTER_BEGIN);
        }

        @Override
        public void commitTransaction() {
            at(Point.AFTER_SEND);
            super.commitTransaction();
            at(Point.AFTER_COMMIT);
        }

        void bury() {
            super.close(Duration.ZERO);
        }

        /** The dead close nothing. */
        @Override
        public void close(Duration timeout) {
            if (!done) {
                super.close(timeout);
            }
        }
    }
}
