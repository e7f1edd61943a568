package dev.restoreworker.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Thousands of worlds in which everything that can go wrong does, each drawn from a seed.
 *
 * <p>{@code -Dseed=} runs one of them and prints its trace; {@code -Dsimulation.schedules=} says
 * how many there are, and {@code -Dsimulation.from=} with which seed they begin.
 */
class SimulationTest {

    private static final int SCHEDULES = 20_000;

    private static final Logger LOG = Logger.getLogger("dev.restoreworker");

    @BeforeAll
    static void silence() {
        LOG.setLevel(Level.OFF);
    }

    @AfterAll
    static void speak() {
        LOG.setLevel(null);
    }

    @Test
    void every_promise_holds_and_every_situation_comes_up() {
        var seed = Long.getLong("seed");
        if (seed != null) {
            System.out.println(String.join("\n", Schedule.run(seed, true).trace()));
            assertThat(Simulation.failure(seed)).isEmpty();
            return;
        }
        var schedules = Integer.getInteger("simulation.schedules", SCHEDULES);
        var from = Long.getLong("simulation.from", 1);

        var simulation = Simulation.run(from, schedules);

        System.out.printf("%d schedules from seed %d%n%s", schedules, from, simulation.tally());
        assertThat(simulation.failure()).isEmpty();
        if (schedules >= SCHEDULES) {
            assertThat(simulation.tally().missing()).isEmpty();
        }
    }

    @Test
    void the_same_seed_is_the_same_schedule() {
        for (var seed = 1; seed <= 20; seed++) {
            assertThat(Schedule.run(seed, true).trace())
                    .isEqualTo(Schedule.run(seed, true).trace());
        }
    }
}
