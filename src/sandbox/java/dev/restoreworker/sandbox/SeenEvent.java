package dev.restoreworker.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;

/**
 * One record of an outcome topic, as any consumer of the worker's events can read it. Fields that
 * it does not have are empty.
 */
record SeenEvent(String requestId, String project, String delivery, Outcome outcome, String jobId) {
    private static final String DEAD_LETTER_REASON = "dead-letter-reason";
    private static final ObjectMapper JSON = new ObjectMapper();

    static SeenEvent of(ConsumerRecord<byte[], byte[]> event) {
        var key = text(event.key());
        var data = json(event.value());
        if (event.topic().equals(Topics.DEAD_LETTERS)) {
            var reason = header(event.headers(), DEAD_LETTER_REASON);
            return of(key, data, Outcome.deadLetter(reason));
        }
        if (header(event.headers(), "content-type").startsWith("application/cloudevents")) {
            return of(key, data.path("data"), field(data, "type"));
        }
        return of(key, data, header(event.headers(), "ce_type"));
    }

    private static SeenEvent of(String key, JsonNode data, String type) {
        // Created has none, failed a reason, finished a state, and deferred what it waits for.
        var reason = field(data, "reason") + field(data, "state") + field(data, "waitsFor");
        return of(key, data, new Outcome(shortType(type), reason));
    }

    private static SeenEvent of(String key, JsonNode data, Outcome outcome) {
        return new SeenEvent(
                key,
                field(data, "projectId"),
                field(data, "deliveryType"),
                outcome,
                field(data, "jobId"));
    }

    /** The event's name between the vendor's prefix and the version. */
    private static String shortType(String type) {
        return type.replaceFirst("^dev\\.restoreworker\\.", "").replaceFirst("\\.v\\d+$", "");
    }

    private static String header(Headers headers, String name) {
        var header = headers.lastHeader(name);
        return header == null ? "" : text(header.value());
    }

    private static String text(byte[] bytes) {
        return bytes == null ? "" : new String(bytes, UTF_8);
    }

    private static String field(JsonNode data, String name) {
        return data.path(name).asText("");
    }

    /** A dead letter need not be JSON at all. */
    private static JsonNode json(byte[] bytes) {
        try {
            return bytes == null ? MissingNode.getInstance() : JSON.readTree(bytes);
        } catch (IOException _) {
            return MissingNode.getInstance();
        }
    }
}
