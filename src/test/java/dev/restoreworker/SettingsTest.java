package dev.restoreworker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.restoreworker.core.RetryPolicy;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {

    private final Map<String, String> settings = new HashMap<>();

    @Test
    void the_defaults_are_those_of_the_manual_and_fit_together() {
        var restore = restore();
        var atlas = atlas();

        assertThat(restore.sendWithin()).isEqualTo(Duration.ofSeconds(10));
        assertThat(restore.clockSkewMax()).isEqualTo(Duration.ofSeconds(30));
        assertThat(restore.lease()).isEqualTo(Duration.ofMinutes(2));
        assertThat(restore.settle()).isEqualTo(Duration.ofMinutes(2));
        assertThat(restore.late()).isEqualTo(Duration.ofSeconds(10));
        assertThat(restore.patience()).isEqualTo(Duration.ofHours(2));
        assertThat(restore.patienceMax()).isEqualTo(Duration.ofHours(24));
        assertThat(restore.sweep()).isEqualTo(Duration.ofMillis(250));
        assertThat(restore.inFlight()).isEqualTo(200);
        assertThat(restore.onUnknown()).isEqualTo(RetryPolicy.OnUnknown.FAIL);
        assertThat(restore.sending()).isEqualTo(RestoreConfig.Sending.ON);
        assertThat(restore.targets().allowed()).isEmpty();
        assertThat(restore.events().mode()).isEqualTo(RestoreConfig.Mode.BINARY);
        assertThat(restore.events().requestTypes()).isEmpty();
        assertThat(restore.events().helpUrl()).isEqualTo("docs/events.md");
        assertThat(atlas.timeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(atlas.api()).isEqualTo("v2");
        assertThat(atlas.url()).hasToString("https://cloud.mongodb.com");
        assertThatCode(() -> Settings.check(restore, atlas)).doesNotThrowAnyException();
    }

    @Test
    void to_send_again_what_is_silent_is_a_setting() {
        settings.put("restore.on-unknown", "retry");

        assertThat(restore().onUnknown()).isEqualTo(RetryPolicy.OnUnknown.RETRY);
    }

    @ParameterizedTest
    @CsvSource({
        "restore.lease, 69s, atlas.timeout",
        "restore.settle, 40s, restore.late",
        "restore.patience, 25h, restore.patience-max",
        "restore.delay-max, 1s, restore.delay-min",
        "restore.sweep, 0s, positive",
        "restore.track-every, 0s, positive",
        "restore.quota.downloads-per-project, 0, from 1 to 100000",
        "restore.quota.downloads-per-snapshot, 0, from 1 to 100000",
        "restore.quota.projects.5e2211c17a3e5a48f5497de3, 100001, from 1 to 100000",
        "restore.quota.projects.orders, 5, 24 hex digits",
        "atlas.timeout, 0s, positive",
        "restore.in-flight, 0, restore.in-flight",
        "restore.relay.batch, 0, restore.relay.batch",
        "restore.relay.lease, 10ms, one second",
        "restore.targets.allowed, production, project/cluster",
        "restore.targets.protected, a/b/c, project/cluster",
        "restore.late, 1999ms, whole seconds",
        "restore.look-for, 119s, restore.settle",
        "restore.clock-skew-max, -1m, negative",
        "restore.events.source, a b, URI",
        "restore.events.help-url, https://help/#here, fragment",
        "restore.events.help-url, 'https://help me', URL",
        "restore.events.request-types, 'com.example.a, com.example.a', twice",
        "restore.events.request-types, 'com.example.a, ', blank",
        "restore.events.request-types, dev.restoreworker.restore-cancel.v1, opposite",
        "restore.events.request-types, 'a\u0007b', printed"
    })
    void what_does_not_fit_is_refused_with_both_names(String name, String value, String other) {
        settings.put(name, value);

        assertThatThrownBy(() -> Settings.check(restore(), atlas()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(name)
                .hasMessageContaining(other);
    }

    @Test
    void a_mode_that_events_do_not_have_is_refused_with_its_name() {
        settings.put("restore.events.mode", "batched");

        assertThatThrownBy(this::restore)
                .hasMessageContaining("restore.events.mode")
                .hasMessageContaining("batched");
    }

    @Test
    void what_is_said_of_events_is_taken() {
        settings.put("restore.events.mode", "structured");
        settings.put("restore.events.help-url", "https://help/events.html");
        settings.put("restore.events.request-types", "com.example.a,com.example.b");

        assertThat(restore().events().mode()).isEqualTo(RestoreConfig.Mode.STRUCTURED);
        assertThat(restore().events().requestTypes().orElseThrow())
                .containsExactly("com.example.a", "com.example.b");
        assertThatCode(() -> Settings.check(restore(), atlas())).doesNotThrowAnyException();
    }

    @Test
    void limits_that_just_fit_are_taken() {
        settings.put("restore.lease", "70s");
        settings.put("restore.settle", "40001ms");

        assertThatCode(() -> Settings.check(restore(), atlas())).doesNotThrowAnyException();
    }

    @Test
    void all_faults_are_told_at_once() {
        settings.put("restore.lease", "1s");
        settings.put("restore.settle", "1s");

        assertThatThrownBy(() -> Settings.check(restore(), atlas()))
                .hasMessageContaining("restore.lease")
                .hasMessageContaining("restore.settle");
    }

    @ParameterizedTest
    @CsvSource({
        "restore.targets.protectd",
        "restore.target.protected",
        "atlas.credentials.default.secret",
        "atlas.credentials.public-key",
        "restore.quota"
    })
    void a_property_that_is_no_setting_is_refused_by_name(String name) {
        assertThatThrownBy(() -> Settings.checkNames(List.of("quarkus.http.port", name), List.of()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(name);
    }

    @ParameterizedTest
    @CsvSource({
        "RESTORE_TARGETS_PROTECTD",
        "ATLAS_URI",
        "RESTORE_LEASE_",
        "ATLAS_CREDENTIALS_X",
        "restore_targets_protectd",
        "_PROD_RESTORE_LEES"
    })
    void a_variable_that_stands_for_no_setting_is_refused_by_name(String name) {
        assertThatThrownBy(() -> Settings.checkNames(List.of(), List.of("PATH", name)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(name);
    }

    @Test
    void every_setting_is_known_by_both_its_names() {
        var properties =
                Settings.names().stream().map(name -> name.replace("*", "some-name")).toList();
        var variables =
                properties.stream()
                        .map(name -> name.toUpperCase(Locale.ROOT).replaceAll("\\W", "_"))
                        .toList();

        assertThat(properties)
                .contains(
                        "restore.lease",
                        "restore.targets.protected",
                        "restore.topics.requests",
                        "atlas.credentials.some-name.private-key");
        assertThatCode(() -> Settings.checkNames(properties, variables)).doesNotThrowAnyException();
    }

    private RestoreConfig restore() {
        return read(RestoreConfig.class);
    }

    private AtlasConfig atlas() {
        return read(AtlasConfig.class);
    }

    private <T> T read(Class<T> mapping) {
        return new SmallRyeConfigBuilder()
                .withSources(new PropertiesConfigSource(settings, "test", 100))
                .withConverter(Duration.class, 200, new DurationConverter())
                .withMapping(RestoreConfig.class)
                .withMapping(AtlasConfig.class)
                .build()
                .getConfigMapping(mapping);
    }
}
