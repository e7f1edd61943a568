package dev.restoreworker.whole;

import dev.restoreworker.whole.agent.Point;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Holds the first worker that comes to a point. All its threads that come there are held with it,
 * those of the others pass.
 */
final class Trap {

    private static final int NOBODY = -1;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private @Nullable Point armed;
    private int toPass;
    private int caught = NOBODY;
    private int held;
    private int round;

    /** The first {@code toPass} that come to the point pass, so that the work is under way. */
    void arm(Point point, int newToPass) {
        lock.lock();
        try {
            armed = point;
            toPass = newToPass;
            caught = NOBODY;
            held = 0;
        } finally {
            lock.unlock();
        }
    }

    /** Called by whatever comes to a point, and returns when it may go on. */
    void reached(int worker, Point point) {
        lock.lock();
        try {
            if (point != armed || (caught != NOBODY && caught != worker)) {
                return;
            }
            if (toPass > 0) {
                toPass--;
                return;
            }
            caught = worker;
            held++;
            changed.signalAll();
            for (var mine = round; mine == round; ) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The worker that stands at the point. */
    int awaitCaught(Duration atMost) {
        if (!awaitHeld(1, atMost)) {
            throw new AssertionError("No worker came to the point within " + atMost);
        }
        return caught;
    }

    /** Whether so many of its threads stand there in time. */
    boolean awaitHeld(int count, Duration atMost) {
        lock.lock();
        try {
            for (var left = atMost.toNanos(); held < count; ) {
                if (left <= 0) {
                    return false;
                }
                left = changed.awaitNanos(left);
            }
            return true;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            lock.unlock();
        }
    }

    /** Lets go all that are held, and holds nobody any more. */
    void release() {
        lock.lock();
        try {
            armed = null;
            round++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** For messages. Never waits, and so may be a little old. */
    @Override
    public String toString() {
        return "Trap[armed=%s, toPass=%d, caught=%d, held=%d]"
                .formatted(armed, toPass, caught, held);
    }
}
