package dev.restoreworker.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaTest {
    @TempDir Path dir;

    @Test
    void a_broker_that_comes_back_on_the_same_folder_and_port_has_its_records_still()
            throws Exception {
        String address;
        try (var kafka = EmbeddedKafka.start(dir, 0)) {
            address = kafka.bootstrapServers();
            kafka.createTopic("letters", 2, Map.of());
            send(address, "letters", "before");
        }

        List<String> values;
        try (var kafka = EmbeddedKafka.start(dir, portOf(address))) {
            kafka.createTopic("letters", 2, Map.of());
            send(kafka.bootstrapServers(), "letters", "after");
            values = read(kafka.bootstrapServers(), "letters", 2);
        }

        assertThat(values).containsExactly("before", "after");
    }

    @Test
    void topics_are_made_as_asked_and_never_by_naming_them() throws Exception {
        try (var kafka = EmbeddedKafka.start(dir, 0);
                var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
                var consumer = consumer(kafka.bootstrapServers())) {
            kafka.createTopic("marker", 3, Map.of("cleanup.policy", "compact"));
            consumer.assign(List.of(new TopicPartition("nobody-made-this", 0)));
            consumer.poll(Duration.ofMillis(200));

            var topics = admin.describeTopics(List.of("marker")).allTopicNames().get();

            assertThat(topics.values())
                    .singleElement()
                    .extracting(topic -> topic.partitions().size())
                    .isEqualTo(3);
            assertThat(cleanup(admin, "marker")).isEqualTo("compact");
            assertThat(admin.listTopics().names().get()).containsExactly("marker");
        }
    }

    @Test
    void a_taken_port_is_named_before_anything_is_started() throws Exception {
        try (var other = new ServerSocket(0)) {
            var taken = other.getLocalPort();

            assertThatThrownBy(() -> EmbeddedKafka.start(dir, taken))
                    .isInstanceOf(PortTakenException.class)
                    .hasMessage("Port %d is taken", taken);
            assertThat(dir).isEmptyDirectory();
        }
    }

    private static String cleanup(Admin admin, String topic) throws Exception {
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        var configs = admin.describeConfigs(List.of(resource)).all().get();
        return configs.values().iterator().next().get("cleanup.policy").value();
    }

    private static int portOf(String address) {
        return Integer.parseInt(address.substring(address.indexOf(':') + 1));
    }

    private static void send(String address, String topic, String value) throws Exception {
        Map<String, Object> settings = Map.of("bootstrap.servers", address, "acks", "all");
        try (var producer =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, "same-key", value)).get();
        }
    }

    private static List<String> read(String address, String topic, int count) {
        var values = new ArrayList<String>();
        var until = Instant.now().plusSeconds(30);
        try (var consumer = consumer(address)) {
            consumer.assign(List.of(new TopicPartition(topic, 0), new TopicPartition(topic, 1)));
            while (values.size() < count && Instant.now().isBefore(until)) {
                for (ConsumerRecord<String, String> each : consumer.poll(Duration.ofMillis(200))) {
                    values.add(each.value());
                }
            }
        }
        return values;
    }

    private static KafkaConsumer<String, String> consumer(String address) {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", address, "auto.offset.reset", "earliest");
        return new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
    }
}
