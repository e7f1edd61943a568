package dev.restoreworker.whole;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * Where a fault happens.
 *
 * @param outside what is seen of all this from outside
 */
record Scene(
        EmbeddedSurroundings around,
        Fleet fleet,
        Outside outside,
        CellRequests requests,
        int workers) {

    private static final Duration PERIOD = Duration.ofMillis(20);

    /** All requests, each into the partition of its id. */
    void sendAll() {
        send(0, CellRequests.COUNT);
    }

    void send(int from, int to) {
        IntStream.range(from, to).mapToObj(requests::record).forEach(around::send);
        around.flush();
    }

    /** The last requests, one at the end of each partition: once they are decided all is read. */
    void sendLast() {
        IntStream.range(0, CellRequests.PARTITIONS)
                .mapToObj(partition -> requests.record(first() + partition, partition))
                .forEach(around::send);
        around.flush();
    }

    /** All but those that {@link #sendLast} sends. */
    void sendFirst() {
        send(0, first());
    }

    static int first() {
        return CellRequests.COUNT - CellRequests.PARTITIONS;
    }

    /** Until all requests have an outcome, at most so long. */
    void awaitDecided(Duration atMost) {
        until(atMost, () -> outside.decided(requests) == CellRequests.COUNT);
    }

    /** Waits until it is so, and for no longer than that; whether it is, is for others to say. */
    void until(Duration atMost, BooleanSupplier holds) {
        var end = System.nanoTime() + atMost.toNanos();
        while (System.nanoTime() - end < 0 && !holds.getAsBoolean()) {
            LockSupport.parkNanos(PERIOD.toNanos());
        }
    }

    /** The time that the fault itself takes. */
    void pass(Duration length) {
        until(length, () -> false);
    }
}
