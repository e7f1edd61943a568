package dev.restoreworker.sandbox.atlas;

import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;

/** A plan of faults as the control API takes it; what is wrong with one is said, not thrown raw. */
record FaultJson(Fault fault, int times) {
    /** Throws {@link IllegalArgumentException} that says what to write instead. */
    static FaultJson parse(JsonObject json) {
        try {
            return new FaultJson(fault(json), json.getInteger("times", 1));
        } catch (ClassCastException e) {
            throw new IllegalArgumentException("A field has the wrong type: " + e.getMessage(), e);
        }
    }

    private static Fault fault(JsonObject json) {
        return switch (json.getString("kind", "")) {
            case "drop-after-read" -> new Fault.DropAfterRead();
            case "drop-after-effect" -> new Fault.DropAfterEffect();
            case "no-answer" -> new Fault.NoAnswer();
            case "answer" -> new Fault.CannedAnswer(status(json), headers(json), body(json));
            case "answer-after-effect" ->
                    new Fault.CannedAnswerAfterEffect(status(json), headers(json), body(json));
            default ->
                    throw new IllegalArgumentException(
                            "kind must be drop-after-read, drop-after-effect, no-answer, answer"
                                    + " or answer-after-effect");
        };
    }

    private static int status(JsonObject json) {
        var status = json.getInteger("status");
        if (status == null) {
            throw new IllegalArgumentException("status is missing");
        }
        return status;
    }

    private static Map<String, String> headers(JsonObject json) {
        var headers = new LinkedHashMap<String, String>();
        json.getJsonObject("headers", new JsonObject())
                .forEach(it -> headers.put(it.getKey(), String.valueOf(it.getValue())));
        return headers;
    }

    /** A text as it stands; JSON as its text. */
    private static String body(JsonObject json) {
        return switch (json.getValue("body")) {
            case null -> "";
            case String text -> text;
            case Object value -> value.toString();
        };
    }
}
