package dev.restoreworker.ledger;

import dev.restoreworker.Blob;
import dev.restoreworker.OutgoingEvent;
import dev.restoreworker.OutgoingEvent.Kind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An event on its way into the outbox, with the number of the row that it belongs to in the
 * statement that writes both.
 */
record OutboxRow(int owner, OutgoingEvent event) {

    /** To be joined by {@code owner}; in the order of {@code n}. */
    static final Rows<OutboxRow> ROWS =
            new Rows<>(
                    "event",
                    List.of(
                            new Rows.Column<>("owner", "integer", OutboxRow::owner),
                            new Rows.Column<>("kind", "text", row -> row.event.kind().name()),
                            new Rows.Column<>("key", "bytea", row -> bytes(row.event.key())),
                            new Rows.Column<>("value", "bytea", row -> bytes(row.event.value())),
                            new Rows.Column<>(
                                    "headers", "text", row -> Json.write(row.event.headers()))));

    static OutgoingEvent event(ResultSet row) throws SQLException {
        return new OutgoingEvent(
                Kind.valueOf(Entries.text(row, "kind")),
                blob(row.getBytes("key")),
                blob(row.getBytes("value")),
                Json.headers(Entries.text(row, "headers")));
    }

    static byte @Nullable [] bytes(@Nullable Blob blob) {
        return blob == null ? null : blob.toBytes();
    }

    private static @Nullable Blob blob(byte @Nullable [] bytes) {
        return bytes == null ? null : Blob.of(bytes);
    }
}
