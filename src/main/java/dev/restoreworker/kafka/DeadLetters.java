package dev.restoreworker.kafka;

import dev.restoreworker.Blob;
import dev.restoreworker.DeadLetter;
import dev.restoreworker.DeadLetter.Reason;
import dev.restoreworker.OutgoingEvent;
import dev.restoreworker.OutgoingEvent.Header;
import dev.restoreworker.core.Text;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Turns a record that is not run into the event that shows it: as it came, and why. All of it
 * together stays far below the 1 MiB that a topic takes by default.
 */
final class DeadLetters {

    static final int VALUE_LENGTH_MAX = 256 * 1024;
    static final int KEY_LENGTH_MAX = 64 * 1024;
    static final int HEADERS_LENGTH_MAX = 64 * 1024;
    static final int HEADERS_MAX = 100;
    private static final int DETAIL_LENGTH_MAX = 1_000;

    private DeadLetters() {}

    /** {@code requestId} is null if the record names none. */
    static DeadLetter of(
            ConsumerRecord<byte[], byte[]> record,
            @Nullable String requestId,
            Reason reason,
            String detail) {
        var headers = original(record);
        headers.addAll(added(record, reason, detail, headers.size()));
        var event =
                new OutgoingEvent(
                        OutgoingEvent.Kind.DEAD_LETTER,
                        cut(record.key(), KEY_LENGTH_MAX),
                        cut(record.value(), VALUE_LENGTH_MAX),
                        headers);
        return new DeadLetter(reason, fingerprint(record, requestId), event);
    }

    /** The record's own headers, but for those that there is no room for. */
    private static List<Header> original(ConsumerRecord<byte[], byte[]> record) {
        var kept = new ArrayList<Header>();
        var room = HEADERS_LENGTH_MAX;
        for (var header : record.headers()) {
            var name = Text.storable(header.key());
            var length = name.getBytes(StandardCharsets.UTF_8).length + length(header.value());
            if (length <= room && kept.size() < HEADERS_MAX) {
                room -= length;
                kept.add(new Header(name, cut(header.value(), HEADERS_LENGTH_MAX)));
            }
        }
        return kept;
    }

    /** What we add comes last: that is where a header is read that stands there twice. */
    private static List<Header> added(
            ConsumerRecord<byte[], byte[]> record, Reason reason, String detail, int headersKept) {
        var headers = new ArrayList<Header>();
        headers.add(Header.of("dead-letter-reason", reason.name()));
        headers.add(
                Header.of(
                        "dead-letter-detail", Text.cut(Text.storable(detail), DETAIL_LENGTH_MAX)));
        headers.add(Header.of("dead-letter-topic", record.topic()));
        headers.add(Header.of("dead-letter-partition", String.valueOf(record.partition())));
        headers.add(Header.of("dead-letter-offset", String.valueOf(record.offset())));
        if (record.timestamp() != ConsumerRecord.NO_TIMESTAMP) {
            var timestamp = Instant.ofEpochMilli(record.timestamp());
            headers.add(Header.of("dead-letter-timestamp", timestamp.toString()));
        }
        headers.add(Header.of("dead-letter-length", String.valueOf(length(record.value()))));
        if (length(record.key()) > KEY_LENGTH_MAX) {
            headers.add(Header.of("dead-letter-key-length", String.valueOf(length(record.key()))));
        }
        var leftOut = record.headers().toArray().length - headersKept;
        if (leftOut > 0) {
            headers.add(Header.of("dead-letter-headers-left-out", String.valueOf(leftOut)));
        }
        return headers;
    }

    private static @Nullable Blob cut(byte @Nullable [] bytes, int lengthMax) {
        if (bytes == null) {
            return null;
        }
        return Blob.of(bytes.length <= lengthMax ? bytes : Arrays.copyOf(bytes, lengthMax));
    }

    /**
     * The same for each record with this id, key, value and headers. Without an id it is the
     * record's place that counts: two producers may well publish the same nonsense.
     */
    private static String fingerprint(
            ConsumerRecord<byte[], byte[]> record, @Nullable String requestId) {
        var digest = sha256();
        if (requestId != null) {
            add(digest, utf8("id"));
            add(digest, utf8(requestId));
        } else {
            add(digest, utf8("place"));
            add(digest, utf8(record.topic()));
            add(digest, utf8(record.partition() + "@" + record.offset()));
        }
        add(digest, record.key());
        add(digest, record.value());
        for (var header : record.headers()) {
            add(digest, utf8(header.key()));
            add(digest, header.value());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** With its length in front, so that no two lists of parts look the same. */
    private static void add(MessageDigest digest, byte @Nullable [] part) {
        digest.update(ByteBuffer.allocate(4).putInt(part == null ? -1 : part.length).flip());
        if (part != null) {
            digest.update(part);
        }
    }

    private static int length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This JDK has no SHA-256, which each must have", e);
        }
    }
}
