package dev.restoreworker.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.restoreworker.DeadLetter.Reason;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The JSON object that is, or should be, a record's value or a CloudEvent's data. */
sealed interface Body {

    int LENGTH_MAX = 256 * 1024;

    record Found(ObjectNode object) implements Body {}

    record Missing(Reason reason, String detail) implements Body {}

    /** {@code what} it should be, with its article. */
    static Body of(byte @Nullable [] value, String what) {
        if (value == null || value.length == 0) {
            return unreadable("the record has no value");
        }
        if (value.length > LENGTH_MAX) {
            return new Missing(
                    Reason.TOO_LARGE,
                    "a request has at most %d bytes, and this record %d"
                            .formatted(LENGTH_MAX, value.length));
        }
        return object(value, what);
    }

    /** The data of a CloudEvent in structured mode. */
    static Body data(ObjectNode event) {
        var data = event.path("data");
        var base64 = event.path("data_base64");
        var hasData = event.hasNonNull("data");
        var hasBase64 = event.hasNonNull("data_base64");
        if (hasData == hasBase64) {
            return unreadable(
                    "a CloudEvent with a request has either data or data_base64, and this has "
                            + (hasData ? "both" : "neither"));
        }
        if (hasData) {
            return data instanceof ObjectNode object
                    ? new Found(object)
                    : unreadable("data must be a JSON object, and is" + kind(data));
        }
        if (!base64.isTextual()) {
            return unreadable("data_base64 must be text, and is" + kind(base64));
        }
        try {
            return object(Base64.getDecoder().decode(base64.textValue()), "data_base64");
        } catch (IllegalArgumentException _) {
            return unreadable("data_base64 is not Base64");
        }
    }

    private static Body object(byte[] bytes, String what) {
        return switch (StrictJson.parse(bytes)) {
            case StrictJson.Parsed.Unreadable(var detail) -> unreadable(detail);
            case StrictJson.Parsed.Json(ObjectNode object) -> new Found(object);
            case StrictJson.Parsed.Json(var node) ->
                    unreadable("%s is a JSON object, and this is%s".formatted(what, kind(node)));
        };
    }

    private static String kind(JsonNode node) {
        return " of type " + node.getNodeType().name().toLowerCase(Locale.ROOT);
    }

    private static Body unreadable(String detail) {
        return new Missing(Reason.UNREADABLE, detail);
    }
}
