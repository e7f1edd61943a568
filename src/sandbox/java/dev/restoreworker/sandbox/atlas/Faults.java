package dev.restoreworker.sandbox.atlas;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * The faults that are planned. Each is used up by one create call, in the order of planning. A call
 * without a right signature meets none, so that a challenge does not use one up.
 */
public final class Faults {
    private record Planned(Fault fault, int times) {}

    private final Deque<Planned> planned = new ArrayDeque<>();

    /** The next {@code times} create calls, after those that faults are planned for already. */
    public synchronized void plan(Fault fault, int times) {
        if (times < 1) {
            throw new IllegalArgumentException("times must be at least 1: " + times);
        }
        planned.addLast(new Planned(fault, times));
    }

    public synchronized void clear() {
        planned.clear();
    }

    /** How many create calls will meet a fault. */
    public synchronized long left() {
        return planned.stream().mapToLong(Planned::times).sum();
    }

    synchronized Optional<Fault> next() {
        var first = planned.pollFirst();
        if (first == null) {
            return Optional.empty();
        }
        if (first.times() > 1) {
            planned.addFirst(new Planned(first.fault(), first.times() - 1));
        }
        return Optional.of(first.fault());
    }
}
