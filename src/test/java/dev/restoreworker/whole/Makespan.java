package dev.restoreworker.whole;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/** How long a number of downloads of equal life takes at least, where others take up room too. */
record Makespan(int limit, Duration life) {

    /** For how long somebody else took up the room of one. */
    record Taken(Instant from, Instant to) {

        private boolean covers(Instant start, Instant end) {
            return !from.isAfter(start) && !to.isBefore(end);
        }
    }

    /** If nobody waits where there is room: as many lives as are needed one after the other. */
    Duration alone(int downloads) {
        return life.multipliedBy(Math.ceilDiv(downloads, limit));
    }

    /** If they begin at {@code start}, and others leave them no more room than this. */
    Duration beside(List<Taken> others, int downloads, Instant start) {
        var instants = new TreeSet<Instant>(Comparator.naturalOrder());
        others.stream()
                .flatMap(each -> Stream.of(each.from(), each.to()))
                .filter(each -> each.isAfter(start))
                .forEach(instants::add);
        var needed = life.multipliedBy(downloads);
        var at = start;
        for (var next : instants) {
            var room = Math.max(0, limit - taken(others, at, next));
            var span = Duration.between(at, next);
            if (room > 0 && needed.compareTo(span.multipliedBy(room)) <= 0) {
                return Duration.between(start, at).plus(needed.dividedBy(room));
            }
            needed = needed.minus(span.multipliedBy(room));
            at = next;
        }
        return Duration.between(start, at).plus(needed.dividedBy(limit));
    }

    private static int taken(List<Taken> others, Instant start, Instant end) {
        return (int) others.stream().filter(each -> each.covers(start, end)).count();
    }
}
