package dev.restoreworker.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class SandboxSettingsTest {
    @Test
    void without_properties_the_documented_defaults_hold() {
        var settings = SandboxSettings.of(new Properties());

        assertThat(settings)
                .isEqualTo(
                        new SandboxSettings(
                                9092, 5433, 8089, 8080, true, false, Duration.ofSeconds(10)));
    }

    @Test
    void every_setting_can_be_set() {
        var properties =
                properties(
                        Map.of(
                                "sandbox.kafka.port", "19092",
                                "sandbox.postgres.port", "15433",
                                "sandbox.atlas.port", "0",
                                "quarkus.http.port", "18080",
                                "sandbox.samples", "true",
                                "sandbox.exit", "true",
                                "sandbox.job.duration", "250ms"));

        var settings = SandboxSettings.of(properties);

        assertThat(settings)
                .isEqualTo(
                        new SandboxSettings(
                                19092, 15433, 0, 18080, true, true, Duration.ofMillis(250)));
    }

    @Test
    void durations_are_read_in_both_forms() {
        assertThat(jobDuration("PT1M30S")).isEqualTo(Duration.ofSeconds(90));
        assertThat(jobDuration("20s")).isEqualTo(Duration.ofSeconds(20));
        assertThat(jobDuration("2m")).isEqualTo(Duration.ofMinutes(2));
        assertThat(jobDuration("1h")).isEqualTo(Duration.ofHours(1));
        assertThat(jobDuration("7")).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void a_value_that_cannot_be_is_refused_with_its_setting() {
        assertRefused("sandbox.kafka.port", "kafka");
        assertRefused("sandbox.postgres.port", "65536");
        assertRefused("quarkus.http.port", "-1");
        assertRefused("sandbox.samples", "yes");
        assertRefused("sandbox.job.duration", "soon");
    }

    @Test
    void to_exit_after_samples_that_are_never_published_is_refused() {
        var properties = properties(Map.of("sandbox.exit", "true", "sandbox.samples", "false"));

        assertThatThrownBy(() -> SandboxSettings.of(properties))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("-Dsandbox.exit=true", "-Dsandbox.samples=false");
    }

    @Test
    void a_taken_port_is_told_in_one_line_with_the_setting_that_moves_it() throws Exception {
        try (var other = new ServerSocket(0)) {
            var taken = other.getLocalPort();

            var complaint = SandboxSettings.complaint(Map.of("sandbox.kafka.port", taken));

            assertThat(complaint)
                    .hasValue(
                            "Port %d is taken: choose another with -Dsandbox.kafka.port=..."
                                    .formatted(taken));
        }
    }

    @Test
    void two_parts_cannot_have_the_same_port() {
        var free = Ports.claim(0);
        var properties =
                properties(
                        Map.of(
                                "sandbox.kafka.port",
                                "0",
                                "sandbox.postgres.port",
                                Integer.toString(free),
                                "sandbox.atlas.port",
                                Integer.toString(free),
                                "quarkus.http.port",
                                "0"));

        var complaint = SandboxSettings.complaint(SandboxSettings.of(properties).ports());

        assertThat(complaint.orElseThrow())
                .contains(
                        "Port " + free + " is given to both",
                        "sandbox.postgres.port",
                        "sandbox.atlas.port");
    }

    @Test
    void free_ports_are_no_complaint() {
        var ports = Map.of("sandbox.kafka.port", Ports.claim(0), "sandbox.atlas.port", 0);

        assertThat(SandboxSettings.complaint(ports)).isEmpty();
    }

    private static Duration jobDuration(String text) {
        return SandboxSettings.of(properties(Map.of("sandbox.job.duration", text))).jobDuration();
    }

    private static void assertRefused(String name, String value) {
        assertThatThrownBy(() -> SandboxSettings.of(properties(Map.of(name, value))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("-D%s=%s is ", name, value);
    }

    private static Properties properties(Map<String, String> values) {
        var properties = new Properties();
        properties.putAll(values);
        return properties;
    }
}
