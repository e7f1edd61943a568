package dev.restoreworker.command;

import dev.restoreworker.DeadLetter.Reason;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which dead letters are meant: those that all of this is true of. What is empty or null says
 * nothing.
 *
 * @param from the first instant
 * @param to the first instant that is too late
 */
record Choice(
        Set<Reason> reasons,
        @Nullable Instant from,
        @Nullable Instant to,
        @Nullable Integer partition,
        Set<Place> places) {

    Choice {
        reasons = Set.copyOf(reasons);
        places = Set.copyOf(places);
    }

    /** Whether it is all of them. */
    boolean isEmpty() {
        return reasons.isEmpty()
                && from == null
                && to == null
                && partition == null
                && places.isEmpty();
    }

    boolean includes(Letter letter) {
        return (reasons.isEmpty() || letter.reason().filter(this::isNamed).isPresent())
                && (from == null || !letter.at().isBefore(from))
                && (to == null || letter.at().isBefore(to))
                && (partition == null || partition == letter.place().partition())
                && (places.isEmpty() || places.contains(letter.place()));
    }

    /** No chosen one of this partition stands before. */
    long begin(int number) {
        return places.stream()
                .filter(place -> place.partition() == number)
                .mapToLong(Place::offset)
                .min()
                .orElse(0);
    }

    /** No chosen one of this partition stands here or behind. */
    long end(int number) {
        if (partition != null && partition != number) {
            return 0;
        }
        return places.isEmpty()
                ? Long.MAX_VALUE
                : places.stream()
                        .filter(place -> place.partition() == number)
                        .mapToLong(place -> place.offset() + 1)
                        .max()
                        .orElse(0);
    }

    private boolean isNamed(String reason) {
        return reasons.stream().anyMatch(each -> each.name().equals(reason));
    }
}
