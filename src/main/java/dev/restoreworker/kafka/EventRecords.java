package dev.restoreworker.kafka;

import dev.restoreworker.Blob;
import dev.restoreworker.Outbox.Pending;
import dev.restoreworker.OutgoingEvent;
import dev.restoreworker.OutgoingEvent.Kind;
import dev.restoreworker.RestoreConfig.Mode;
import dev.restoreworker.RestoreConfig.Topics;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** What is in the outbox, as records of Kafka's. */
record EventRecords(Topics topics, Mode mode) {

    ProducerRecord<byte[], byte[]> event(Pending pending) {
        var event = asPublished(pending);
        var record = record(topic(event.kind()), bytes(event.key()), bytes(event.value()));
        for (var header : event.headers()) {
            record.headers().add(header.name(), bytes(header.value()));
        }
        return record;
    }

    /** The record that goes out with a batch and says that it did. */
    ProducerRecord<byte[], byte[]> marker(Marker marker) {
        return new ProducerRecord<>(
                topics.marker(), Marker.PARTITION, utf8(marker.key()), utf8(marker.value()));
    }

    /** A dead letter goes out as the record came in; it is no event of ours. */
    private OutgoingEvent asPublished(Pending pending) {
        var decided = pending.event();
        if (decided.kind() == Kind.DEAD_LETTER) {
            return decided;
        }
        var event = DatedEvent.of(pending.at(), decided);
        return switch (mode) {
            case BINARY -> event;
            case STRUCTURED -> StructuredEvent.of(event);
        };
    }

    private String topic(Kind kind) {
        return switch (kind) {
            case JOB_CREATED -> topics.jobCreated();
            case JOB_FAILED -> topics.jobFailed();
            case REQUEST_ACCEPTED -> topics.requestAccepted();
            case REQUEST_DEFERRED -> topics.requestDeferred();
            case DEAD_LETTER -> topics.deadLetter();
            case JOB_FINISHED -> topics.jobFinished();
        };
    }

    @SuppressWarnings(
            "NullAway") // Kafka takes a record without a key or value, and says so nowhere
    private static ProducerRecord<byte[], byte[]> record(
            String topic, byte @Nullable [] key, byte @Nullable [] value) {
        return new ProducerRecord<>(topic, key, value);
    }

    private static byte @Nullable [] bytes(@Nullable Blob blob) {
        return blob == null ? null : blob.toBytes();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
