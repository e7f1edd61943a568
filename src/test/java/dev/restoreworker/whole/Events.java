package dev.restoreworker.whole;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.restoreworker.contract.PublishedRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Every event that the worker published, as a reader sees it who takes only what is committed. Each
 * is held to its published schema: those of one request when they are asked for, and all at the
 * end, so that a load is not measured with it.
 */
final class Events implements AutoCloseable {

    static final String CREATED = "restore-job-created";
    static final String FAILED = "restore-job-failed";
    static final String DEAD = "restore-requests-dead-letter";
    static final String ACCEPTED = "restore-request-accepted";
    static final String DEFERRED = "restore-request-deferred";

    static final String FINISHED = "restore-job-finished";

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<Event> seen = new ArrayList<>();

    record Event(String topic, String key, String value, Map<String, String> headers) {

        /** The data of an event, in whatever mode it came. */
        JsonNode data() {
            return published().data();
        }

        private PublishedRecord published() {
            return new PublishedRecord(topic, key, value, headers);
        }

        String header(String name) {
            return Optional.ofNullable(headers.get(name))
                    .orElseThrow(() -> new AssertionError("No header " + name + ": " + headers));
        }
    }

    /** What becomes of requests. */
    static Events outcomes(String bootstrapServers) {
        return new Events(bootstrapServers, CREATED, FAILED, DEAD);
    }

    /** What else is told of them. */
    static Events notices(String bootstrapServers) {
        return new Events(bootstrapServers, ACCEPTED, DEFERRED);
    }

    /** What became of their jobs. */
    static Events endings(String bootstrapServers) {
        return new Events(bootstrapServers, FINISHED);
    }

    private Events(String bootstrapServers, String... topics) {
        consumer =
                new KafkaConsumer<>(
                        Map.of(
                                "bootstrap.servers",
                                bootstrapServers,
                                "isolation.level",
                                "read_committed",
                                "auto.offset.reset",
                                "earliest"),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
        var partitions =
                Stream.of(topics)
                        .flatMap(topic -> consumer.partitionsFor(topic).stream())
                        .map(info -> new TopicPartition(info.topic(), info.partition()))
                        .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** All events so far. */
    List<Event> all() {
        for (var polled = consumer.poll(Duration.ofMillis(50));
                !polled.isEmpty();
                polled = consumer.poll(Duration.ofMillis(50))) {
            polled.forEach(each -> seen.add(event(each)));
        }
        return List.copyOf(seen);
    }

    /** The events of a request, once there are that many; more than that fails too. */
    List<Event> of(String requestId, int count) {
        var found = await(count, event -> event.key().equals(requestId));
        found.forEach(event -> event.published().check());
        return found;
    }

    Event only(String requestId) {
        return of(requestId, 1).getFirst();
    }

    /** The events of one topic, once there are that many. */
    List<Event> on(String topic, int count) {
        return await(count, event -> event.topic().equals(topic));
    }

    private List<Event> await(int count, Predicate<Event> which) {
        Eventually.within(
                Duration.ofMinutes(3), // a time-out, and no claim
                () -> "%d events, but %s".formatted(count, all()),
                () -> all().stream().filter(which).count() >= count);
        var found = all().stream().filter(which).toList();
        if (found.size() != count) {
            throw new AssertionError("%d events instead of %d".formatted(found.size(), count));
        }
        return found;
    }

    private static Event event(ConsumerRecord<byte[], byte[]> found) {
        var headers = new HashMap<String, String>();
        found.headers().forEach(each -> headers.put(each.key(), text(each.value())));
        return new Event(found.topic(), text(found.key()), text(found.value()), headers);
    }

    private static String text(byte @Nullable [] bytes) {
        return bytes == null ? "" : new String(bytes, UTF_8);
    }

    @Override
    public void close() {
        consumer.close();
        seen.forEach(event -> event.published().check());
    }
}
