package dev.restoreworker.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks in virtual time, one at a time.
 *
 * <p>Each task has a thread of its own, so that the worker's plain blocking code runs as it is; but
 * only the one that has the turn goes on, and it hands the turn on where it waits. Which comes next
 * is the one that is due first, and of those that are due together a drawn one. So a seed decides
 * everything.
 */
final class Scheduler {

    /** Ends a task whose machine is gone; no code of the worker's catches it. */
    static final class Gone extends Error {
        private static final long serialVersionUID = 1;

        Gone() {
            super("the machine is gone", null, false, false);
        }
    }

    private static final int EVENTS_MAX = 200_000;

    /** How often it is looked whether a machine still stands still. */
    private static final Duration STILL = Duration.ofSeconds(10);

    /** Something that is due: a task that goes on, or something that happens by itself. */
    private record Event(Instant at, int order, long number, @Nullable Task task, Runnable action) {
        static final Comparator<Event> FIRST =
                Comparator.comparing(Event::at)
                        .thenComparing(Event::order)
                        .thenComparing(Event::number);
    }

    /** What a machine does in one thread. */
    private final class Task {
        final Machine machine;
        final String name;
        final Thread thread;
        volatile boolean hasTurn;

        Task(Machine machine, String name, Runnable body) {
            this.machine = machine;
            this.name = name;
            this.thread = Thread.ofVirtual().unstarted(() -> live(this, body));
        }

        void takeTurn() {
            if (thread.getState() == Thread.State.NEW) {
                thread.start();
            } else {
                hasTurn = true;
                LockSupport.unpark(thread);
            }
        }

        void awaitTurn() {
            while (!hasTurn) {
                LockSupport.park(this);
            }
            hasTurn = false;
        }
    }

    private final Chance chance;
    private final PriorityQueue<Event> events = new PriorityQueue<>(Event.FIRST);
    private final Set<Task> alive = new LinkedHashSet<>();
    private final CountDownLatch done = new CountDownLatch(1);
    private Instant now;
    private long number;
    private @Nullable Task current;
    private @Nullable Throwable failure;
    private boolean over;

    Scheduler(Chance chance, Instant start) {
        this.chance = chance;
        this.now = start;
    }

    Instant now() {
        return now;
    }

    /** Who has the turn, for people. */
    String who() {
        return current == null ? "world" : current.machine.name() + " " + current.name;
    }

    /** Lets something happen by itself. */
    void at(Instant when, Runnable action) {
        add(when, null, action);
    }

    /** Begins a task, as soon as somebody hands the turn on. */
    void spawn(Machine machine, String name, Runnable body) {
        var task = new Task(machine, name, body);
        alive.add(task);
        add(now, task, () -> {});
    }

    private void live(Task self, Runnable body) {
        try {
            refuseTheGone(self);
            body.run();
        } catch (Gone _) {
            // as the machine is
        } catch (Throwable t) {
            fail(t);
        } finally {
            alive.remove(self);
            hand(next());
        }
    }

    /** Lets so much time pass for the task that calls it. */
    void pass(Duration time) {
        var self = Optional.ofNullable(current).orElseThrow();
        add(now.plus(time), self, () -> {});
        var next = next();
        if (next != self) {
            hand(next);
            self.awaitTurn();
        }
        current = self;
        refuseTheGone(self);
    }

    private void refuseTheGone(Task self) {
        if (over || self.machine.isGone()) {
            throw new Gone();
        }
    }

    /** Runs until nothing is left to happen, or the schedule is {@link #end ended}. */
    void run() throws Throwable {
        hand(next());
        done.await();
        if (failure != null) {
            throw failure;
        }
    }

    /** From now on nothing happens any more. */
    void end() {
        over = true;
    }

    private void fail(Throwable t) {
        if (failure == null) {
            failure = t;
        }
        over = true;
    }

    private void add(Instant when, @Nullable Task task, Runnable action) {
        events.add(new Event(when, chance.order(), number++, task, action));
    }

    private void hand(@Nullable Task next) {
        current = next;
        if (next == null) {
            done.countDown();
        } else {
            next.takeTurn();
        }
    }

    /** Whose turn it is; null when all have ended. Each that is left over is given it once more. */
    private @Nullable Task next() {
        while (!over) {
            var event = events.poll();
            if (event == null) {
                over = true;
            } else if (number > EVENTS_MAX) {
                fail(new AssertionError("the schedule does not come to its end"));
            } else {
                var next = take(event);
                if (next != null) {
                    return next;
                }
            }
        }
        return alive.stream().findFirst().orElse(null);
    }

    private @Nullable Task take(Event event) {
        now = event.at().isAfter(now) ? event.at() : now;
        var task = event.task();
        if (task == null) {
            happen(event.action());
            return null;
        }
        var frozenUntil = task.machine.frozenUntil();
        if (frozenUntil.isAfter(now) && !task.machine.isGone()) {
            var soon = now.plus(STILL);
            add(soon.isBefore(frozenUntil) ? soon : frozenUntil, task, event.action());
            return null;
        }
        return task;
    }

    private void happen(Runnable action) {
        var who = current;
        current = null;
        try {
            action.run();
        } catch (Throwable t) {
            fail(t);
        }
        current = who;
    }
}
