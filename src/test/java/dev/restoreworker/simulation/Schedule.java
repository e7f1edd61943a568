package dev.restoreworker.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One world from its beginning to its end, drawn from a seed: requests come in, workers work, all
 * kinds of trouble come up and pass, and at last everything must be as it was promised.
 */
final class Schedule {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    /** When it is over whether or not all is done: long after what is unknown is given up. */
    private static final Duration LONGEST = Duration.ofHours(60);

    /** While requests come in. */
    private static final Duration WHILE_PUBLISHED = Duration.ofMinutes(2);

    private static final Duration CHECK = Duration.ofMinutes(1);

    private final Chance chance;
    private final Scheduler scheduler;
    private final Journal journal;
    private final World world;
    private final List<SimulatedWorker> workers = new ArrayList<>();
    private int machines;

    private Schedule(long seed, boolean kept) {
        chance = new Chance(seed);
        scheduler = new Scheduler(chance, START);
        journal = new Journal(kept, scheduler);
        world = new World(Profile.drawn(chance), chance, scheduler, journal);
    }

    /** How a schedule went: {@code failure} is null if all promises were kept. */
    record Result(long seed, Tally tally, @Nullable Throwable failure, List<String> trace) {}

    /** With {@code kept} it tells every step. */
    static Result run(long seed, boolean kept) {
        var schedule = new Schedule(seed, kept);
        schedule.journal.note("%s", schedule.world.profile());
        Throwable failure = null;
        try {
            schedule.run();
        } catch (Throwable t) {
            failure = t;
        }
        return new Result(seed, schedule.world.tally(), failure, schedule.journal.lines());
    }

    private void run() throws Throwable {
        publish();
        for (var i = 0; i < world.profile().machines(); i++) {
            start();
        }
        var chaos = chance.between(Duration.ofMinutes(2), Duration.ofMinutes(15));
        troubles(chaos);
        world.after(chaos, world::heal);
        world.after(chaos.plus(CHECK), this::check);
        scheduler.run();
        world.promises().atTheEnd();
    }

    /** What is published, and when. */
    private record Publication(Map<String, Object> fields, Instant when) {}

    /** Everything that will be in the topic, in the order of time. */
    private void publish() {
        var wishes = new Wishes(world);
        var all = new ArrayList<Publication>();
        var when = START;
        for (var number = 1; number <= chance.between(1, 3); number++) {
            var fields = wishes.fields(number);
            when = add(fields, when, all);
            if (world.profile().cancels() && !chance.oneIn(4)) {
                cancel(fields, when, all);
            }
            for (var again = 0; world.profile().repeats() && again < 3; again++) {
                when = add(chance.oneIn(3) ? Wishes.other(fields) : fields, when, all);
            }
        }
        all.sort(Comparator.comparing(Publication::when));
        all.forEach(
                each -> world.topic().publish(chance.between(0, 1), each.fields(), each.when()));
    }

    private Instant add(Map<String, Object> fields, Instant after, List<Publication> all) {
        var when = after.plus(chance.between(Duration.ZERO, Duration.ofMinutes(1)));
        all.add(new Publication(fields, when));
        return when;
    }

    /** Before the request, right behind it, while it is under way, or when all may be over. */
    private void cancel(Map<String, Object> fields, Instant when, List<Publication> all) {
        var cancel = Wishes.cancel(fields);
        for (var again = 0; again < (chance.oneIn(4) ? 2 : 1); again++) {
            var by =
                    switch (chance.between(1, 4)) {
                        case 1 -> chance.around(Duration.ofSeconds(30));
                        case 2 -> chance.between(Duration.ZERO, Duration.ofSeconds(3));
                        case 3 -> chance.spread(Duration.ofSeconds(1), Duration.ofMinutes(5));
                        default -> chance.spread(Duration.ofMinutes(1), Duration.ofHours(1));
                    };
            all.add(new Publication(cancel, when.plus(by)));
        }
    }

    private void start() {
        var ahead = chance.around(Duration.ofMinutes(10));
        var machine = new Machine("w" + ++machines, scheduler, ahead);
        var worker = new SimulatedWorker(world, machine);
        workers.add(worker);
        worker.start();
    }

    private void troubles(Duration chaos) {
        var profile = world.profile();
        if (profile.ledgerAway()) {
            var away = chance.spread(Duration.ofSeconds(1), Duration.ofMinutes(5));
            some(chaos, () -> world.ledgerGoesAway(away));
        }
        if (profile.ledgerClock()) {
            some(chaos, () -> world.setLedgerClock(chance.around(Duration.ofSeconds(20))));
        }
        if (profile.sendingPaused()) {
            var paused = chance.spread(Duration.ofSeconds(5), Duration.ofMinutes(5));
            some(chaos, () -> world.pauseSending(paused));
        }
        if (profile.otherPerson()) {
            some(chaos, () -> world.restoreAnother(Wishes.another(world.chance())));
        }
        if (profile.repeats()) {
            some(chaos, world.topic()::rewind);
        }
        for (var i = 0; i < profile.cutsOff(); i++) {
            var away = chance.between(Duration.ofSeconds(10), Duration.ofMinutes(6));
            some(WHILE_PUBLISHED, () -> chance.of(workers).cutOff(away));
        }
        for (var i = 0; i < profile.stops(); i++) {
            some(WHILE_PUBLISHED, () -> chance.of(workers).stop());
        }
        for (var i = 0; i < profile.deaths() + profile.stops(); i++) {
            some(chaos, this::start);
        }
    }

    private void some(Duration within, Runnable trouble) {
        world.after(chance.between(Duration.ZERO, within), trouble);
    }

    /** Ends the schedule when all is done, and when it never will be. */
    private void check() {
        if (!world.isAnyAwake()) {
            start();
        }
        var isDone = world.topic().isRead() && world.promises().isAllDone() && !world.isAnyFrozen();
        if (isDone || world.now().isAfter(START.plus(LONGEST))) {
            // What is still under way may yet make a job.
            world.after(CHECK.multipliedBy(5), scheduler::end);
        } else {
            world.after(CHECK, this::check);
        }
    }
}
