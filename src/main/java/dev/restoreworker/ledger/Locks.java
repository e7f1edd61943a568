package dev.restoreworker.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;

/**
 * Locks of names, each held to the end of its transaction. Names share locks: PostgreSQL's table of
 * locks is small, and a batch may have many names.
 *
 * <p>Whoever takes several kinds takes them in the order in which they stand here, and all of them
 * before the first row.
 */
enum Locks {
    /** Between requests that are opened and cancels: one lock, as cancels are few. */
    CANCELS(0x63616e63),
    /** Of the targets of lines. */
    LINES(0x6c696e65),
    /** Of the projects whose slots are counted. */
    SLOTS(0x736c6f74);

    private static final int STRIPES = 64;

    /** In order. */
    private final String lock;

    private final String share;

    /** {@code key} tells them from the locks of others in this database. */
    Locks(int key) {
        this.lock =
                "select pg_advisory_xact_lock(%d, stripe) from unnest(?::integer[]) as stripe"
                        .formatted(key);
        this.share = "select pg_advisory_xact_lock_shared(%d, 0)".formatted(key);
    }

    /** With all others who share it, and with nobody who takes it. Its name is empty. */
    void share(Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement(share)) {
            statement.execute();
        }
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
