package dev.restoreworker.command;

import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/** The dead letters on their topic, as readers of what is committed see them. */
final class Letters {

    private static final Duration POLL = Duration.ofMillis(100);

    private final KafkaAccess kafka;

    Letters(KafkaAccess kafka) {
        this.kafka = kafka;
    }

    /**
     * Shows the chosen ones to {@code visit}, one partition after the other and each in its order,
     * until it has seen all that were there at the beginning or says that it has seen enough.
     */
    void each(Choice choice, Predicate<Letter> visit) {
        try (var consumer = kafka.consumer("read_committed")) {
            var topic = kafka.topics().deadLetter();
            var infos = consumer.partitionsFor(topic);
            if (infos.isEmpty()) {
                throw new CommandException(
                        "There is no topic %s: is restore.topics.dead-letter right?"
                                .formatted(topic));
            }
            var more = true;
            for (var number : infos.stream().map(info -> info.partition()).sorted().toList()) {
                more = more && each(consumer, new TopicPartition(topic, number), choice, visit);
            }
        }
    }

    private static boolean each(
            Consumer<byte[], byte[]> consumer,
            TopicPartition partition,
            Choice choice,
            Predicate<Letter> visit) {
        var only = List.of(partition);
        var end =
                Math.min(
                        consumer.endOffsets(only).getOrDefault(partition, 0L),
                        choice.end(partition.partition()));
        var begin =
                Math.max(
                        consumer.beginningOffsets(only).getOrDefault(partition, 0L),
                        choice.begin(partition.partition()));
        consumer.assign(only);
        consumer.seek(partition, begin);
        var progress = System.nanoTime();
        while (consumer.position(partition) < end) {
            var before = consumer.position(partition);
            for (var record : consumer.poll(POLL)) {
                var letter = new Letter(record);
                if (record.offset() < end && choice.includes(letter) && !visit.test(letter)) {
                    return false;
                }
                progress = System.nanoTime();
            }
            if (consumer.position(partition) > before) {
                progress = System.nanoTime();
            } else if (System.nanoTime() - progress > KafkaAccess.PATIENCE.toNanos()) {
                throw new TimeoutException(
                        "%s could not be read on from offset %d for %s"
                                .formatted(partition, before, KafkaAccess.PATIENCE));
            }
        }
        return true;
    }
}
