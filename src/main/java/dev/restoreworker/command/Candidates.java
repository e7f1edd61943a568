package dev.restoreworker.command;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/** Of the chosen dead letters those that are to be replayed; the others are counted. */
final class Candidates {

    private final Letters letters;
    private final Set<Place> replayed;
    private final Tally tally;
    private final Stop stop;

    Candidates(Letters letters, Set<Place> replayed, Tally tally, Stop stop) {
        this.letters = letters;
        this.replayed = replayed;
        this.tally = tally;
        this.stop = stop;
    }

    /** Gives them to {@code take}, no more than {@code max}, until it is to stop. */
    void each(Choice choice, long max, Consumer<Letter> take) {
        var missing = new HashSet<>(choice.places());
        var taken = new Counter();
        letters.each(
                choice,
                letter -> {
                    if (stop.isRequested()) {
                        return false;
                    }
                    missing.remove(letter.place());
                    if (replayed.contains(letter.place())) {
                        tally.doneBefore();
                    } else if (letter.obstacle().isPresent()) {
                        tally.impossible(letter.place(), letter.obstacle().get());
                    } else {
                        take.accept(letter);
                        return taken.increment() < max;
                    }
                    return true;
                });
        if (!stop.isRequested() && taken.count < max) {
            missing.stream()
                    .sorted()
                    .forEach(place -> tally.impossible(place, "there is no such dead letter"));
        }
    }

    private static final class Counter {
        private long count;

        long increment() {
            return ++count;
        }
    }
}
