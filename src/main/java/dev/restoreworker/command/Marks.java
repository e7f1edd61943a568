package dev.restoreworker.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * What was replayed: a mark for each, on a topic of its own, that goes out in the transaction of
 * the record itself. A mark names the topic by the id that Kafka gave it when it was made, as one
 * that is deleted and made anew begins again at offset 0.
 */
final class Marks {

    private static final Duration POLL = Duration.ofMillis(100);

    private final KafkaAccess kafka;
    private final Uuid deadLetters;

    Marks(KafkaAccess kafka, Uuid deadLetters) {
        this.kafka = kafka;
        this.deadLetters = deadLetters;
    }

    ProducerRecord<byte[], byte[]> mark(Letter letter) {
        var value =
                "{\"topic\":\"%s\",\"to\":\"%s\"}"
                        .formatted(kafka.topics().deadLetter(), kafka.topics().requests());
        return new ProducerRecord<>(
                kafka.topics().replayed(),
                (prefix() + letter.place()).getBytes(UTF_8),
                value.getBytes(UTF_8));
    }

    /**
     * Where the dead letters stand that were replayed. Who has fenced all other replays before gets
     * an answer that stays right: none of theirs is undecided, and what others may have open on
     * this topic is waited for, as a mark could stand behind it.
     *
     * @throws TimeoutException if that takes too long
     */
    Set<Place> read() {
        Map<TopicPartition, Long> ends;
        try (var all = kafka.consumer("read_uncommitted")) {
            var partitions =
                    all.partitionsFor(kafka.topics().replayed()).stream()
                            .map(info -> new TopicPartition(info.topic(), info.partition()))
                            .toList();
            ends = all.endOffsets(partitions);
        }
        var marked = new HashSet<Place>();
        try (var committed = kafka.consumer("read_committed")) {
            ends.forEach((partition, end) -> read(committed, partition, end, marked));
        }
        return marked;
    }

    private void read(
            Consumer<byte[], byte[]> consumer,
            TopicPartition partition,
            long end,
            Set<Place> marked) {
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        var progress = System.nanoTime();
        while (consumer.position(partition) < end) {
            var records = consumer.poll(POLL);
            records.forEach(record -> take(record.key(), record.value() != null, marked));
            if (!records.isEmpty()) {
                progress = System.nanoTime();
            } else if (System.nanoTime() - progress > KafkaAccess.PATIENCE.toNanos()) {
                throw new TimeoutException(
                        "%s could not be read up to offset %d within %s: a transaction may be open"
                                .formatted(partition, end, KafkaAccess.PATIENCE));
            }
        }
    }

    private void take(byte[] key, boolean isThere, Set<Place> marked) {
        var name = key == null ? "" : new String(key, UTF_8);
        if (!name.startsWith(prefix())) {
            return; // of a topic that is gone
        }
        var place = Place.of(name.substring(prefix().length()));
        if (isThere) {
            marked.add(place);
        } else {
            marked.remove(place);
        }
    }

    private String prefix() {
        return deadLetters + "/";
    }
}
