package dev.restoreworker.command;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;

/**
 * Publishes dead letters as requests again, each once whatever dies where.
 *
 * <pre>
 *   fence ──▶ read all marks ──▶ records + their marks ──▶ the next ones
 *                                one transaction
 * </pre>
 *
 * <p>All replays of a topic share one transactional id. Who begins has ended all transactions of
 * the others, so that none of them can commit any more, and only then reads what they replayed: a
 * record and its mark went out together, or neither did. That is also the answer to a commit of
 * which no answer came: whoever runs it again finds the mark, or replays the record.
 */
final class Replay {

    /** Bounds what is held in memory: each can have some 400 kB. */
    private static final int BATCH_MAX = 50;

    private final KafkaAccess kafka;
    private final Producer<byte[], byte[]> producer;
    private final Marks marks;
    private final int rate;
    private final Tally tally;
    private final Stop stop;
    private final List<Letter> batch = new ArrayList<>();

    private final long startedAt = System.nanoTime();
    private long sent;

    private Replay(
            KafkaAccess kafka,
            Producer<byte[], byte[]> producer,
            Marks marks,
            int rate,
            Tally tally,
            Stop stop) {
        this.kafka = kafka;
        this.producer = producer;
        this.marks = marks;
        this.rate = rate;
        this.tally = tally;
        this.stop = stop;
    }

    /**
     * Replays those of {@code choice} that can be and were not yet, up to {@code max}.
     *
     * @throws CommandException if it cannot begin
     * @throws KafkaException if Kafka does not go on; what is committed then is known to Kafka
     *     alone
     */
    static void run(
            KafkaAccess kafka,
            Function<Map<String, Object>, Producer<byte[], byte[]>> producers,
            Choice choice,
            long max,
            int rate,
            Tally tally,
            Stop stop) {
        try (var topics = new TopicCheck(kafka)) {
            topics.requests();
            topics.replayed();
            var id = topics.deadLetters();
            var producer = producers.apply(kafka.producer());
            try {
                producer.initTransactions();
                var marks = new Marks(kafka, id);
                var candidates = new Candidates(new Letters(kafka), marks.read(), tally, stop);
                var replay = new Replay(kafka, producer, marks, rate, tally, stop);
                candidates.each(choice, max, replay::take);
                replay.publish();
            } finally {
                producer.close(Duration.ZERO); // what is open is aborted by the next that begins
            }
        }
    }

    private void take(Letter letter) {
        batch.add(letter);
        if (batch.size() >= Math.min(rate, BATCH_MAX)) {
            publish();
        }
    }

    /** Publishes what was taken. When it is to stop meanwhile, what was taken stays unpublished. */
    private void publish() {
        if (batch.isEmpty()) {
            return;
        }
        var due = Duration.ofNanos((long) (sent * 1e9 / rate));
        stop.await(due.minusNanos(System.nanoTime() - startedAt));
        if (!stop.isRequested()) {
            publish(List.copyOf(batch));
            sent += batch.size();
        }
        batch.clear();
    }

    private void publish(List<Letter> letters) {
        producer.beginTransaction();
        var failure = send(letters);
        if (failure.isEmpty()) {
            producer.commitTransaction();
            letters.forEach(tally::done);
        } else if (!isAboutARecord(failure.get())) {
            throw failure.get();
        } else {
            producer.abortTransaction();
            if (letters.size() > 1) { // which one it is about shows when they go one by one
                letters.forEach(letter -> publish(List.of(letter)));
            } else {
                tally.impossible(letters.getFirst().place(), "Kafka refuses it: " + failure.get());
            }
        }
    }

    /** Empty when Kafka has them all; else why not, and it is about a record if one of them is. */
    private Optional<RuntimeException> send(List<Letter> letters) {
        var failures = new ConcurrentLinkedQueue<RuntimeException>();
        try {
            for (var letter : letters) {
                send(letter.again(kafka.topics().requests()), failures);
                send(marks.mark(letter), failures);
            }
            producer.flush(); // each record has its answer now
        } catch (KafkaException e) {
            failures.add(e);
        }
        return failures.stream()
                .filter(Replay::isAboutARecord)
                .findFirst()
                .or(() -> Optional.ofNullable(failures.peek()));
    }

    private void send(ProducerRecord<byte[], byte[]> record, Queue<RuntimeException> failures) {
        var _ = producer.send(record, (_, failure) -> note(failure, failures));
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
                || failure instanceof InvalidRecordException;
    }
}
