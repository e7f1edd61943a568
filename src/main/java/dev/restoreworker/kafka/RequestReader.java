package dev.restoreworker.kafka;

import static dev.restoreworker.kafka.HeaderText.excerpt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.restoreworker.DeadLetter;
import dev.restoreworker.DeadLetter.Reason;
import dev.restoreworker.EventTypes;
import dev.restoreworker.Origin;
import dev.restoreworker.ReceivedCancel;
import dev.restoreworker.ReceivedRecord;
import dev.restoreworker.core.Content;
import dev.restoreworker.core.RequestRules;
import dev.restoreworker.core.RequestRules.Checked;
import dev.restoreworker.core.RestoreRequest.Remarks;
import dev.restoreworker.core.Stamps;
import dev.restoreworker.core.Text;
import dev.restoreworker.core.Trace;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Says what a record is: one that names a request, one that cancels a request, or a dead letter.
 *
 * <p>A request is a JSON object: the whole value of a plain record, or the data of a CloudEvent.
 * Whatever else a record could be taken for, an event of another type or another action, is never
 * run as one: it may mean the opposite.
 */
final class RequestReader {

    /** What a record turned out to be. */
    sealed interface Read {

        record Request(ReceivedRecord incoming) implements Read {}

        record Cancel(ReceivedCancel incoming) implements Read {}

        record Dead(DeadLetter letter) implements Read {}
    }

    /** Where producers that are not CloudEvents' say who they are: no standard names it. */
    private static final String[] CLIENT_HEADERS = {"client-id", "producer"};

    /** Leaves room for the note that something was cut: a remark has at most 255 characters. */
    private static final int REQUESTER_LENGTH_MAX = 200;

    private static final int REASON_LENGTH_MAX = 1_000;

    private final Set<String> types;

    /** {@code furtherTypes} of CloudEvents are taken for requests too; as written in a setting. */
    RequestReader(Collection<String> furtherTypes) {
        types = new HashSet<>();
        furtherTypes.forEach(type -> types.add(type.strip()));
        types.add(EventTypes.RESTORE_REQUEST);
    }

    /** Never throws, whatever the record holds. */
    Read read(ConsumerRecord<byte[], byte[]> record) {
        return switch (Envelope.of(record)) {
            case Envelope.Unreadable(var detail) -> dead(record, null, Reason.UNREADABLE, detail);
            case Envelope.Plain() -> plain(record);
            case Envelope.Binary(var attributes) ->
                    event(
                            record,
                            CloudEvent.check(attributes, "the header ce_"),
                            () -> Body.of(record.value(), "a request"));
            case Envelope.Structured() -> structured(record);
        };
    }

    private static Read plain(ConsumerRecord<byte[], byte[]> record) {
        return switch (Body.of(record.value(), "a request")) {
            case Body.Missing(var reason, var detail) -> dead(record, null, reason, detail);
            case Body.Found(var object) ->
                    object.has("specversion")
                            ? dead(
                                    record,
                                    id(object, null).orElse(null),
                                    Reason.UNKNOWN_TYPE,
                                    "it is a CloudEvent (it has a specversion) without the content"
                                            + " type application/cloudevents+json")
                            : request(record, object, null);
        };
    }

    private Read structured(ConsumerRecord<byte[], byte[]> record) {
        return switch (Body.of(record.value(), "a CloudEvent in structured mode")) {
            case Body.Missing(var reason, var detail) -> dead(record, null, reason, detail);
            case Body.Found(var object) ->
                    event(
                            record,
                            CloudEvent.check(fields(object), "the member "),
                            () -> Body.data(object));
        };
    }

    /** The data is read last: that of a stranger need not even be JSON. */
    private Read event(
            ConsumerRecord<byte[], byte[]> record,
            CloudEvent.Checked checked,
            Supplier<Body> data) {
        return switch (checked) {
            case CloudEvent.Checked.Invalid(var detail) ->
                    dead(record, null, Reason.UNREADABLE, detail);
            case CloudEvent.Checked.Valid(var event) when !isKnown(event.type()) ->
                    dead(
                            record,
                            event.name(),
                            Reason.UNKNOWN_TYPE,
                            "there is no request of type " + excerpt(event.type()));
            case CloudEvent.Checked.Valid(var event) ->
                    switch (data.get()) {
                        case Body.Missing(var reason, var detail) ->
                                dead(record, event.name(), reason, detail);
                        case Body.Found(var object) -> request(record, object, event);
                    };
        };
    }

    private boolean isKnown(String type) {
        return types.contains(type) || isCancel(type);
    }

    private static boolean isCancel(String type) {
        return type.equals(EventTypes.RESTORE_CANCEL);
    }

    private static Read request(
            ConsumerRecord<byte[], byte[]> record, ObjectNode object, @Nullable CloudEvent event) {
        var id = id(object, event);
        var action = object.get("action");
        var says = action == null || action.isNull() ? null : action;
        var cancels = event != null && isCancel(event.type());
        if (says == null ? cancels : "cancel".equals(says.textValue())) {
            return cancel(record, object, event);
        }
        if (says != null && (cancels || !"restore".equals(says.textValue()))) {
            var detail =
                    "action can only be %s, and is %s"
                            .formatted(
                                    cancels
                                            ? "\"cancel\" in an event of this type"
                                            : "\"restore\" or \"cancel\"",
                                    excerpt(says.toString()));
            return dead(record, id.orElse(null), Reason.UNKNOWN_TYPE, detail);
        }
        return id.map(found -> named(found, record, object, event))
                .orElseGet(() -> dead(record, null, Reason.NO_ID, noId(object, event)));
    }

    /** It names a request of before: what the event is called cannot be its id. */
    private static Read cancel(
            ConsumerRecord<byte[], byte[]> record, ObjectNode object, @Nullable CloudEvent event) {
        var id = id(object, null);
        if (id.isEmpty()) {
            var named = object.hasNonNull("requestId");
            return dead(
                    record,
                    null,
                    Reason.NO_ID,
                    named ? noId(object, null) : "requestId is missing: it names what to cancel");
        }
        var fields = fields(object);
        addDefaults(fields, record, event);
        return new Read.Cancel(
                new Cancelling(
                        id.get(),
                        text(fields.get("requestedBy"), REQUESTER_LENGTH_MAX),
                        text(fields.get("reason"), REASON_LENGTH_MAX),
                        new Origin(record.topic(), record.partition(), record.offset()),
                        record));
    }

    /** Nothing rests on it: it is cut, or left out, rather than have the request run on. */
    private static @Nullable String text(@Nullable Object value, int lengthMax) {
        return value instanceof String text ? Text.cut(Text.storable(text), lengthMax) : null;
    }

    /** A record that cancels. It keeps the record for the letter that it may become. */
    private record Cancelling(
            String requestId,
            @Nullable String requestedBy,
            @Nullable String reason,
            Origin origin,
            ConsumerRecord<byte[], byte[]> record)
            implements ReceivedCancel {

        @Override
        public DeadLetter letter(Reason why, String detail) {
            return DeadLetters.of(record, requestId, why, detail);
        }
    }

    private static Read named(
            String id,
            ConsumerRecord<byte[], byte[]> record,
            ObjectNode object,
            @Nullable CloudEvent event) {
        var fields = fields(object);
        addDefaults(fields, record, event);
        var trace = trace(record, event).orElse(null);
        var origin = new Origin(record.topic(), record.partition(), record.offset());
        var checked = RequestRules.check(id, fields, trace);
        var stamps = stamps(RequestRules.remarks(fields, trace), record, event);
        return new Read.Request(
                switch (checked) {
                    case Checked.Valid(var request) ->
                            new Named(
                                    id,
                                    request.content(),
                                    request.remarks(),
                                    checked,
                                    origin,
                                    stamps,
                                    record);
                    case Checked.Invalid _ ->
                            new Named(
                                    id,
                                    RequestRules.content(fields),
                                    RequestRules.remarks(fields, trace),
                                    checked,
                                    origin,
                                    stamps,
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
            Stamps stamps,
            ConsumerRecord<byte[], byte[]> record)
            implements ReceivedRecord {

        @Override
        public DeadLetter letter(Reason reason, String detail) {
            return DeadLetters.of(record, requestId, reason, detail);
        }
    }

    /** What the data names, else what the event is called. */
    private static Optional<String> id(ObjectNode object, @Nullable CloudEvent event) {
        if (object.hasNonNull("requestId")) {
            return Optional.ofNullable(object.get("requestId").textValue())
                    .filter(RequestRules::isRequestId);
        }
        return Optional.ofNullable(event).flatMap(CloudEvent::requestId);
    }

    private static String noId(ObjectNode object, @Nullable CloudEvent event) {
        if (object.hasNonNull("requestId")) {
            return "requestId must be a string of 1 to %d printable characters, and is %s"
                    .formatted(
                            RequestRules.ID_LENGTH_MAX,
                            excerpt(object.get("requestId").toString()));
        }
        return event == null
                ? "requestId is missing"
                : ("requestId is missing, and the event's source and id cannot stand for it: neither"
                                + " may have a space, and both together have 1 to %d printable"
                                + " characters; they are '%s' and '%s'")
                        .formatted(
                                RequestRules.ID_LENGTH_MAX - 1,
                                excerpt(event.source()),
                                excerpt(event.id()));
    }

    /** Who asked and when, if the request itself does not say so. */
    private static void addDefaults(
            Map<String, Object> fields,
            ConsumerRecord<byte[], byte[]> record,
            @Nullable CloudEvent event) {
        if (event != null) {
            fields.putIfAbsent("requestedBy", requester(event.source()));
            if (event.time() != null) {
                fields.putIfAbsent("requestedAt", event.time());
            }
        }
        Stream.of(CLIENT_HEADERS)
                .map(name -> Optional.ofNullable(HeaderText.last(record, name)))
                .flatMap(Optional::stream)
                .filter(client -> !client.isBlank())
                .findFirst()
                .ifPresent(client -> fields.putIfAbsent("requestedBy", requester(client)));
    }

    /** A record of an old producer may have no time at all. */
    private static Stamps stamps(
            Remarks remarks, ConsumerRecord<byte[], byte[]> record, @Nullable CloudEvent event) {
        var time = event == null ? null : event.time();
        return new Stamps(
                remarks.requestedAt(),
                time == null ? null : OffsetDateTime.parse(time).toInstant(),
                record.timestamp() < 0 ? null : Instant.ofEpochMilli(record.timestamp()));
    }

    private static String requester(String name) {
        return Text.cut(Text.storable(name), REQUESTER_LENGTH_MAX);
    }

    /** The header is the more recent word: it was written when the record was sent. */
    private static Optional<Trace> trace(
            ConsumerRecord<byte[], byte[]> record, @Nullable CloudEvent event) {
        return Trace.of(
                        HeaderText.last(record, "traceparent"),
                        HeaderText.last(record, "tracestate"))
                .or(
                        () ->
                                event == null
                                        ? Optional.empty()
                                        : Trace.of(event.traceparent(), event.tracestate()));
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

    private static Read dead(
            ConsumerRecord<byte[], byte[]> record,
            @Nullable String requestId,
            Reason reason,
            String detail) {
        return new Read.Dead(DeadLetters.of(record, requestId, reason, detail));
    }
}
