package dev.restoreworker.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConsumerSettingsTest {

    private static final String CHANNEL = "mp.messaging.incoming.restore-requests.";

    private final Map<String, String> properties = shipped();

    @Test
    void what_is_shipped_is_in_order() {
        assertThat(faults()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "isolation.level, read_uncommitted",
        "auto.offset.reset, latest",
        "auto.offset.reset, none",
        "cloud-events, true",
        "enable.auto.commit, true",
        "commit-strategy, ignore",
        "commit-strategy, latest",
        "commit-strategy, checkpoint",
        "key.deserializer, org.apache.kafka.common.serialization.StringDeserializer",
        "value.deserializer, org.apache.kafka.common.serialization.StringDeserializer",
        "batch, false",
        "throttled.unprocessed-record-max-age.ms, 60000",
        "failure-strategy, ignore",
        "failure-strategy, dead-letter-queue",
        "concurrency, 4",
    })
    void a_setting_that_would_break_a_promise_is_refused_by_name(String name, String value) {
        properties.put(CHANNEL + name, value);

        assertThat(faults())
                .singleElement()
                .asString()
                .contains(CHANNEL + name + " must be", "is " + value);
    }

    @Test
    void batches_that_could_pass_each_other_are_refused() {
        properties.remove("smallrye.messaging.worker.<virtual-thread>.max-concurrency");

        assertThat(faults()).singleElement().asString().contains("max-concurrency", "not set");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "isolation.level",
                "auto.offset.reset",
                "cloud-events",
                "key.deserializer",
                "value.deserializer",
                "batch",
                "throttled.unprocessed-record-max-age.ms",
            })
    void a_setting_with_a_harmful_default_must_be_there(String name) {
        properties.remove(CHANNEL + name);

        assertThat(faults()).singleElement().asString().contains(CHANNEL + name, "not set");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"enable.auto.commit", "commit-strategy", "failure-strategy", "concurrency"})
    void a_setting_with_a_good_default_may_be_absent(String name) {
        properties.remove(CHANNEL + name);

        assertThat(faults()).isEmpty();
    }

    @Test
    void what_is_set_for_all_clients_or_the_connector_counts_too() {
        properties.remove(CHANNEL + "enable.auto.commit");
        properties.put("kafka.enable.auto.commit", "true");
        properties.remove(CHANNEL + "commit-strategy");
        properties.put("mp.messaging.connector.smallrye-kafka.commit-strategy", "latest");

        assertThat(faults()).hasSize(2);
    }

    private List<String> faults() {
        return ConsumerSettings.faults(name -> Optional.ofNullable(properties.get(name)));
    }

    private static Map<String, String> shipped() {
        var read = new Properties();
        try (var in = Records.class.getResourceAsStream("/application.properties")) {
            read.load(Records.there(in));
        } catch (IOException e) {
            throw new AssertionError("application.properties cannot be read", e);
        }
        var shipped = new HashMap<String, String>();
        read.stringPropertyNames().forEach(name -> shipped.put(name, read.getProperty(name)));
        return shipped;
    }
}
