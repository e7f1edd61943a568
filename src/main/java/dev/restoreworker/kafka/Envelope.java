package dev.restoreworker.kafka;

import static dev.restoreworker.kafka.HeaderText.excerpt;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * In which of the forms that a CloudEvent has in Kafka a record came, by its headers alone. A
 * record that could be taken for two of them is none: whoever wrote it may mean the other one.
 */
sealed interface Envelope {

    /** Nothing says that it is a CloudEvent. */
    record Plain() implements Envelope {}

    /** Attributes by name, without the prefix of their headers; the value is the data. */
    record Binary(Map<String, String> attributes) implements Envelope {}

    /** The value is one JSON object that holds attributes and data. */
    record Structured() implements Envelope {}

    record Unreadable(String detail) implements Envelope {}

    static Envelope of(ConsumerRecord<byte[], byte[]> record) {
        var reader = new Reader();
        for (var header : record.headers()) {
            reader.take(header.key(), header.value());
        }
        return reader.envelope();
    }

    /** Gathers what the headers of one record say. */
    final class Reader {

        private static final Pattern ATTRIBUTE = Pattern.compile("ce_([a-z0-9]{1,100})");

        private final Set<MediaType> types = new LinkedHashSet<>();
        private final Map<String, String> attributes = new HashMap<>();
        private final List<String> faults = new ArrayList<>();
        private boolean binary;

        private Reader() {}

        private void take(String name, byte @Nullable [] value) {
            var lowerCase = name.toLowerCase(Locale.ROOT);
            if (lowerCase.equals("content-type") && value != null) {
                types.add(MediaType.of(value));
            } else if (lowerCase.startsWith("ce_") || lowerCase.startsWith("ce-")) {
                binary = true; // however it is misspelt: the wish was a CloudEvent
                attribute(name, value);
            }
        }

        /** A header without a value is an attribute that is not there: some clients write so. */
        private void attribute(String name, byte @Nullable [] value) {
            var matcher = ATTRIBUTE.matcher(name);
            var text = HeaderText.utf8(value);
            if (!matcher.matches()) {
                faults.add(
                        "the header %s must be ce_ and the name of an attribute, in lower case"
                                .formatted(excerpt(name)));
            } else if (value != null && text.isEmpty()) {
                faults.add("the header %s is not text in UTF-8".formatted(excerpt(name)));
            } else if (text.isPresent()
                    && attributes.putIfAbsent(matcher.group(1), text.get()) != null) {
                faults.add("the header %s is there twice".formatted(excerpt(name)));
            }
        }

        private Envelope envelope() {
            var whole = types.stream().filter(MediaType::isCloudEvent).findFirst();
            if (whole.isPresent()) {
                return whole(whole.get());
            }
            if (!binary) {
                return new Plain();
            }
            types.stream()
                    .filter(type -> !type.isJson())
                    .forEach(type -> faults.add("the content type must be JSON, and is " + type));
            return faults.isEmpty()
                    ? new Binary(Map.copyOf(attributes))
                    : new Unreadable(String.join("; ", faults));
        }

        /** All of the event is in the value, if nothing else is said as well. */
        private Envelope whole(MediaType type) {
            if (binary) {
                return new Unreadable(
                        "it has the headers of a CloudEvent in binary mode (ce_) and the content"
                                + " type of another mode ("
                                + type
                                + "): it can only be one of them");
            }
            if (types.size() > 1) {
                return new Unreadable(
                        types.stream()
                                .map(MediaType::toString)
                                .limit(5)
                                .collect(
                                        Collectors.joining(
                                                ", ", "it has more than one content type: ", "")));
            }
            return switch (type.name()) {
                case "application/cloudevents+json" -> new Structured();
                case "application/cloudevents-batch+json" ->
                        new Unreadable(
                                "it is a batch of CloudEvents, and batch content mode is not"
                                        + " supported: publish each event as a record of its own");
                default ->
                        new Unreadable(
                                "a CloudEvent in structured mode must be"
                                        + " application/cloudevents+json, and this is "
                                        + type);
            };
        }
    }
}
