package dev.restoreworker.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * Names database sessions, and tells which of them have ended.
 *
 * <p>A name is {@code pid/start@server}. The server is part of it because all sessions end with
 * their server, and then none of their holders need be dead: where the server of a name is not this
 * one, nothing is known of it.
 */
final class Sessions {

    /**
     * The start of the server, and the last one of its statistics: when one process of PostgreSQL
     * dies, all sessions end and the server is <em>not</em> started anew, but its statistics are.
     */
    static final String SERVER =
            "%s || '/' || %s"
                    .formatted(
                            micros("pg_postmaster_start_time()"),
                            micros("pg_stat_get_bgwriter_stat_reset_time()"));

    /** The session of a row of {@code pg_stat_activity}. */
    static final String NAME =
            "pid || '/' || %s || '@' || %s".formatted(micros("backend_start"), SERVER);

    /**
     * Of a session of a role whose rights are not ours no start is shown: then it counts as there.
     */
    private static final String ENDED =
            """
            select name
            from unnest(?::text[]) as asked(name)
            where split_part(name, '@', 2) = %s
                and not exists (
                    select from pg_stat_activity
                    where pid::text = split_part(name, '/', 1)
                        and coalesce(%s = split_part(split_part(name, '@', 1), '/', 2), true))"""
                    .formatted(SERVER, micros("backend_start"));

    private Sessions() {}

    /** Digits alone: how a time is written depends on settings of the session that asks. */
    private static String micros(String time) {
        return "(extract(epoch from %s) * 1000000)::bigint::text".formatted(time);
    }

    /** Those of {@code names} that are known to have ended. */
    static Set<String> ended(Connection connection, Collection<String> names) throws SQLException {
        if (names.isEmpty()) {
            return Set.of();
        }
        try (var select = connection.prepareStatement(ENDED)) {
            select.setArray(1, connection.createArrayOf("text", names.toArray()));
            var ended = new HashSet<String>();
            var row = select.executeQuery();
            while (row.next()) {
                ended.add(Entries.text(row, "name"));
            }
            return ended;
        }
    }
}
