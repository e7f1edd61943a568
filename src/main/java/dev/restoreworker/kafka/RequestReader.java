package dev.restoreworker.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.restoreworker.DeadLetter;
import dev.restoreworker.DeadLetter.Reason;
import dev.restoreworker.Incoming;
import dev.restoreworker.Origin;
import dev.restoreworker.core.Content;
import dev.restoreworker.core.RequestRules;
import dev.restoreworker.core.RequestRules.Checked;
import dev.restoreworker.core.RestoreRequest.Remarks;
import dev.restoreworker.core.Text;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Says what a record is: one that names a request, or a dead letter.
 *
 * <p>A request is a JSON object. Whatever else it could be taken for, a CloudEvent or another
 * action, is never run as one: it may mean the opposite.
 */
final class RequestReader {

    /** What a record turned out to be. */
    sealed interface Read {

        record Request(Incoming incoming) implements Read {}

        record Dead(DeadLetter letter) implements Read {}
    }

    static final int VALUE_LENGTH_MAX = 256 * 1024;
    private static final int SHOWN_MAX = 80;

    private RequestReader() {}

    /** Never throws, whatever the record holds. */
    static Read read(ConsumerRecord<byte[], byte[]> record) {
        var cloudEvent = cloudEvent(record);
        if (cloudEvent.isPresent()) {
            return dead(record, null, Reason.UNKNOWN_TYPE, cloudEvent.get());
        }
        byte @Nullable [] value = record.value();
        if (value == null || value.length == 0) {
            return dead(record, null, Reason.UNREADABLE, "the record has no value");
        }
        if (value.length > VALUE_LENGTH_MAX) {
            return dead(
                    record,
                    null,
                    Reason.TOO_LARGE,
                    "a request has at most %d bytes, and this record %d"
                            .formatted(VALUE_LENGTH_MAX, value.length));
        }
        return switch (StrictJson.parse(value)) {
            case StrictJson.Parsed.Unreadable(var detail) ->
                    dead(record, null, Reason.UNREADABLE, detail);
            case StrictJson.Parsed.Json(var node) ->
                    node instanceof ObjectNode object
                            ? read(record, object)
                            : dead(
                                    record,
                                    null,
                                    Reason.UNREADABLE,
                                    "a request is a JSON object, and this is " + kind(node));
        };
    }

    private static Read read(ConsumerRecord<byte[], byte[]> record, ObjectNode object) {
        var id = id(object);
        if (object.has("specversion")) {
            var detail = "it is a CloudEvent (it has a specversion), and those are not run";
            return dead(record, id, Reason.UNKNOWN_TYPE, detail);
        }
        var action = object.get("action");
        if (action != null && !action.isNull() && !"restore".equals(action.textValue())) {
            var detail = "action can only be \"restore\", and is " + shown(action);
            return dead(record, id, Reason.UNKNOWN_TYPE, detail);
        }
        if (id == null) {
            return dead(record, null, Reason.NO_ID, noId(object.get("requestId")));
        }
        var fields = fields(object);
        var origin = new Origin(record.topic(), record.partition(), record.offset());
        return new Read.Request(
                switch (RequestRules.check(id, fields)) {
                    case Checked.Valid(var request) ->
                            new Named(
                                    id,
                                    request.content(),
                                    request.remarks(),
                                    new Checked.Valid(request),
                                    origin,
                                    record);
                    case Checked.Invalid invalid ->
                            new Named(
                                    id,
                                    RequestRules.content(fields),
                                    RequestRules.remarks(fields),
                                    invalid,
                                    origin,
                                    record);
                });
    }

    /** A record that names a request. It keeps the record for the letter that it may become. */
    private record Named(
            String requestId,
            Content content,
            Remarks remarks,
            Checked checked,
            Origin origin,
            ConsumerRecord<byte[], byte[]> record)
            implements Incoming {

        @Override
        public DeadLetter letter(Reason reason, String detail) {
            return DeadLetters.of(record, requestId, reason, detail);
        }
    }

    private static @Nullable String id(ObjectNode object) {
        var node = object.get("requestId");
        return node != null && node.isTextual() && RequestRules.isRequestId(node.textValue())
                ? node.textValue()
                : null;
    }

    private static String noId(@Nullable JsonNode node) {
        return node == null || node.isNull()
                ? "requestId is missing"
                : "requestId must be a string of 1 to %d printable characters, and is %s"
                        .formatted(RequestRules.ID_LENGTH_MAX, shown(node));
    }

    /**
     * The fields as the rules want them. What is nested stays JSON, which no rule takes for text.
     */
    private static Map<String, Object> fields(ObjectNode object) {
        var fields = new HashMap<String, Object>();
        for (var field : object.properties()) {
            var node = field.getValue();
            if (!node.isNull()) {
                fields.put(field.getKey(), value(field.getKey(), node));
            }
        }
        return fields;
    }

    private static Object value(String name, JsonNode node) {
        if (name.equals("context")) {
            return StrictJson.write(node);
        }
        return switch (node.getNodeType()) {
            case STRING -> node.textValue();
            case NUMBER -> node.numberValue();
            case BOOLEAN -> node.booleanValue();
            case ARRAY, BINARY, MISSING, NULL, OBJECT, POJO -> node;
        };
    }

    /** Why the headers say that this is a CloudEvent; empty if they do not. */
    private static Optional<String> cloudEvent(ConsumerRecord<byte[], byte[]> record) {
        for (var header : record.headers()) {
            var name = header.key().toLowerCase(Locale.ROOT);
            if (name.startsWith("ce_")) {
                return Optional.of(
                        "it is a CloudEvent (it has a header %s), and those are not run"
                                .formatted(excerpt(header.key())));
            }
            if (name.equals("content-type") && isCloudEvents(header)) {
                return Optional.of(
                        "it is a CloudEvent (by its content type), and those are not run");
            }
        }
        return Optional.empty();
    }

    private static boolean isCloudEvents(Header header) {
        byte @Nullable [] value = header.value();
        return value != null
                && new String(value, StandardCharsets.UTF_8)
                        .strip()
                        .toLowerCase(Locale.ROOT)
                        .startsWith("application/cloudevents");
    }

    private static String kind(JsonNode node) {
        return "of type " + node.getNodeType().name().toLowerCase(Locale.ROOT);
    }

    private static String shown(JsonNode node) {
        return excerpt(node.toString());
    }

    private static String excerpt(String text) {
        return Text.cut(Text.storable(text), SHOWN_MAX);
    }

    private static Read dead(
            ConsumerRecord<byte[], byte[]> record,
            @Nullable String requestId,
            Reason reason,
            String detail) {
        return new Read.Dead(DeadLetters.of(record, requestId, reason, detail));
    }
}
