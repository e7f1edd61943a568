package dev.restoreworker.whole;

import dev.restoreworker.sandbox.Topics;
import dev.restoreworker.sandbox.atlas.AtlasSimulator;
import dev.restoreworker.sandbox.atlas.SimulatorOptions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.lifecycle.Startables;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** Kafka and PostgreSQL as their makers ship them, each in a container. */
final class ContainerSurroundings extends Surroundings {

    private static final Duration START_MAX = Duration.ofMinutes(3); // on a busy machine

    private final KafkaContainer kafka;
    private final PostgreSQLContainer postgres;

    private ContainerSurroundings(
            KafkaContainer kafka, PostgreSQLContainer postgres, AtlasSimulator atlas) {
        super(
                kafka.getBootstrapServers(),
                new Database(postgres.getJdbcUrl(), postgres.getUsername(), postgres.getPassword()),
                atlas);
        this.kafka = kafka;
        this.postgres = postgres;
    }

    static ContainerSurroundings start(SimulatorOptions options) {
        var kafka =
                new KafkaContainer(
                                Images.named(
                                        "TEST_KAFKA_IMAGE", "apache/kafka", "apache/kafka:4.1.1"))
                        .withStartupTimeout(START_MAX);
        var postgres =
                new PostgreSQLContainer(
                                Images.named("TEST_POSTGRES_IMAGE", "postgres", "postgres:17.5"))
                        // Else it is started with fsync off, and the worker refuses that.
                        .withCommand("postgres")
                        .withStartupTimeout(START_MAX);
        Startables.deepStart(kafka, postgres).join();
        try (var admin =
                Admin.create(
                        Map.<String, Object>of("bootstrap.servers", kafka.getBootstrapServers()))) {
            Topics.createBy((name, partitions, config) -> make(admin, name, partitions, config));
        }
        return new ContainerSurroundings(
                kafka, postgres, AtlasSimulator.start(options.withPort(0), Clock.systemUTC()));
    }

    private static void make(Admin admin, String name, int partitions, Map<String, String> config) {
        try {
            var topic = new NewTopic(name, partitions, (short) 1).configs(config);
            admin.createTopics(List.of(topic)).all().get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError("Topic " + name + " cannot be made", e);
        }
    }

    @Override
    public void close() {
        super.close();
        kafka.stop();
        postgres.stop();
    }
}
