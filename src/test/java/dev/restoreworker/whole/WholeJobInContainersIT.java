package dev.restoreworker.whole;

import static dev.restoreworker.whole.RequestJson.download;
import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.sandbox.atlas.SimulatorOptions;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.testcontainers.DockerClientFactory;

/** The same by the worker's image, between Kafka and PostgreSQL in containers. */
@Tag("containers")
@EnabledIf(value = "anEngineAnswers", disabledReason = "No container engine answers")
class WholeJobInContainersIT extends WholeJobIT {

    private String image = "";

    static boolean anEngineAnswers() {
        return DockerClientFactory.instance().isDockerAvailable();
    }

    @BeforeAll
    @Override
    void start() {
        image = Images.worker();
        super.start();
    }

    @Override
    Surroundings surroundings(SimulatorOptions options) {
        return ContainerSurroundings.start(options);
    }

    @Override
    Worker worker(Map<String, String> environment) {
        return WorkerContainer.start(image, environment).awaitReady();
    }

    @Test
    void the_image_runs_as_nobody_in_particular_and_ends_in_order_when_it_is_told_to() {
        try (var second = WorkerContainer.start(image, around.hastyEnvironment()).awaitReady()) {
            assertThat(second.user()).isEqualTo("10001:10001");
            assertThat(second.get("/q/health/live").statusCode()).isEqualTo(200);

            var start = System.nanoTime();
            var status = second.terminate();

            assertThat(status).as(second.log()).isIn(0, 143); // 137 is for one that was killed
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isLessThan(Duration.ofSeconds(20));
        }
    }

    /** Those that unpack by a native library put it into /tmp first. */
    @ParameterizedTest
    @ValueSource(strings = {"gzip", "snappy", "lz4", "zstd"})
    void requests_that_are_compressed_can_be_read(String codec) {
        var id = "compressed-" + codec;
        var settings =
                Map.<String, Object>of(
                        "bootstrap.servers", around.bootstrapServers(), "compression.type", codec);
        try (var producer =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            var _ = producer.send(new ProducerRecord<>(Surroundings.REQUESTS, download(id)));
        }

        assertThat(events.only(id).topic()).isEqualTo(Events.CREATED);
    }
}
