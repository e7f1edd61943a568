package dev.restoreworker.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import java.io.IOException;
import java.util.HashMap;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The id of the request that a dead letter seems to name, to help people recognise it. Nothing is
 * decided by it, and a record that is no JSON names none.
 */
final class RequestName {

    private static final JsonFactory JSON = new JsonFactory();

    private RequestName() {}

    static Optional<String> of(Letter letter) {
        return inData(letter.value()).or(() -> ofEvent(letter));
    }

    /** The first {@code requestId} of the outermost object, or of its {@code data}. */
    private static Optional<String> inData(byte @Nullable [] value) {
        if (value == null) {
            return Optional.empty();
        }
        try (var parser = JSON.createParser(value)) {
            var inData = 0; // the depth to which we are in nothing but data
            var depth = 0;
            for (var token = parser.nextToken(); token != null; token = parser.nextToken()) {
                switch (token) {
                    case START_OBJECT -> {
                        var name = parser.currentName();
                        inData =
                                depth == 0 || (depth == 1 && "data".equals(name))
                                        ? depth + 1
                                        : inData;
                        depth++;
                    }
                    case START_ARRAY -> depth++;
                    case END_OBJECT, END_ARRAY -> {
                        depth--;
                        inData = Math.min(inData, depth);
                    }
                    case VALUE_STRING -> {
                        if (depth == inData && "requestId".equals(parser.currentName())) {
                            return Optional.of(parser.getText());
                        }
                    }
                    default -> {}
                }
            }
            return Optional.empty();
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    private static Optional<String> ofEvent(Letter letter) {
        var headers = new HashMap<String, String>();
        letter.headers().stream()
                .filter(header -> header.value() != null)
                .forEach(header -> headers.put(header.key(), new String(header.value(), UTF_8)));
        var source = headers.get("ce_source");
        var id = headers.get("ce_id");
        return source == null || id == null ? Optional.empty() : Optional.of(source + " " + id);
    }
}
