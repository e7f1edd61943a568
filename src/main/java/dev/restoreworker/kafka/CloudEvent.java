package dev.restoreworker.kafka;

import static dev.restoreworker.kafka.HeaderText.excerpt;

import dev.restoreworker.core.RequestRules;
import dev.restoreworker.core.Text;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The attributes of a CloudEvent 1.x, as far as they matter to a request. */
record CloudEvent(
        String id,
        String source,
        String type,
        @Nullable String time,
        @Nullable String traceparent,
        @Nullable String tracestate) {

    /** Whether attributes are those of a CloudEvent. */
    sealed interface Checked {

        record Valid(CloudEvent event) implements Checked {}

        /** {@code detail} names each fault and where it is. */
        record Invalid(String detail) implements Checked {}
    }

    /**
     * Attributes by their name: text, or anything else if that is what was there. {@code where} is
     * what stands before the name of one in a message.
     */
    static Checked check(Map<String, ?> attributes, String where) {
        return new Checker(attributes, where).check();
    }

    /** What tells this event from all others: its source and id, joined by a space. */
    String name() {
        return source + " " + id;
    }

    /**
     * The id of the request that has no other. Empty if it would not be one, or could be that of
     * another event: "a" and "b c" must not become what "a b" and "c" become.
     */
    Optional<String> requestId() {
        return source.contains(" ") || id.contains(" ") || !RequestRules.isRequestId(name())
                ? Optional.empty()
                : Optional.of(name());
    }

    /** Finds every fault of a few attributes. */
    private static final class Checker {

        private static final Pattern VERSION = Pattern.compile("1\\.[0-9]{1,3}");

        private final Map<String, ?> attributes;
        private final String where;
        private final List<String> faults = new ArrayList<>();

        Checker(Map<String, ?> attributes, String where) {
            this.attributes = attributes;
            this.where = where;
        }

        Checked check() {
            var version = mandatory("specversion");
            if (!version.isEmpty() && !VERSION.matcher(version).matches()) {
                fault("specversion", "must be 1.0, and is '%s'".formatted(excerpt(version)));
            }
            var event =
                    new CloudEvent(
                            mandatory("id"),
                            mandatory("source"),
                            mandatory("type"),
                            time(),
                            text("traceparent"),
                            text("tracestate"));
            var contentType = optional("datacontenttype");
            if (contentType != null && !MediaType.of(contentType).isJson()) {
                fault("datacontenttype", "must be JSON, and is " + MediaType.of(contentType));
            }
            return faults.isEmpty()
                    ? new Checked.Valid(event)
                    : new Checked.Invalid(String.join("; ", faults));
        }

        private String mandatory(String name) {
            var value = attributes.get(name);
            if (value == null) {
                fault(name, "is missing");
            } else if (!(value instanceof String text)) {
                fault(name, "must be text, and is " + excerpt(value.toString()));
            } else if (text.isBlank()) {
                fault(name, "is empty");
            } else if (!text.equals(Text.storable(text))) {
                fault(name, "has characters that cannot be printed: '%s'".formatted(excerpt(text)));
            } else {
                return text;
            }
            return "";
        }

        private @Nullable String optional(String name) {
            return attributes.get(name) == null ? null : mandatory(name);
        }

        private @Nullable String time() {
            var time = optional("time");
            if (time == null || time.isEmpty()) {
                return null;
            }
            try {
                var _ = OffsetDateTime.parse(time);
                return time;
            } catch (DateTimeException _) {
                fault(
                        "time",
                        "must be a time such as 2026-01-31T12:00:00Z, and is '%s'"
                                .formatted(excerpt(time)));
                return null;
            }
        }

        /** Whatever else it may be: nothing rests on it. */
        private @Nullable String text(String name) {
            return attributes.get(name) instanceof String text ? text : null;
        }

        private void fault(String name, String fault) {
            faults.add("%s%s %s".formatted(where, name, fault));
        }
    }
}
