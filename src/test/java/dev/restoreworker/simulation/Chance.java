package dev.restoreworker.simulation;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/** All that can go either way, drawn from one seed. */
final class Chance {

    private final SplittableRandom random;

    Chance(long seed) {
        random = new SplittableRandom(seed);
    }

    /** True once in so many times. */
    boolean oneIn(int times) {
        return random.nextInt(times) == 0;
    }

    boolean percent(int share) {
        return random.nextInt(100) < share;
    }

    /** Both ends are possible. */
    int between(int from, int to) {
        return random.nextInt(from, to + 1);
    }

    Duration between(Duration from, Duration to) {
        return Duration.ofMillis(random.nextLong(from.toMillis(), to.toMillis() + 1));
    }

    /** As {@link #between}, but each order of magnitude is as likely as another. */
    Duration spread(Duration from, Duration to) {
        var low = Math.log(from.toMillis());
        var high = Math.log(to.toMillis());
        return Duration.ofMillis(Math.round(Math.exp(low + random.nextDouble() * (high - low))));
    }

    /** Either way. */
    Duration around(Duration most) {
        return between(most.negated(), most);
    }

    <T> T of(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    /** Which of those that are due together comes first. */
    int order() {
        return random.nextInt();
    }
}
