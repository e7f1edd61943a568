package dev.restoreworker.simulation;

import dev.restoreworker.RestoreWorker;
import dev.restoreworker.Tracker;
import dev.restoreworker.WorkerParts;
import dev.restoreworker.core.FixedRetryPolicy;
import dev.restoreworker.core.TargetPolicy;
import dev.restoreworker.simulation.Scheduler.Gone;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** One process of the real worker, with what reads the topic and what takes up what is due. */
final class SimulatedWorker {

    private static final Duration LATE = Duration.ofSeconds(10);
    private static final Duration STOP = Duration.ofSeconds(35);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration SWEEP_MIN = Duration.ofMillis(100);
    private static final int CLAIM_MAX = 10;

    private final World world;
    private final Machine machine;
    private final RestoreWorker worker;
    private final Tracker tracker;
    private final Turns turns;
    private boolean stopping;
    private boolean sweeping;

    SimulatedWorker(World world, Machine machine) {
        this.world = world;
        this.machine = machine;
        this.turns = new Turns(world, machine);
        var inFlight = world.profile().inFlight();
        var policy =
                world.profile().retries()
                        ? FixedRetryPolicy.DEFAULT.retrying()
                        : FixedRetryPolicy.DEFAULT;
        var ledger = new LedgerPort(world, machine);
        var atlas = new AtlasPort(world, machine);
        var threads = new Threads();
        this.tracker = WorkerParts.tracker(ledger, atlas, new SimulatedEvents(), policy, threads);
        this.worker =
                WorkerParts.worker(
                        ledger,
                        atlas,
                        new SimulatedEvents(),
                        policy,
                        LATE,
                        new TargetPolicy(List.of("*/*"), List.of("*/" + Wishes.PROTECTED)),
                        WorkerParts.sending(
                                new Permits(inFlight),
                                inFlight,
                                Promises.SEND_WITHIN,
                                world::isSendingPaused,
                                machine,
                                machine::nanos),
                        this::rest,
                        threads);
    }

    void start() {
        world.note("%s starts", machine.name());
        world.add(machine);
        world.scheduler().spawn(machine, "sweep", this::sweep);
        world.scheduler().spawn(machine, "lookout", this::look);
        world.scheduler().spawn(machine, "consumer", this::consume);
    }

    /** It goes on, and others take it for dead. */
    void cutOff(Duration time) {
        world.note("%s is cut off from the ledger for %s", machine.name(), time);
        machine.cutOff(time);
    }

    /** Ends it as SIGTERM does: what is out is waited for, and then all is gone. */
    void stop() {
        if (!machine.isGone() && !stopping) {
            world.scheduler().spawn(machine, "stop", this::end);
        }
    }

    private void end() {
        world.note("%s is stopped", machine.name());
        stopping = true;
        while (sweeping) {
            world.pass(SWEEP_MIN);
        }
        try {
            worker.stop(STOP);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        world.saw(Situation.STOPPED_IN_ORDER);
        machine.die();
        throw new Gone();
    }

    private void sweep() {
        while (!stopping) {
            try {
                sweeping = true;
                worker.advanceDue(CLAIM_MAX, Duration.ZERO);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            } catch (RuntimeException e) {
                world.note("the sweep fails: %s", e);
            }
            sweeping = false;
            var left = world.untilDue();
            var most = left.compareTo(SECOND) < 0 ? SECOND : left.plus(SECOND);
            world.pass(world.chance().between(SWEEP_MIN, most));
        }
    }

    private void look() {
        while (!stopping) {
            try {
                tracker.trackDue();
            } catch (RuntimeException e) {
                world.note("the lookout fails: %s", e);
            }
            var most = world.untilWatch().plus(SECOND);
            world.pass(world.chance().between(SWEEP_MIN, most));
        }
    }

    private void consume() {
        while (true) {
            var batch = world.topic().poll(machine);
            if (batch.records().isEmpty()) {
                world.pass(
                        world.topic()
                                .untilNext()
                                .plus(
                                        world.chance()
                                                .between(Duration.ZERO, SECOND.multipliedBy(2))));
            } else {
                take(batch);
            }
        }
    }

    private void take(Topic.Batch batch) {
        try {
            // As the consumer does.
            var cancels = batch.records().stream().filter(SimulatedRecord::cancels).toList();
            if (!cancels.isEmpty()) {
                worker.cancel(List.copyOf(cancels));
            }
            var requests = batch.records().stream().filter(each -> !each.cancels()).toList();
            if (!requests.isEmpty()) {
                worker.receive(List.copyOf(requests));
            }
        } catch (RuntimeException e) {
            world.note("the batch is not taken: %s", e);
            world.pass(SECOND);
            return;
        }
        turns.call(
                Call.ACKNOWLEDGE,
                () -> {
                    world.topic().acknowledge(machine, batch);
                    return batch;
                });
    }

    /** Waits in the place of whoever waits for the ledger. */
    private Duration rest(Duration pause) {
        world.pass(pause);
        return Duration.ZERO;
    }

    /** Permits that are waited for in virtual time. */
    private final class Permits extends Semaphore {
        private static final long serialVersionUID = 1;

        Permits(int permits) {
            super(permits);
        }

        @Override
        public void acquireUninterruptibly() {
            while (!tryAcquire()) {
                world.saw(Situation.PERMIT_WAITED_FOR);
                world.pass(world.chance().between(Duration.ofMillis(1), SECOND));
            }
        }
    }

    /** The worker's own threads, which are tasks of its machine. */
    private final class Threads extends AbstractExecutorService {
        private boolean shutdown;
        private int active;
        private int begun;

        @Override
        public void execute(Runnable task) {
            if (shutdown) {
                throw new RejectedExecutionException("going down");
            }
            active++;
            world.scheduler()
                    .spawn(
                            machine,
                            "step " + ++begun,
                            () -> {
                                task.run();
                                active--;
                            });
        }

        @Override
        public void shutdown() {
            shutdown = true;
        }

        @Override
        public List<Runnable> shutdownNow() {
            shutdown();
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return shutdown;
        }

        @Override
        public boolean isTerminated() {
            return shutdown && active == 0;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            var end = world.now().plusNanos(unit.toNanos(timeout));
            while (!isTerminated() && world.now().isBefore(end)) {
                world.pass(SECOND);
            }
            return isTerminated();
        }
    }
}
