package dev.restoreworker.kafka;

import dev.restoreworker.Outbox.Pending;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/**
 * One producer, from its election to its first trouble. Beginning it fences all that came before:
 * what an earlier one left open is aborted, and it can write nothing more.
 */
final class Publisher implements AutoCloseable {

    /** An event that Kafka will never take. */
    record Refusal(Pending event, RuntimeException cause) {}

    private final Producer<byte[], byte[]> producer;
    private final EventRecords records;

    private Publisher(Producer<byte[], byte[]> producer, EventRecords records) {
        this.producer = producer;
        this.records = records;
    }

    static Publisher begin(Producer<byte[], byte[]> producer, EventRecords records) {
        var publisher = new Publisher(producer, records);
        try {
            producer.initTransactions();
            return publisher;
        } catch (RuntimeException e) {
            publisher.close();
            throw e;
        }
    }

    /**
     * Publishes the events of a batch and their marker together. Empty if that is done; else
     * nothing is published, and this is what Kafka refuses of it. If it throws, nobody knows: close
     * it, begin another, and read the marker.
     */
    List<Refusal> publish(List<Pending> events, Marker marker) {
        producer.beginTransaction();
        var records = new ArrayList<>(records(events));
        records.add(this.records.marker(marker));
        var failure = send(records);
        if (failure.isEmpty()) {
            producer.commitTransaction();
            return List.of();
        }
        var refusals = isAboutARecord(failure.get()) ? refused(events) : List.<Refusal>of();
        if (refusals.isEmpty()) {
            throw failure.get(); // it is not about an event
        }
        producer.abortTransaction();
        return refusals;
    }

    /**
     * Those that are refused by themselves, found by trial: once a record is refused, all that were
     * sent with it fail, and with the same exception.
     */
    private List<Refusal> refused(List<Pending> events) {
        producer.abortTransaction();
        producer.beginTransaction();
        var failure = send(records(events));
        if (failure.isEmpty()) {
            return List.of();
        }
        if (!isAboutARecord(failure.get())) {
            throw failure.get();
        }
        if (events.size() == 1) {
            return List.of(new Refusal(events.getFirst(), failure.get()));
        }
        var middle = events.size() / 2;
        var refusals = new ArrayList<>(refused(events.subList(0, middle)));
        refusals.addAll(refused(events.subList(middle, events.size())));
        return refusals;
    }

    private List<ProducerRecord<byte[], byte[]>> records(List<Pending> events) {
        return events.stream().map(records::event).toList();
    }

    /** Empty when Kafka has them all; else why not, and it is about a record if one of them is. */
    private Optional<RuntimeException> send(List<ProducerRecord<byte[], byte[]>> records) {
        var failures = new ConcurrentLinkedQueue<RuntimeException>();
        try {
            for (var record : records) {
                var _ = producer.send(record, (_, failure) -> note(failure, failures));
            }
        } catch (KafkaException e) {
            failures.add(e);
        }
        producer.flush(); // each record has its answer now
        return failures.stream()
                .filter(Publisher::isAboutARecord)
                .findFirst()
                .or(() -> Optional.ofNullable(failures.peek()));
    }

    private static void note(@Nullable Exception failure, Queue<RuntimeException> failures) {
        switch (failure) {
            case null -> {}
            case RuntimeException e -> failures.add(e);
            case Exception e -> failures.add(new KafkaException(e));
        }
    }

    private static boolean isAboutARecord(Exception failure) {
        return failure instanceof RecordTooLargeException
                || failure instanceof InvalidRecordException
                || failure instanceof SerializationException;
    }

    /** Waits for nothing: what is open is aborted by the next one that begins, or by Kafka. */
    @Override
    public void close() {
        producer.close(Duration.ZERO);
    }
}
