package dev.restoreworker.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;

/**
 * Locks of names, each held to the end of its transaction. Names share locks: PostgreSQL's table of
 * locks is small, and a batch may have many names.
 *
 * <p>Whoever takes both kinds takes those of lines first, and all of them before the first row.
 */
enum Locks {
    /** Of the targets of lines. */
    LINES(0x6c696e65),
    /** Of the projects whose slots are counted. */
    SLOTS(0x736c6f74);

    private static final int STRIPES = 64;

    /** In order. */
    private final String lock;

    /** {@code key} tells them from the locks of others in this database. */
    Locks(int key) {
        this.lock =
                "select pg_advisory_xact_lock(%d, stripe) from unnest(?::integer[]) as stripe"
                        .formatted(key);
    }

    /** In a statement of its own: what comes after it sees what was committed under the locks. */
    void take(Connection connection, Collection<String> names) throws SQLException {
        if (names.isEmpty()) {
            return;
        }
        var stripes =
                names.stream()
                        .map(name -> Math.floorMod(name.hashCode(), STRIPES))
                        .distinct()
                        .sorted()
                        .toArray();
        try (var statement = connection.prepareStatement(lock)) {
            statement.setArray(1, connection.createArrayOf("integer", stripes));
            statement.execute();
        }
    }
}
