package dev.restoreworker.kafka;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.restoreworker.Blob;
import dev.restoreworker.OutgoingEvent;
import dev.restoreworker.OutgoingEvent.Header;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Turns a CloudEvent with JSON data from binary into structured mode: one JSON object that holds
 * the attributes and, as they are, the data.
 */
final class StructuredEvent {

    private static final String ATTRIBUTE_PREFIX = "ce_";

    private StructuredEvent() {}

    /** Headers that are not the event's stay headers. */
    static OutgoingEvent of(OutgoingEvent binary) {
        var attributes = JsonNodeFactory.instance.objectNode();
        var headers = new ArrayList<Header>();
        for (var header : binary.headers()) {
            var name = header.name();
            if (name.startsWith(ATTRIBUTE_PREFIX)) {
                attributes.put(name.substring(ATTRIBUTE_PREFIX.length()), text(header.value()));
            } else if (name.equals("content-type")) {
                attributes.put("datacontenttype", text(header.value()));
            } else {
                headers.add(header);
            }
        }
        headers.add(Header.of("content-type", "application/cloudevents+json; charset=UTF-8"));
        var head = StrictJson.write(attributes);
        // The data is JSON already: it is put in as it is, with each digit of its numbers.
        var value =
                "%s,\"data\":%s}"
                        .formatted(head.substring(0, head.length() - 1), text(binary.value()));
        return new OutgoingEvent(binary.kind(), binary.key(), Blob.of(value), headers);
    }

    private static @Nullable String text(@Nullable Blob value) {
        return value == null ? null : value.text();
    }
}
