package dev.restoreworker.command;

import java.util.Comparator;

/** Where a dead letter stands on its topic. */
record Place(int partition, long offset) implements Comparable<Place> {

    private static final Comparator<Place> ORDER =
            Comparator.comparingInt(Place::partition).thenComparingLong(Place::offset);

    Place {
        if (partition < 0 || offset < 0) {
            throw new IllegalArgumentException("A partition or offset is below zero");
        }
    }

    /**
     * Reads what {@link #toString} writes.
     *
     * @throws IllegalArgumentException if it is something else
     */
    static Place of(String text) {
        var slash = text.indexOf('/');
        try {
            return new Place(
                    Integer.parseInt(text.substring(0, Math.max(slash, 0))),
                    Long.parseLong(text.substring(slash + 1)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "a dead letter is named by PARTITION/OFFSET, such as 0/17", e);
        }
    }

    @Override
    public int compareTo(Place other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return partition + "/" + offset;
    }
}
