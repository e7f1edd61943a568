package dev.restoreworker.simulation;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** In how many schedules each situation came up, and how often a worker died at each call. */
final class Tally {

    private final Map<Situation, Integer> situations = new EnumMap<>(Situation.class);
    private final Map<String, Integer> deaths = new TreeMap<>();

    void saw(Situation situation) {
        situations.merge(situation, 1, Integer::sum);
    }

    void death(Call call, boolean after) {
        deaths.merge(death(call, after ? "after" : "before"), 1, Integer::sum);
    }

    private static String death(Call call, String side) {
        return "DEATH " + side + " " + call;
    }

    /** Adds what one schedule saw, each situation once. */
    void add(Tally one) {
        one.situations.keySet().forEach(this::saw);
        one.deaths.forEach((death, times) -> deaths.merge(death, times, Integer::sum));
    }

    boolean has(Situation situation) {
        return situations.containsKey(situation);
    }

    /** What never came up. */
    List<String> missing() {
        return Stream.concat(
                        Arrays.stream(Situation.values())
                                .filter(each -> !situations.containsKey(each))
                                .map(Situation::name),
                        Arrays.stream(Call.values())
                                .flatMap(
                                        call ->
                                                Stream.of(
                                                        death(call, "before"),
                                                        death(call, "after")))
                                .filter(death -> !deaths.containsKey(death)))
                .toList();
    }

    @Override
    public String toString() {
        var lines = new StringBuilder();
        situations.forEach((what, times) -> lines.append("%9d %s%n".formatted(times, what)));
        deaths.forEach((what, times) -> lines.append("%9d %s%n".formatted(times, what)));
        return lines.toString();
    }
}
