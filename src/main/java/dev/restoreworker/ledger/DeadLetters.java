package dev.restoreworker.ledger;

import dev.restoreworker.DeadLetter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Puts dead letters into the outbox. */
final class DeadLetters {

    /** One a statement: a letter may be large, and an array of them is written out as text. */
    private static final String BURY =
            """
            with clock as materialized (select ledger_now() as now),
            buried as (
                insert into dead_letter (fingerprint, reason, buried_at)
                select ?, ?, now from clock
                on conflict do nothing
                returning 1)
            insert into outbox (written_at, kind, key, value, headers)
            select now, ?, ?, ?, ? from buried, clock""";

    private DeadLetters() {}

    /**
     * How many of them were new. They are written in the order of their fingerprints, so that two
     * workers never wait each for the other.
     */
    static int bury(Connection connection, List<DeadLetter> letters) throws SQLException {
        var sorted = new TreeMap<String, DeadLetter>();
        letters.forEach(letter -> sorted.putIfAbsent(letter.fingerprint(), letter));
        try (var bury = connection.prepareStatement(BURY)) {
            for (var letter : sorted.values()) {
                bury.setString(1, letter.fingerprint());
                bury.setString(2, letter.reason().name());
                bury.setString(3, letter.event().kind().name());
                bury.setBytes(4, OutboxRow.bytes(letter.event().key()));
                bury.setBytes(5, OutboxRow.bytes(letter.event().value()));
                bury.setString(6, Json.write(letter.event().headers()));
                bury.addBatch();
            }
            return IntStream.of(bury.executeBatch()).sum();
        }
    }
}
