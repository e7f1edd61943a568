package dev.restoreworker.command;

import dev.restoreworker.RestoreConfig;
import dev.restoreworker.Settings;
import io.quarkus.runtime.configuration.ConfigUtils;
import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.SmallRyeConfig;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.eclipse.microprofile.config.Config;

/**
 * How to reach Kafka, and what the topics are called: by the worker's own settings, from the
 * sources that it has.
 *
 * @param kafka the settings under {@code kafka}, by the names that the clients have for them
 */
record KafkaAccess(RestoreConfig.Topics topics, Map<String, Object> kafka) {

    /** After this long without a step forward something is wrong, and that is said. */
    static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final int REQUEST_TIMEOUT_MS = 8_000;
    private static final int DELIVERY_TIMEOUT_MS = 16_000;

    /**
     * Longer than a commit and what comes before it can take. While the transaction of a replay
     * that died is open, the worker gets no request that stands behind it.
     */
    private static final int TRANSACTION_TIMEOUT_MS = 30_000;

    /** See the relay's {@code ProducerSettings}: with the default each commit costs 100 ms. */
    private static final int RETRY_BACKOFF_MS = 5;

    private static final String PREFIX = "kafka";
    private static final String TLS = "tls.configuration.name";

    /** {@code kafka} may hold passwords. */
    @Override
    public String toString() {
        return "Kafka";
    }

    /** By the settings that a worker which started now would have. */
    static KafkaAccess ofWorker() {
        try {
            return of(ConfigUtils.configBuilder().withMapping(RestoreConfig.class).build());
        } catch (ConfigValidationException e) {
            throw new CommandException("The settings are not right: " + e.getMessage(), e);
        }
    }

    static KafkaAccess of(SmallRyeConfig config) {
        try {
            var names = StreamSupport.stream(config.getPropertyNames().spliterator(), false);
            Settings.checkNames(names.toList(), Set.of());
        } catch (IllegalStateException e) {
            throw new CommandException(String.valueOf(e.getMessage()), e);
        }
        return new KafkaAccess(
                config.getConfigMapping(RestoreConfig.class).topics(), kafka(config));
    }

    /** As Quarkus does it for the worker: a variable has an underscore for each dot. */
    private static Map<String, Object> kafka(Config config) {
        var kafka = new HashMap<String, Object>();
        for (var name : config.getPropertyNames()) {
            var plain = name.toLowerCase(Locale.ROOT);
            if (plain.matches(PREFIX + "[._].+")) {
                kafka.put(
                        plain.substring(PREFIX.length() + 1).replace('_', '.'),
                        config.getOptionalValue(name, String.class).orElse(""));
            }
        }
        if (kafka.containsKey(TLS) || kafka.containsKey("tls-configuration-name")) {
            throw new CommandException(
                    "kafka.tls-configuration-name is the worker's alone: give this command the"
                            + " kafka.ssl.* settings of the Kafka clients");
        }
        return kafka;
    }

    /** A reader in no group: it leaves nothing behind. */
    Consumer<byte[], byte[]> consumer(String isolation) {
        var settings = known(ConsumerConfig.configNames());
        settings.keySet().removeIf(name -> name.startsWith("group."));
        settings.remove(ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"); // retention may overtake
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation);
        settings.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MS);
        settings.put(
                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Math.toIntExact(PATIENCE.toMillis()));
        return new KafkaConsumer<>(
                settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    Admin admin() {
        var settings = known(AdminClientConfig.configNames());
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MS);
        settings.put(
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                Math.toIntExact(PATIENCE.toMillis()));
        return Admin.create(settings);
    }

    Map<String, Object> producer() {
        var settings = known(ProducerConfig.configNames());
        settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId());
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.RETRIES_CONFIG, Integer.MAX_VALUE); // the times end it
        settings.put(ProducerConfig.RETRY_BACKOFF_MS_CONFIG, RETRY_BACKOFF_MS);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, DELIVERY_TIMEOUT_MS);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MS);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_TIMEOUT_MS);
        settings.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_TIMEOUT_MS);
        return settings;
    }

    /**
     * One for all replays of a topic. It is no setting: two people who had set it differently could
     * replay a record twice.
     */
    String transactionalId() {
        return topics.deadLetter() + "-replay";
    }

    private Map<String, Object> known(Set<String> names) {
        var settings = new HashMap<>(kafka);
        settings.keySet().retainAll(names);
        return settings;
    }
}
