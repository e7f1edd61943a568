package dev.restoreworker.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.junit.jupiter.api.Test;

class ProducerSettingsTest {

    private static final Duration LEASE = Duration.ofSeconds(5);

    @Test
    void what_all_clients_share_is_kept_as_far_as_a_producer_knows_it() {
        var settings =
                of(
                        Map.of(
                                "bootstrap.servers", "here:9092",
                                "security.protocol", "SSL",
                                "group.id", "of-consumers",
                                "topic", "of-nobody"));

        assertThat(settings)
                .containsEntry("bootstrap.servers", "here:9092")
                .containsEntry("security.protocol", "SSL")
                .doesNotContainKeys("group.id", "topic");
    }

    @Test
    void what_a_plug_in_reads_to_secure_the_connection_is_kept() {
        var shared =
                Map.<String, Object>of(
                        "sasl.login.own.name", "value",
                        "ssl.engine.own.name", "value",
                        "config.providers", "vault",
                        "config.providers.vault.class", "own.Vault");

        assertThat(of(shared)).containsAllEntriesOf(shared);
    }

    @Test
    void what_the_relay_rests_on_cannot_be_overridden() {
        var settings =
                of(
                        Map.of(
                                "transactional.id", "other",
                                "acks", "1",
                                "enable.idempotence", "false",
                                "retry.backoff.ms", "100",
                                "transaction.timeout.ms", "900000"));

        assertThat(settings)
                .containsEntry("transactional.id", "relay")
                .containsEntry("acks", "all")
                .containsEntry("enable.idempotence", true)
                .containsEntry("retry.backoff.ms", 5)
                .containsEntry("transaction.timeout.ms", 10_000);
    }

    @Test
    void kafka_accepts_the_times_and_they_fit_the_lease() {
        var config = new ProducerConfig(of(Map.of("bootstrap.servers", "here:9092")));

        assertThat(config.getLong("max.block.ms")).isLessThan(LEASE.toMillis());
        assertThat((long) config.getInt("delivery.timeout.ms"))
                .isLessThanOrEqualTo(LEASE.toMillis());
        assertThat((long) config.getInt("transaction.timeout.ms"))
                .isGreaterThan(
                        config.getInt("delivery.timeout.ms") + config.getLong("max.block.ms"));
    }

    private static Map<String, Object> of(Map<String, Object> base) {
        return ProducerSettings.of(base, "relay", LEASE);
    }
}
