package dev.restoreworker.sandbox.atlas;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is to go wrong: single faults that are planned, each used up by one create call in the order
 * of planning, and a document of rules for whatever call they name. A call that a planned fault
 * takes meets no rule. A call without a right signature meets neither, so that a challenge uses
 * nothing up.
 */
public final class Faults {
    private record Planned(Fault fault, int times) {}

    /** A document and how far its rules have come. */
    private record Active(FaultDocument document, Rules rules) {}

    private final InstantSource clock;
    private final Duration readWithinByDefault;
    private final Deque<Planned> planned = new ArrayDeque<>();
    private volatile @Nullable Active active;
    private volatile Skew skew = Skew.NONE;

    Faults(Duration readWithinByDefault, InstantSource clock) {
        this.readWithinByDefault = readWithinByDefault;
        this.clock = clock;
    }

    /** The next {@code times} create calls, after those that faults are planned for already. */
    public synchronized void plan(Fault fault, int times) {
        if (times < 1) {
            throw new IllegalArgumentException("times must be at least 1: " + times);
        }
        planned.addLast(new Planned(fault, times));
    }

    /**
     * Puts a document of rules in the place of the one before it, as {@code PUT /simulator/faults}
     * does: all counts begin anew. Throws {@link IllegalArgumentException} that says what is wrong
     * with it, and where; then the one before it stays.
     */
    public synchronized void put(String document) {
        var read = new FaultReader(readWithinByDefault).read(document);
        active = new Active(read, new Rules(read));
        skew = read.clock();
    }

    /** Nothing goes wrong any more, and the clocks are right. */
    public synchronized void clear() {
        planned.clear();
        active = null;
        skew = Skew.NONE;
    }

    /** How many create calls will meet a planned fault. */
    public synchronized long left() {
        return planned.stream().mapToLong(Planned::times).sum();
    }

    Optional<Rules.Met> meet(Facts facts) {
        if (facts.operation() == Operation.CREATE_JOB) {
            var fault = next();
            if (fault != null) {
                var name = "planned " + fault.getClass().getSimpleName();
                return Optional.of(new Rules.Met(name, Treatment.of(fault), 0));
            }
        }
        var now = active;
        return now == null ? Optional.empty() : now.rules().meet(facts, clock.instant());
    }

    Skew skew() {
        return skew;
    }

    void jump(Skew to) {
        skew = to;
    }

    /** How long a request may take to come in whole. */
    Duration readWithin() {
        var now = active;
        return now == null ? readWithinByDefault : now.document().readWithin();
    }

    JsonObject json() {
        var now = active;
        return new JsonObject()
                .put("left", left())
                .put("document", now == null ? null : now.document().json())
                .put("rules", now == null ? new JsonArray() : now.rules().figures())
                .put(
                        "clock",
                        new JsonObject()
                                .put("date", skew.date().toString())
                                .put("ids", skew.ids().toString()));
    }

    private synchronized @Nullable Fault next() {
        var first = planned.pollFirst();
        if (first == null) {
            return null;
        }
        if (first.times() > 1) {
            planned.addFirst(new Planned(first.fault(), first.times() - 1));
        }
        return first.fault();
    }
}
