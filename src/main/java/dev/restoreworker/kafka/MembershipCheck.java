package dev.restoreworker.kafka;

import io.smallrye.reactive.messaging.kafka.KafkaClientService;
import io.smallrye.reactive.messaging.kafka.KafkaConsumer;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Whether this worker takes part in reading requests. The connector's own check counts connections,
 * and one that is about to be refused counts too; whoever is a member of the group was let in.
 */
@Readiness
@Singleton
class MembershipCheck implements HealthCheck {

    static final String JOINED = "rebalance-total";
    static final String SILENT_FOR = "last-heartbeat-seconds-ago";

    /** Kafka itself takes a member for dead then, unless it is told otherwise. */
    private static final Duration SILENCE_MAX = Duration.ofSeconds(45);

    private final KafkaClientService clients;

    @Inject
    MembershipCheck(KafkaClientService clients) {
        this.clients = clients;
    }

    @Override
    public HealthCheckResponse call() {
        var member =
                Optional.ofNullable(clients.getConsumer(ConsumerSettings.CHANNEL))
                        .map(KafkaConsumer::unwrap)
                        .filter(consumer -> isMember(consumer.metrics()))
                        .isPresent();
        return HealthCheckResponse.named("Member of the group that reads requests")
                .status(member)
                .build();
    }

    /** Has been let in, and was not silent since; the first heartbeat comes some seconds later. */
    static boolean isMember(Map<MetricName, ? extends Metric> metrics) {
        return value(metrics, JOINED) > 0 && value(metrics, SILENT_FOR) <= SILENCE_MAX.toSeconds();
    }

    private static double value(Map<MetricName, ? extends Metric> metrics, String name) {
        return metrics.entrySet().stream()
                .filter(each -> each.getKey().name().equals(name))
                .map(each -> each.getValue().metricValue())
                .mapToDouble(value -> value instanceof Number number ? number.doubleValue() : 0)
                .max()
                .orElse(0);
    }
}
