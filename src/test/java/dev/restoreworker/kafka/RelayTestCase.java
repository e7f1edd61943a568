package dev.restoreworker.kafka;

import static dev.restoreworker.kafka.Records.there;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.restoreworker.Blob;
import dev.restoreworker.Outbox;
import dev.restoreworker.OutgoingEvent;
import dev.restoreworker.OutgoingEvent.Header;
import dev.restoreworker.OutgoingEvent.Kind;
import dev.restoreworker.RestoreConfig;
import dev.restoreworker.sandbox.EmbeddedKafka;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** Relays on a real broker, each test with topics and a transactional id of its own. */
abstract class RelayTestCase {

    static final Duration SOON = Duration.ofSeconds(30);

    @TempDir static Path folder;
    static EmbeddedKafka kafka;

    private static final AtomicInteger TESTS = new AtomicInteger();

    final FakeOutbox outbox = new FakeOutbox();
    final List<OutboxRelay> relays = new ArrayList<>();
    String prefix = "";

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.start(folder, 0);
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    @BeforeEach
    void createTopics(TestInfo test) {
        var name = test.getTestMethod().orElseThrow().getName();
        prefix =
                name.substring(0, Math.min(name.length(), 100))
                        + "."
                        + TESTS.incrementAndGet()
                        + ".";
        kafka.createTopic(prefix + "created", 1, Map.of());
        kafka.createTopic(prefix + "failed", 1, Map.of());
        kafka.createTopic(prefix + "dead", 1, Map.of("max.message.bytes", "100000"));
        kafka.createTopic(prefix + "marker", 1, Map.of("cleanup.policy", "compact"));
    }

    @AfterEach
    void stopRelays() {
        relays.forEach(OutboxRelay::stop);
    }

    OutboxRelay start() {
        return start(KafkaProducer::new);
    }

    OutboxRelay start(Function<Map<String, Object>, Producer<byte[], byte[]>> producers) {
        return start(Map.of(), producers);
    }

    OutboxRelay start(
            Map<String, String> settings,
            Function<Map<String, Object>, Producer<byte[], byte[]>> producers) {
        return start(outbox, settings, producers);
    }

    OutboxRelay start(
            Outbox from,
            Map<String, String> settings,
            Function<Map<String, Object>, Producer<byte[], byte[]>> producers) {
        Map<String, Object> client =
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "group.id", "of-consumers");
        var relay = new OutboxRelay(from, config(settings), client, producers);
        relays.add(relay);
        relay.start();
        return relay;
    }

    RestoreConfig config(Map<String, String> settings) {
        return new SmallRyeConfigBuilder()
                .withDefaultValue("restore.topics.job-created", prefix + "created")
                .withDefaultValue("restore.topics.job-failed", prefix + "failed")
                .withDefaultValue("restore.topics.dead-letter", prefix + "dead")
                .withDefaultValue("restore.topics.marker", prefix + "marker")
                .withDefaultValue("restore.relay.transactional-id", prefix + "relay")
                .withDefaultValues(settings)
                .withConverter(Duration.class, 200, new DurationConverter())
                .withMapping(RestoreConfig.class)
                .build()
                .getConfigMapping(RestoreConfig.class);
    }

    static OutgoingEvent event(Kind kind, String value) {
        return new OutgoingEvent(
                kind, Blob.of("key"), Blob.of(value), List.of(Header.of("ce_type", "t")));
    }

    static List<String> headers(ConsumerRecord<String, String> record) {
        var headers = new ArrayList<String>();
        for (var header : record.headers()) {
            var value = header.value() == null ? "null" : new String(header.value(), UTF_8);
            headers.add(header.key() + "=" + value);
        }
        return headers;
    }

    /** The last marker that is committed. */
    Marker marker() {
        var value = read("marker", "read_committed").getLast().value();
        return switch (Marker.read(value.getBytes(UTF_8))) {
            case Marker.Last.Found(var marker) -> marker;
            case Marker.Last unexpected -> throw new AssertionError(unexpected);
        };
    }

    List<String> values(String topic) {
        return read(topic, "read_committed").stream().map(ConsumerRecord::value).toList();
    }

    /**
     * All that is in the topic. A reader of committed records waits for what is written and not
     * decided yet: Kafka confirms a commit before it has marked all partitions of it.
     */
    List<ConsumerRecord<String, String>> read(String topic, String isolation) {
        var partition = new TopicPartition(prefix + topic, 0);
        var records = new ArrayList<ConsumerRecord<String, String>>();
        try (var all = consumer("read_uncommitted");
                var consumer = consumer(isolation)) {
            var end = there(all.endOffsets(List.of(partition)).get(partition));
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }

    KafkaConsumer<String, String> consumer(String isolation) {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        kafka.bootstrapServers(),
                        "isolation.level",
                        isolation,
                        "key.deserializer",
                        StringDeserializer.class,
                        "value.deserializer",
                        StringDeserializer.class));
    }
}
