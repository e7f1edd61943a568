package dev.restoreworker.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The settings of the consumer that promises rest on. Each can be overridden from outside, and none
 * of them complains: with another isolation level an aborted transaction would wipe a cluster.
 */
public final class ConsumerSettings {

    static final String CHANNEL = "restore-requests";

    private static final String CHANNEL_PREFIX = "mp.messaging.incoming." + CHANNEL + ".";
    private static final String CONNECTOR_PREFIX = "mp.messaging.connector.smallrye-kafka.";
    private static final String BROKER_PREFIX = "kafka.";
    private static final String BYTES =
            "org.apache.kafka.common.serialization.ByteArrayDeserializer";
    private static final String CONCURRENCY =
            "smallrye.messaging.worker.<virtual-thread>.max-concurrency";

    private final Function<String, Optional<String>> properties;
    private final List<String> faults = new ArrayList<>();

    private ConsumerSettings(Function<String, Optional<String>> properties) {
        this.properties = properties;
    }

    /**
     * What must be put right before anything is consumed, each naming the setting, its cure and its
     * reason; empty if all is well. {@code properties} looks a property up by its full name.
     */
    public static List<String> faults(Function<String, Optional<String>> properties) {
        var settings = new ConsumerSettings(properties);
        settings.check();
        return List.copyOf(settings.faults);
    }

    private void check() {
        must(
                "isolation.level",
                "read_committed",
                "a request whose producer aborted must not wipe a cluster");
        must("auto.offset.reset", "earliest", "requests must not be skipped in silence");
        must("cloud-events", "false", "a record with a bad header would stop the channel");
        must("key.deserializer", BYTES, "a bad key would stop the channel");
        must("value.deserializer", BYTES, "a bad value would stop the channel");
        must("batch", "true", "requests are put on record by the batch");
        must(
                "throttled.unprocessed-record-max-age.ms",
                "0",
                "the consumer would be closed for good by a ledger that is down for longer");
        may(
                "enable.auto.commit",
                "false",
                "what is read would be acknowledged before it is on record");
        may("commit-strategy", "throttled", "it could commit what is not on record");
        may("failure-strategy", "fail", "a batch that failed would be skipped");
        may("concurrency", "1", "batches of one partition could pass each other");
        check(
                CONCURRENCY,
                properties.apply(CONCURRENCY),
                "1"::equals,
                "1",
                "batches could pass each other");
    }

    private void must(String attribute, String value, String reason) {
        check(
                CHANNEL_PREFIX + attribute,
                effective(attribute),
                value::equalsIgnoreCase,
                value,
                reason);
    }

    /** As {@link #must}, for an attribute whose default is right. */
    private void may(String attribute, String value, String reason) {
        check(
                CHANNEL_PREFIX + attribute,
                effective(attribute).or(() -> Optional.of(value)),
                value::equalsIgnoreCase,
                value,
                reason);
    }

    private void check(
            String name,
            Optional<String> actual,
            Predicate<String> rule,
            String value,
            String reason) {
        if (actual.map(String::strip).filter(rule).isEmpty()) {
            faults.add(
                    "%s must be %s and is %s: %s"
                            .formatted(name, value, actual.orElse("not set"), reason));
        }
    }

    /** The channel's own value, else the connector's, else that of all Kafka clients. */
    private Optional<String> effective(String attribute) {
        return properties
                .apply(CHANNEL_PREFIX + attribute)
                .or(() -> properties.apply(CONNECTOR_PREFIX + attribute))
                .or(() -> properties.apply(BROKER_PREFIX + attribute));
    }
}
