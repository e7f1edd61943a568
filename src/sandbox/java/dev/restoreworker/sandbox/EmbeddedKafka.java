package dev.restoreworker.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * A real Kafka inside this JVM: one node that is broker and controller. Started again on the same
 * folder it has its topics, records and offsets still, so tests can take the broker away and bring
 * it back. Topics are never made by merely naming them.
 */
public final class EmbeddedKafka implements AutoCloseable {
    private static final String CONTROLLER = "CONTROLLER";
    private static final String BROKER = "BROKER";

    /** Written into the folder: another id would make a second start on it a foreign node. */
    private static final String CLUSTER_ID = new Uuid(0x5a4d_b0c5L, 1L).toString();

    private final KafkaRaftServer server;
    private final String bootstrapServers;

    private EmbeddedKafka(KafkaRaftServer server, String bootstrapServers) {
        this.server = server;
        this.bootstrapServers = bootstrapServers;
    }

    /**
     * Returns once the broker takes records.
     *
     * @param port 0 for any free one
     * @throws PortTakenException if somebody listens there; the broker itself would say so only in
     *     its log, from another thread
     */
    public static EmbeddedKafka start(Path dir, int port) {
        QuietLogs.apply();
        var brokerPort = Ports.claim(port);
        var settings = settings(dir, brokerPort, Ports.claim(0));
        format(dir);
        var server = new KafkaRaftServer(new KafkaConfig(settings, false), Time.SYSTEM);
        try {
            server.startup();
        } catch (RuntimeException e) {
            server.shutdown();
            throw new IllegalStateException("The broker in " + dir + " does not start", e);
        }
        return new EmbeddedKafka(server, "localhost:" + brokerPort);
    }

    public String bootstrapServers() {
        return bootstrapServers;
    }

    /** A topic that is there already stays as it is. */
    public void createTopic(String name, int partitions, Map<String, String> config) {
        var topic = new NewTopic(name, partitions, (short) 1).configs(config);
        try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            admin.createTopics(List.of(topic)).all().get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new IllegalStateException("Topic " + name + " cannot be made", e.getCause());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while making topic " + name, e);
        }
    }

    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
    }

    private static Properties settings(Path dir, int brokerPort, int controllerPort) {
        var broker = BROKER + "://localhost:" + brokerPort;
        var controller = CONTROLLER + "://localhost:" + controllerPort;
        var settings = new Properties();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", "1");
        settings.put("controller.quorum.voters", "1@localhost:" + controllerPort);
        settings.put("listeners", broker + "," + controller);
        settings.put("advertised.listeners", broker);
        settings.put("controller.listener.names", CONTROLLER);
        settings.put("inter.broker.listener.name", BROKER);
        settings.put(
                "listener.security.protocol.map",
                BROKER + ":PLAINTEXT," + CONTROLLER + ":PLAINTEXT");
        settings.put("log.dirs", dir.toString());
        settings.put("auto.create.topics.enable", "false");
        settings.put("group.initial.rebalance.delay.ms", "0");
        // The cleaner's map of keys: 2 MiB hold 80,000 of them, and the default takes 128 MiB.
        settings.put("log.cleaner.dedupe.buffer.size", "2097152");
        internalTopics(settings);
        return settings;
    }

    /** One node holds the only copy of everything, and one partition is enough for its groups. */
    private static void internalTopics(Properties settings) {
        for (var topic : List.of("offsets.topic", "transaction.state.log")) {
            settings.put(topic + ".num.partitions", "1");
            settings.put(topic + ".replication.factor", "1");
        }
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("share.coordinator.state.topic.num.partitions", "1");
        settings.put("share.coordinator.state.topic.replication.factor", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");
    }

    /** Makes a new folder Kafka's own; one that is so already keeps what it holds. */
    private static void format(Path dir) {
        try {
            new Formatter()
                    .setClusterId(CLUSTER_ID)
                    .setNodeId(1)
                    .setDirectories(List.of(dir.toString()))
                    .setMetadataLogDirectory(dir.toString())
                    .setControllerListenerName(CONTROLLER)
                    .setReleaseVersion(MetadataVersion.latestProduction())
                    .setIgnoreFormatted(true)
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8))
                    .run();
        } catch (Exception e) {
            throw new IllegalStateException("Folder " + dir + " cannot be made Kafka's", e);
        }
    }
}
