package dev.restoreworker.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter: a record as it came, and behind its own headers those in which the worker says
 * what was wrong with it. Names that a producer chose may look like the worker's; only what stands
 * from the last reason on is the worker's.
 */
final class Letter {

    static final String REPLAYED_FROM = "replayed-from";

    private static final String ADDED = "dead-letter-";
    private static final String REASON = ADDED + "reason";

    private final ConsumerRecord<byte[], byte[]> record;
    private final List<Header> own = new ArrayList<>();
    private final List<Header> added = new ArrayList<>();

    Letter(ConsumerRecord<byte[], byte[]> record) {
        this.record = record;
        record.headers().forEach(own::add);
        for (var i = own.size() - 1; i >= 0; i--) {
            if (own.get(i).key().equals(REASON)) {
                var tail = own.subList(i, own.size());
                added.addAll(tail);
                tail.clear();
                return;
            }
        }
    }

    Place place() {
        return new Place(record.partition(), record.offset());
    }

    /** When it became a dead letter. */
    Instant at() {
        return Instant.ofEpochMilli(record.timestamp());
    }

    /** Empty if it is no dead letter of the worker's. */
    Optional<String> reason() {
        return added(REASON);
    }

    byte @Nullable [] key() {
        return record.key();
    }

    byte @Nullable [] value() {
        return record.value();
    }

    List<Header> headers() {
        return List.copyOf(own);
    }

    /** What the worker says of it, in its order. */
    List<Header> notes() {
        return List.copyOf(added);
    }

    /** How long the value was. */
    long length() {
        return number(ADDED + "length").orElse((long) present());
    }

    /** Where the record stood that it was made of; text from a header, and so from outside. */
    String origin() {
        return "%s/%s/%s"
                .formatted(
                        added(ADDED + "topic").orElse("?"),
                        added(ADDED + "partition").orElse("?"),
                        added(ADDED + "offset").orElse("?"));
    }

    /** Why it cannot be replayed, if it is so: what is not there any more cannot be sent. */
    Optional<String> obstacle() {
        if (reason().isEmpty() || number(ADDED + "length").isEmpty()) {
            return Optional.of("the worker did not write it");
        }
        var missing = new ArrayList<String>();
        if (length() > present()) {
            missing.add("its value is cut");
        }
        if (added(ADDED + "key-length").isPresent()) {
            missing.add("its key is cut");
        }
        if (added(ADDED + "headers-left-out").isPresent()) {
            missing.add("headers were left out");
        }
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        "%s; the whole record was %s"
                                .formatted(String.join(", ", missing), origin()));
    }

    /**
     * The record as it came, to be sent once more, and where it was found. The time is not the old
     * one: by that the topic could delete it at once.
     */
    @SuppressWarnings(
            "NullAway") // Kafka takes a record without a key or value, and says so nowhere
    ProducerRecord<byte[], byte[]> again(String topic) {
        var again = new ProducerRecord<>(topic, record.key(), record.value());
        own.stream()
                .filter(header -> !header.key().equals(REPLAYED_FROM))
                .forEach(again.headers()::add);
        again.headers().add(REPLAYED_FROM, (record.topic() + "/" + place()).getBytes(UTF_8));
        return again;
    }

    private int present() {
        return record.value() == null ? 0 : record.value().length;
    }

    private Optional<String> added(String name) {
        return added.stream()
                .filter(header -> header.key().equals(name) && header.value() != null)
                .map(header -> new String(header.value(), UTF_8))
                .reduce((_, last) -> last);
    }

    private Optional<Long> number(String name) {
        return added(name).filter(text -> text.matches("\\d{1,18}")).map(Long::valueOf);
    }
}
