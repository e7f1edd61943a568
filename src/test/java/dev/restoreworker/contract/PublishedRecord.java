package dev.restoreworker.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A record as it stands in one of the worker's topics, by their default names; of headers with one
 * name the last.
 */
public record PublishedRecord(
        String topic, @Nullable String key, String value, Map<String, String> headers) {

    private static final String DEAD_LETTERS = "restore-requests-dead-letter";
    private static final String TYPE_PREFIX = "dev.restoreworker.";
    private static final String TYPE_SUFFIX = ".v1";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Fails unless the record is what the schemas say of its topic, in either mode. */
    public void check() {
        if (topic.equals(DEAD_LETTERS)) {
            Schemas.check("dead-letter-headers", headersAsJson());
        } else if (isStructured()) {
            checkStructured();
        } else {
            checkBinary();
        }
    }

    /** The data of an event, in either mode. */
    public JsonNode data() {
        var json = Schemas.json(value);
        return isStructured() ? json.path("data") : json;
    }

    private boolean isStructured() {
        return headers.getOrDefault("content-type", "").startsWith("application/cloudevents");
    }

    private void checkStructured() {
        var event = Schemas.json(value);
        Schemas.check("event-structured", event);
        expect("content-type", "application/cloudevents+json; charset=UTF-8");
        for (var name : headers.keySet()) {
            if (name.startsWith("ce_")) {
                throw new AssertionError("An attribute is a header in structured mode: " + name);
            }
        }
        checkIdentity(
                event.path("type").asText(),
                event.path("subject").asText(),
                event.path("partitionkey").asText());
    }

    private void checkBinary() {
        Schemas.check("event-headers", headersAsJson());
        var type = headers.getOrDefault("ce_type", "");
        Schemas.check(kind(type), Schemas.json(value));
        checkIdentity(
                type,
                headers.getOrDefault("ce_subject", ""),
                headers.getOrDefault("ce_partitionkey", ""));
    }

    private void checkIdentity(String type, String subject, String partitionKey) {
        var requestId = data().path("requestId").asText();
        if (!subject.equals(requestId)
                || !partitionKey.equals(requestId)
                || !requestId.equals(key)) {
            throw new AssertionError(
                    "Key '%s', subject '%s' and partition key '%s' of request '%s'"
                            .formatted(key, subject, partitionKey, requestId));
        }
        if (!topic.equals("restore-" + kind(type))) {
            throw new AssertionError(type + " in the topic " + topic);
        }
    }

    private void expect(String header, String expected) {
        if (!expected.equals(headers.get(header))) {
            throw new AssertionError(header + " is " + headers.get(header));
        }
    }

    private static String kind(String type) {
        return type.substring(TYPE_PREFIX.length(), type.length() - TYPE_SUFFIX.length());
    }

    private JsonNode headersAsJson() {
        return JSON.valueToTree(headers);
    }
}
