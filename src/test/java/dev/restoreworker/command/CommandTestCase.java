package dev.restoreworker.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.restoreworker.RestoreConfig;
import dev.restoreworker.sandbox.EmbeddedKafka;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Commands on a real broker, each test with topics of its own. */
abstract class CommandTestCase {

    @TempDir static Path folder;
    static EmbeddedKafka kafka;

    private static KafkaProducer<byte[], byte[]> producer;
    private static final AtomicInteger TESTS = new AtomicInteger();

    String prefix = "";

    /** How a command ended, and all that it said. */
    record Result(int status, String said) {}

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
        producer =
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", kafka.bootstrapServers()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
    }

    @AfterAll
    static void stopKafka() {
        producer.close();
        kafka.close();
    }

    @BeforeEach
    void createTopics() {
        prefix = "test-" + TESTS.incrementAndGet() + ".";
        kafka.createTopic(prefix + "requests", 3, Map.of());
        kafka.createTopic(prefix + "dead", 2, Map.of());
        kafka.createTopic(prefix + "replayed", 1, Map.of("cleanup.policy", "compact"));
    }

    Result run(String... args) {
        return run(KafkaProducer::new, args);
    }

    Result run(Function<Map<String, Object>, Producer<byte[], byte[]>> producers, String... args) {
        return run(access(Map.of()), producers, args);
    }

    static Result run(
            KafkaAccess access,
            Function<Map<String, Object>, Producer<byte[], byte[]>> producers,
            String... args) {
        var said = new ByteArrayOutputStream();
        var out = new PrintStream(said, true, UTF_8);
        var context = new Context(() -> access, producers, out, out, Clock.systemUTC());
        var status = Commands.execute(context, args);
        return new Result(status, said.toString(UTF_8));
    }

    KafkaAccess access(Map<String, String> settings) {
        var values = new HashMap<String, String>();
        values.put("kafka.bootstrap.servers", kafka.bootstrapServers());
        values.put("restore.topics.requests", prefix + "requests");
        values.put("restore.topics.dead-letter", prefix + "dead");
        values.put("restore.topics.replayed", prefix + "replayed");
        values.putAll(settings);
        return KafkaAccess.of(
                new SmallRyeConfigBuilder()
                        .withDefaultValues(values)
                        .withConverter(Duration.class, 200, new DurationConverter())
                        .withMapping(RestoreConfig.class)
                        .build());
    }

    /** A dead letter as the worker writes one. Where it stands. */
    Place bury(String reason, @Nullable String key, @Nullable String value) {
        return bury(0, reason, key, value, Map.of(), Map.of());
    }

    @SuppressWarnings("NullAway") // Kafka takes a record without a key or value
    Place bury(
            int partition,
            String reason,
            @Nullable String key,
            @Nullable String value,
            Map<String, byte @Nullable []> headers,
            Map<String, String> notes) {
        var record = new ProducerRecord<>(prefix + "dead", partition, bytes(key), bytes(value));
        headers.forEach(record.headers()::add);
        var added = new LinkedHashMap<String, String>();
        added.put("dead-letter-reason", reason);
        added.put("dead-letter-detail", "why not");
        added.put("dead-letter-topic", prefix + "requests");
        added.put("dead-letter-partition", "3");
        added.put("dead-letter-offset", "17");
        added.put(
                "dead-letter-length",
                String.valueOf(value == null ? 0 : value.getBytes(UTF_8).length));
        added.putAll(notes);
        added.forEach((name, note) -> record.headers().add(name, note.getBytes(UTF_8)));
        return send(record);
    }

    Place send(ProducerRecord<byte[], byte[]> record) {
        try {
            var written = producer.send(record).get();
            return new Place(written.partition(), written.offset());
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    List<ConsumerRecord<byte[], byte[]>> replayed() {
        return read("requests", "read_committed");
    }

    List<String> values() {
        return replayed().stream().map(record -> text(record.value())).sorted().toList();
    }

    /** All that is in the topic, once what is open there is decided. */
    List<ConsumerRecord<byte[], byte[]>> read(String topic, String isolation) {
        var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        try (var all = consumer("read_uncommitted");
                var consumer = consumer(isolation)) {
            var partitions =
                    all.partitionsFor(prefix + topic).stream()
                            .map(info -> new TopicPartition(info.topic(), info.partition()))
                            .toList();
            var ends = all.endOffsets(partitions);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (partitions.stream()
                    .anyMatch(each -> consumer.position(each) < there(ends.get(each)))) {
                consumer.poll(Duration.ofMillis(50)).forEach(records::add);
            }
        }
        return records;
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String isolation) {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "isolation.level", isolation),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    static List<String> headers(Headers headers) {
        var told = new ArrayList<String>();
        headers.forEach(each -> told.add(each.key() + "=" + text(each.value())));
        return told;
    }

    static String text(byte @Nullable [] bytes) {
        return bytes == null ? "null" : new String(bytes, UTF_8);
    }

    static byte @Nullable [] bytes(@Nullable String text) {
        return text == null ? null : text.getBytes(UTF_8);
    }

    static <T> T there(@Nullable T value) {
        return Objects.requireNonNull(value);
    }
}
