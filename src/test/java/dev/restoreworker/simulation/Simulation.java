package dev.restoreworker.simulation;

import java.util.Optional;

/** Schedules one after the other, up to the first that breaks a promise. */
record Simulation(Tally tally, Optional<String> failure) {

    static Simulation run(long from, int schedules) {
        var tally = new Tally();
        for (var seed = from; seed < from + schedules; seed++) {
            var result = Schedule.run(seed, false);
            tally.add(result.tally());
            if (result.failure() != null) {
                return new Simulation(tally, failure(seed));
            }
        }
        return new Simulation(tally, Optional.empty());
    }

    /** What went wrong with this seed, step by step, and how to see it again. */
    static Optional<String> failure(long seed) {
        var result = Schedule.run(seed, true);
        return Optional.ofNullable(result.failure())
                .map(
                        why ->
                                "%s%n%s%n%nseed %d; to see it again: ./mvnw test -Dtest=SimulationTest -Dseed=%d"
                                        .formatted(
                                                String.join("\n", result.trace()),
                                                why,
                                                seed,
                                                seed));
    }

    /** What the first schedule says that breaks a promise; nothing if none does. */
    static String hunt(long from, int schedules) {
        for (var seed = from; seed < from + schedules; seed++) {
            var why = Schedule.run(seed, false).failure();
            if (why != null) {
                return "seed %d: %s".formatted(seed, why.getMessage());
            }
        }
        return "";
    }
}
