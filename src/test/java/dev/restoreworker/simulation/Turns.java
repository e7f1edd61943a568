package dev.restoreworker.simulation;

import dev.restoreworker.simulation.Scheduler.Gone;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * What may happen to a machine at each call of a port, before the call takes effect and after it:
 * others go on meanwhile, its clock is set, it stands still for any time, it dies.
 */
final class Turns {

    private final World world;
    private final Machine machine;

    Turns(World world, Machine machine) {
        this.world = world;
        this.machine = machine;
    }

    <T> T call(Call call, Supplier<T> effect) {
        step(call, false);
        var result = effect.get();
        step(call, true);
        return result;
    }

    void step(Call call, boolean after) {
        var chance = world.chance();
        if (world.mayDie(call)) {
            world.death(machine, call, after);
            throw new Gone();
        }
        if (world.mayPause(call)) {
            // As long as others need to look for its request, or for any time.
            var pause =
                    chance.oneIn(2)
                            ? chance.between(Duration.ofMinutes(2), Duration.ofMinutes(6))
                            : chance.spread(Duration.ofSeconds(5), Duration.ofHours(2));
            var suspended = chance.oneIn(2);
            machine.freeze(pause, suspended);
            world.note(
                    "%s %s, between two steps of %s",
                    suspended ? "is suspended for" : "stands still for", pause, call);
            if (suspended && (call == Call.MOVE || call == Call.CONNECT)) {
                world.saw(Situation.SUSPENDED_DURING_BUDGET);
            }
        } else if (world.maySetClock()) {
            var by = chance.around(Duration.ofSeconds(chance.oneIn(2) ? 30 : 600));
            machine.setClock(by);
            world.note("somebody sets the clock of %s by %s", machine.name(), by);
            if (by.isNegative() && (call == Call.MOVE || call == Call.CONNECT)) {
                world.saw(Situation.CLOCK_SET_BACK_DURING_BUDGET);
            }
        }
        world.pass(call == Call.WRITE && !after ? Duration.ZERO : world.latency());
    }
}
