package dev.restoreworker.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.restoreworker.kafka.Marker.Last;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads the marker topic. Who has fenced all others before gets an answer that stays right. */
final class Markers {

    /** With a marker a batch, enough to find the last one at the first try. */
    private static final long TAIL = 1_000;

    private static final int GROWTH = 16;
    private static final Duration POLL = Duration.ofMillis(100);

    private final TopicPartition partition;
    private final Map<String, Object> settings;
    private final Duration patience;

    /** {@code kafka} is what all Kafka clients share; {@code patience} ends each wait for Kafka. */
    Markers(String topic, Map<String, Object> kafka, Duration patience) {
        this.partition = new TopicPartition(topic, Marker.PARTITION);
        this.settings = settings(kafka, patience);
        this.patience = patience;
    }

    /**
     * The last marker that was committed and not deleted since. It waits for transactions that are
     * open there, as a marker may be in one of them.
     *
     * @throws TimeoutException if that takes too long
     */
    Last last() {
        long begin;
        long end;
        try (var all = consumer("read_uncommitted")) {
            if (all.partitionsFor(partition.topic()).isEmpty()) {
                return new Last.None();
            }
            var partitions = List.of(partition);
            begin = all.beginningOffsets(partitions).getOrDefault(partition, 0L);
            end = all.endOffsets(partitions).getOrDefault(partition, 0L);
        }
        try (var committed = consumer("read_committed")) {
            committed.assign(List.of(partition));
            for (var tail = TAIL; ; tail *= GROWTH) {
                var from = Math.max(begin, end - tail);
                var live = read(committed, from, end);
                if (!live.isEmpty()) {
                    return Marker.read(live.lastEntry().getValue());
                }
                if (from == begin) {
                    return new Last.None();
                }
            }
        }
    }

    /** What stands between these offsets, the last of each key, in the order of the topic. */
    private SequencedMap<String, byte[]> read(
            Consumer<byte[], byte[]> consumer, long from, long end) {
        var start = System.nanoTime();
        var live = new LinkedHashMap<String, byte[]>();
        consumer.seek(partition, from);
        while (consumer.position(partition) < end) {
            consumer.poll(POLL).forEach(record -> take(record, live));
            if (System.nanoTime() - start > patience.toNanos()) {
                throw new TimeoutException(
                        "The markers of %s could not be read up to offset %d within %s: a transaction may be open"
                                .formatted(partition, end, patience));
            }
        }
        return live;
    }

    private static void take(ConsumerRecord<byte[], byte[]> record, Map<String, byte[]> live) {
        var key = record.key() == null ? "" : new String(record.key(), UTF_8);
        live.remove(key); // or it would keep its old place
        if (record.value() != null) {
            live.put(key, record.value());
        }
    }

    private Consumer<byte[], byte[]> consumer(String isolation) {
        var isolated = new HashMap<>(settings);
        isolated.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation);
        return new KafkaConsumer<>(
                isolated, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** A reader of its own: it is in no group, and nothing that is set for one holds for it. */
    private static Map<String, Object> settings(Map<String, Object> kafka, Duration patience) {
        var settings = ClientSettings.of(kafka, ConsumerConfig.configNames());
        settings.keySet().removeIf(name -> name.startsWith("group."));
        settings.remove(ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        var millis = Math.toIntExact(patience.toMillis());
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis);
        settings.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, millis);
        return settings;
    }
}
