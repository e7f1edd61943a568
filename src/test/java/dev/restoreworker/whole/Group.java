package dev.restoreworker.whole;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What others can do to the group of the workers, and to the topic that it reads. */
final class Group {

    private static final String ID = "atlas-restore-worker";

    private Group() {}

    /** A member that takes its share of the partitions, acknowledges nothing and leaves again. */
    static void joinAndLeave(String bootstrapServers, Duration stay) {
        try (var member = consumer(bootstrapServers, Map.of("group.id", ID))) {
            member.subscribe(List.of(Surroundings.REQUESTS));
            var end = System.nanoTime() + stay.toNanos();
            while (System.nanoTime() - end < 0) {
                member.poll(Duration.ofMillis(100));
            }
        }
    }

    /** Every record that the topic has by now, once more. */
    static void publishAllAgain(Surroundings around) {
        try (var reader = consumer(around.bootstrapServers(), Map.of())) {
            var partitions = partitions();
            reader.assign(partitions);
            reader.seekToBeginning(partitions);
            var ends = reader.endOffsets(partitions);
            while (partitions.stream()
                    .anyMatch(each -> reader.position(each) < ends.getOrDefault(each, 0L))) {
                for (var record : reader.poll(Duration.ofMillis(100))) {
                    var partition = new TopicPartition(record.topic(), record.partition());
                    if (record.offset() < ends.getOrDefault(partition, 0L)) {
                        around.send(
                                new ProducerRecord<>(
                                        record.topic(),
                                        record.partition(),
                                        record.key(),
                                        record.value(),
                                        record.headers()));
                    }
                }
            }
            around.flush();
        }
    }

    /** Waits until the group has no members any more, those included that were killed. */
    static void resetOffsets(String bootstrapServers, Duration atMost) {
        var zero =
                partitions().stream()
                        .collect(Collectors.toMap(each -> each, _ -> new OffsetAndMetadata(0)));
        try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            Eventually.within(
                    atMost,
                    () -> "the group takes other offsets",
                    () -> {
                        try {
                            admin.alterConsumerGroupOffsets(ID, zero).all().get();
                            return true;
                        } catch (ExecutionException _) {
                            return false; // it has members still
                        } catch (InterruptedException e) {
                            throw new AssertionError(e);
                        }
                    });
        }
    }

    private static List<TopicPartition> partitions() {
        return IntStream.range(0, CellRequests.PARTITIONS)
                .mapToObj(number -> new TopicPartition(Surroundings.REQUESTS, number))
                .toList();
    }

    private static KafkaConsumer<byte[], byte[]> consumer(
            String bootstrapServers, Map<String, Object> more) {
        var settings = new HashMap<String, Object>(more);
        settings.put("bootstrap.servers", bootstrapServers);
        settings.put("enable.auto.commit", "false");
        settings.put("auto.offset.reset", "earliest");
        return new KafkaConsumer<>(
                settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
