package dev.restoreworker.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;
import org.jspecify.annotations.Nullable;

/**
 * A real Kafka inside this JVM: one node that is broker and controller. Started again on the same
 * folder it has its topics, records and offsets still, so tests can take the broker away and bring
 * it back. Topics are never made by merely naming them.
 */
public final class EmbeddedKafka implements AutoCloseable {
    /** Kafka calls no other address for keys: a client's settings could lead it anywhere. */
    private static final String ALLOWED_URLS = "org.apache.kafka.sasl.oauthbearer.allowed.urls";

    /** Written into the folder: another id would make a second start on it a foreign node. */
    private static final String CLUSTER_ID = new Uuid(0x5a4d_b0c5L, 1L).toString();

    private static final Duration SEEN_WITHIN = Duration.ofSeconds(30);
    private static final Duration SEEN_AGAIN = Duration.ofMillis(10);

    private final KafkaRaftServer server;
    private final BrokerSettings settings;
    private final @Nullable Certificates certificates;

    private EmbeddedKafka(
            KafkaRaftServer server, BrokerSettings settings, @Nullable Certificates certificates) {
        this.server = server;
        this.settings = settings;
        this.certificates = certificates;
    }

    /** With the plain listener alone. */
    public static EmbeddedKafka start(Path dir, int port) {
        return start(dir, KafkaOptions.plain(port));
    }

    /**
     * Returns once the broker takes records.
     *
     * @throws PortTakenException if somebody listens there; the broker itself would say so only in
     *     its log, from another thread
     */
    public static EmbeddedKafka start(Path dir, KafkaOptions options) {
        QuietLogs.apply();
        var certificates =
                options.listeners().isEmpty()
                        ? null
                        : Certificates.in(dir.resolveSibling(dir.getFileName() + "-certificates"));
        var settings = new BrokerSettings(dir, options, certificates);
        if (options.issuerKeys() != null) {
            allow(options.issuerKeys());
        }
        format(dir, options.users());
        var server =
                new KafkaRaftServer(new KafkaConfig(settings.properties(), false), Time.SYSTEM);
        try {
            server.startup();
        } catch (RuntimeException e) {
            server.shutdown();
            throw new IllegalStateException("The broker in " + dir + " does not start", e);
        }
        return new EmbeddedKafka(server, settings, certificates);
    }

    /** Of the plain listener. */
    public String bootstrapServers() {
        return "localhost:" + settings.port();
    }

    /** Of a listener that the broker was started with. */
    public String bootstrapServers(SecureListener listener) {
        return "localhost:" + Objects.requireNonNull(settings.ports().get(listener));
    }

    /** Of a broker with a listener besides the plain one. */
    public Certificates certificates() {
        return Objects.requireNonNull(certificates);
    }

    /** A topic that is there already stays as it is. */
    public void createTopic(String name, int partitions, Map<String, String> config) {
        var topic = new NewTopic(name, partitions, (short) 1).configs(config);
        try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
            admin.createTopics(List.of(topic)).all().get();
            awaitSeen(admin, name);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new IllegalStateException("Topic " + name + " cannot be made", e.getCause());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while making topic " + name, e);
        }
    }

    /** The controller says that it is made before the broker knows of it. */
    private static void awaitSeen(Admin admin, String name)
            throws ExecutionException, InterruptedException {
        var end = System.nanoTime() + SEEN_WITHIN.toNanos();
        while (true) {
            try {
                admin.describeTopics(List.of(name)).allTopicNames().get();
                return;
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)
                        || System.nanoTime() - end > 0) {
                    throw e;
                }
                LockSupport.parkNanos(SEEN_AGAIN.toNanos());
            }
        }
    }

    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
    }

    /** Makes a new folder Kafka's own; one that is so already keeps what it holds. */
    private static void format(Path dir, Map<String, String> users) {
        try {
            new Formatter()
                    .setClusterId(CLUSTER_ID)
                    .setNodeId(1)
                    .setDirectories(List.of(dir.toString()))
                    .setMetadataLogDirectory(dir.toString())
                    .setControllerListenerName(BrokerSettings.CONTROLLER)
                    .setReleaseVersion(MetadataVersion.latestProduction())
                    .setIgnoreFormatted(true)
                    .setScramArguments(
                            users.entrySet().stream()
                                    .map(it -> scram(it.getKey(), it.getValue()))
                                    .toList())
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8))
                    .run();
        } catch (Exception e) {
            throw new IllegalStateException("Folder " + dir + " cannot be made Kafka's", e);
        }
    }

    private static String scram(String user, String password) {
        return "SCRAM-SHA-512=[name=%s,password=%s]".formatted(user, password);
    }

    private static synchronized void allow(URI keys) {
        var allowed = System.getProperty(ALLOWED_URLS, "");
        System.setProperty(ALLOWED_URLS, allowed.isEmpty() ? "" + keys : allowed + "," + keys);
    }
}
