package dev.restoreworker.command;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Whether the topics are there that a replay needs, and how they are kept. */
final class TopicCheck implements AutoCloseable {

    private static final String FOREVER = "-1";

    private final KafkaAccess kafka;
    private final Admin admin;

    TopicCheck(KafkaAccess kafka) {
        this.kafka = kafka;
        this.admin = kafka.admin();
    }

    /** The id that the topic of the dead letters got when it was made. */
    Uuid deadLetters() {
        var topic = kafka.topics().deadLetter();
        var id = id(topic).orElseThrow(() -> missing(topic, "restore.topics.dead-letter"));
        if (id.equals(Uuid.ZERO_UUID)) {
            throw new CommandException(
                    "These brokers give topics no ids: Kafka 2.8 or newer is needed");
        }
        return id;
    }

    void requests() {
        var topic = kafka.topics().requests();
        if (id(topic).isEmpty()) {
            throw missing(topic, "restore.topics.requests");
        }
    }

    boolean hasReplayed() {
        return id(kafka.topics().replayed()).isPresent();
    }

    /** Refuses a topic that is not there, or that forgets: what it forgot would go out again. */
    void replayed() {
        var topic = kafka.topics().replayed();
        if (!hasReplayed()) {
            throw new CommandException(
                    """
                    There is no topic %1$s, which remembers what was replayed. Make it, with as many replicas as the others have:
                      kafka-topics.sh --bootstrap-server BROKER --create --topic %1$s --partitions 1 --replication-factor 3 --config cleanup.policy=compact"""
                            .formatted(topic));
        }
        if (forgets(topic)) {
            throw new CommandException(
                    """
                    The topic %1$s deletes what is old, and what it forgot would be replayed again. Let it be compacted instead:
                      kafka-configs.sh --bootstrap-server BROKER --alter --entity-type topics --entity-name %1$s --add-config cleanup.policy=compact"""
                            .formatted(topic));
        }
    }

    /** Who may not read how it is kept can't be told; the manual says how it must be. */
    private boolean forgets(String topic) {
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try {
            return admin.describeConfigs(List.of(resource)).all().get().values().stream()
                    .anyMatch(TopicCheck::forgets);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuthorizationException) {
                return false;
            }
            throw new KafkaException("The settings of " + topic + " can't be read", e.getCause());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static boolean forgets(Config config) {
        return has(config, TopicConfig.CLEANUP_POLICY_CONFIG, "delete")
                && !(has(config, TopicConfig.RETENTION_MS_CONFIG, FOREVER)
                        && has(config, TopicConfig.RETENTION_BYTES_CONFIG, FOREVER));
    }

    private static boolean has(Config config, String name, String word) {
        var entry = config.get(name);
        return entry != null && entry.value() != null && entry.value().contains(word);
    }

    private Optional<Uuid> id(String topic) {
        try {
            var described = admin.describeTopics(List.of(topic)).topicNameValues().get(topic);
            return Optional.ofNullable(described)
                    .map(TopicCheck::await)
                    .map(TopicDescription::topicId);
        } catch (UnknownTopicOrPartitionException _) {
            return Optional.empty();
        }
    }

    private static TopicDescription await(
            org.apache.kafka.common.KafkaFuture<TopicDescription> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException unknown) {
                throw unknown;
            }
            throw new KafkaException("Kafka does not tell of a topic", e.getCause());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static CommandException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new CommandException("Interrupted", e);
    }

    private static CommandException missing(String topic, String setting) {
        return new CommandException("There is no topic %s: is %s right?".formatted(topic, setting));
    }

    @Override
    public void close() {
        admin.close();
    }
}
