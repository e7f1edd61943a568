package dev.restoreworker.kafka;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * How the relay's producer is set up.
 *
 * <p>All times hang on the lease, so that a relay which Kafka keeps waiting gives up at about the
 * time at which another one may take its place. None of them has to hold for an event to go out
 * once: that is the fence's.
 */
final class ProducerSettings {

    /**
     * After a commit the coordinator refuses the next transaction until it has written the last one
     * down. The client sleeps for this long meanwhile: with the default of 100 ms no more than 20
     * to 30 batches a second go out.
     */
    private static final int RETRY_BACKOFF_MS = 5;

    private ProducerSettings() {}

    /** {@code base} is what all Kafka clients share; what no producer knows is left out. */
    static Map<String, Object> of(
            Map<String, Object> base, String transactionalId, Duration lease) {
        var settings = ClientSettings.of(base, ProducerConfig.configNames());
        settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.RETRIES_CONFIG, Integer.MAX_VALUE); // the times below end it
        settings.put(ProducerConfig.RETRY_BACKOFF_MS_CONFIG, RETRY_BACKOFF_MS);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0); // a batch is whole when it is sent

        var leaseMs = Math.toIntExact(lease.toMillis());
        // A call that blocks (metadata, begin, commit) ends while the lease, renewed just before,
        // still holds.
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, leaseMs / 2);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, leaseMs / 2);
        // Kafka asks that it is no less than the time-out of one request; so there are two tries.
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, leaseMs);
        // Longer than a relay that lives can take (delivery, then commit), and still short: while
        // the transaction of a relay that died is open, readers get nothing of what comes behind.
        settings.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 2 * leaseMs);
        return settings;
    }
}
