package dev.restoreworker;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An event that is decided and waits in the outbox: a record but for the topic's name and the time.
 *
 * <p>The ledger keeps it as it is and adds when it was written down; only the relay puts it on the
 * wire.
 */
public record OutgoingEvent(
        Kind kind, @Nullable Blob key, @Nullable Blob value, List<Header> headers) {

    public OutgoingEvent {
        headers = List.copyOf(headers);
    }

    /** The same with one more header. */
    public OutgoingEvent with(Header header) {
        var more = new ArrayList<>(headers);
        more.add(header);
        return new OutgoingEvent(kind, key, value, more);
    }

    /** Which topic it goes to. The names stand in the ledger: add to them, never rename one. */
    public enum Kind {
        JOB_CREATED,
        JOB_FAILED,
        REQUEST_ACCEPTED,
        REQUEST_DEFERRED,
        DEAD_LETTER,
        JOB_FINISHED
    }

    /** A header of a Kafka record. */
    public record Header(String name, @Nullable Blob value) {
        public static Header of(String name, String value) {
            return new Header(name, Blob.of(value));
        }
    }
}
