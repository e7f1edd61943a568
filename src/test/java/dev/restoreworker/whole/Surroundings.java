package dev.restoreworker.whole;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.restoreworker.sandbox.atlas.AtlasSimulator;
import dev.restoreworker.sandbox.atlas.SimulatorOptions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** All that the worker needs, each on a port of its own. */
abstract class Surroundings implements AutoCloseable {

    static final String REQUESTS = "restore-requests";

    final AtlasSimulator atlas;
    private final String bootstrapServers;
    private final Database database;
    private final KafkaProducer<byte[], byte[]> producer;

    /** Where the ledger is. */
    record Database(String jdbcUrl, String username, String password) {}

    Surroundings(String bootstrapServers, Database database, AtlasSimulator atlas) {
        this.bootstrapServers = bootstrapServers;
        this.database = database;
        this.atlas = atlas;
        this.producer =
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", bootstrapServers, "linger.ms", "5"),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
    }

    String bootstrapServers() {
        return bootstrapServers;
    }

    /** The settings of a worker, as variables. */
    Map<String, String> environment() {
        var options = SimulatorOptions.defaults();
        var environment = new HashMap<String, String>();
        environment.put("KAFKA_BOOTSTRAP_SERVERS", bootstrapServers);
        environment.put("QUARKUS_DATASOURCE_JDBC_URL", database.jdbcUrl());
        environment.put("QUARKUS_DATASOURCE_USERNAME", database.username());
        environment.put("QUARKUS_DATASOURCE_PASSWORD", database.password());
        environment.put("ATLAS_URL", atlas.url().toString());
        environment.put("ATLAS_CREDENTIALS_DEFAULT_PUBLIC_KEY", options.publicKey());
        environment.put("ATLAS_CREDENTIALS_DEFAULT_PRIVATE_KEY", options.privateKey());
        // One that was killed is missed after 6 s and not after 45.
        environment.put("KAFKA_SESSION_TIMEOUT_MS", "6000");
        environment.put("KAFKA_HEARTBEAT_INTERVAL_MS", "1500");
        environment.put("RESTORE_TARGETS_ALLOWED", "*/*");
        environment.put("RESTORE_TARGETS_PROTECTED", "*/production");
        // What is about something else is not kept back by it.
        environment.put("RESTORE_QUOTA_DOWNLOADS_PER_PROJECT", "100000");
        environment.put("RESTORE_QUOTA_DOWNLOADS_PER_SNAPSHOT", "100000");
        return environment;
    }

    /**
     * The same, with times so short that an unknown outcome is decided, and an end seen, within
     * seconds.
     */
    Map<String, String> hastyEnvironment() {
        var environment = environment();
        environment.put("ATLAS_TIMEOUT", "2s");
        environment.put("RESTORE_LATE", "2s");
        environment.put("RESTORE_SEND_WITHIN", "2s");
        environment.put("RESTORE_CLOCK_SKEW_MAX", "1s");
        environment.put("RESTORE_LEASE", "5s");
        environment.put("RESTORE_SETTLE", "5s");
        environment.put("RESTORE_TRACK_EVERY", "500ms");
        return environment;
    }

    /** Sends without waiting; {@link #flush} does. */
    void send(String value) {
        producer.send(new ProducerRecord<>(REQUESTS, value.getBytes(UTF_8)));
    }

    /** As it is, without waiting. */
    void send(ProducerRecord<byte[], byte[]> record) {
        var _ = producer.send(record);
    }

    void send(@Nullable String key, String value, Map<String, String> headers) {
        var sent =
                new ProducerRecord<>(
                        REQUESTS, key == null ? null : key.getBytes(UTF_8), value.getBytes(UTF_8));
        headers.forEach((name, header) -> sent.headers().add(name, header.getBytes(UTF_8)));
        try {
            producer.send(sent).get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError("A request could not be published", e);
        }
    }

    /** Into every partition, so that whatever is read after it shows that it was passed over. */
    void sendAndAbort(String value) {
        try (var aborting =
                new KafkaProducer<>(
                        Map.<String, Object>of(
                                "bootstrap.servers",
                                bootstrapServers,
                                "transactional.id",
                                "aborting"),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            aborting.initTransactions();
            aborting.beginTransaction();
            for (var partition : aborting.partitionsFor(REQUESTS)) {
                var _ =
                        aborting.send(
                                new ProducerRecord<>(
                                        REQUESTS,
                                        partition.partition(),
                                        null,
                                        value.getBytes(UTF_8)));
            }
            aborting.flush();
            aborting.abortTransaction();
        }
    }

    void flush() {
        producer.flush();
    }

    Connection connection() throws SQLException {
        return DriverManager.getConnection(
                database.jdbcUrl(), database.username(), database.password());
    }

    /** How many connections a user of the database has. */
    int sessionsOf(String user) {
        try (var connection = connection();
                var query =
                        connection.prepareStatement(
                                "select count(*) from pg_stat_activity where usename = ?")) {
            query.setString(1, user);
            try (var rows = query.executeQuery()) {
                rows.next();
                return rows.getInt(1);
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    void execute(String sql) {
        try (var connection = connection();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    @Override
    public void close() {
        producer.close();
        atlas.close();
    }
}
