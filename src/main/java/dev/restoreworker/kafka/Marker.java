package dev.restoreworker.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import dev.restoreworker.core.Text;
import java.util.UUID;

/**
 * Says on Kafka that a batch is published: it goes out in the same transaction. {@code counter} is
 * how many events of the ledger are published up to and with that batch.
 */
record Marker(UUID ledger, long batch, long counter) {

    static final int FORMAT = 1;

    /** Named, so that the last marker is the last even on a topic with more partitions than one. */
    static final int PARTITION = 0;

    private static final int EXCERPT_MAX = 200;

    /** The last marker on its topic, whoever wrote it. */
    sealed interface Last {

        record None() implements Last {}

        record Found(Marker marker) implements Last {}

        /** It is there, and {@code detail} says why it says nothing. */
        record Unreadable(String detail) implements Last {}
    }

    String key() {
        return ledger.toString();
    }

    String value() {
        return "{\"format\":%d,\"ledger\":\"%s\",\"batch\":%d,\"counter\":%d}"
                .formatted(FORMAT, ledger, batch, counter);
    }

    static Last read(byte[] value) {
        return switch (StrictJson.parse(value)) {
            case StrictJson.Parsed.Json(var node) -> read(node);
            case StrictJson.Parsed.Unreadable(var detail) -> new Last.Unreadable(detail);
        };
    }

    private static Last read(JsonNode node) {
        var format = node.path("format");
        if (!format.isInt() || format.intValue() != FORMAT) {
            return unreadable("it is not of format " + FORMAT, node);
        }
        var batch = node.path("batch");
        var counter = node.path("counter");
        if (!isCount(batch) || !isCount(counter)) {
            return unreadable("its numbers are none", node);
        }
        try {
            var ledger = UUID.fromString(node.path("ledger").asText());
            return new Last.Found(new Marker(ledger, batch.longValue(), counter.longValue()));
        } catch (IllegalArgumentException _) {
            return unreadable("it names no ledger", node);
        }
    }

    private static boolean isCount(JsonNode node) {
        return node.isIntegralNumber() && node.canConvertToLong() && node.longValue() >= 0;
    }

    private static Last unreadable(String why, JsonNode node) {
        return new Last.Unreadable(
                why + ": " + Text.cut(Text.storable(node.toString()), EXCERPT_MAX));
    }
}
