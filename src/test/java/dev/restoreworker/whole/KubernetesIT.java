package dev.restoreworker.whole;

import static dev.restoreworker.whole.RequestJson.automated;
import static dev.restoreworker.whole.RequestJson.download;
import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.Manifests;
import dev.restoreworker.sandbox.atlas.SimulatorOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The worker does its work with the settings that the manifests give it, and secrets in files. */
class KubernetesIT {

    private static final String LEDGER_USER = "restore_worker";

    private final SimulatorOptions options = SimulatorOptions.defaults();
    private final Manifests base = Manifests.base();

    @TempDir private Path folder;

    @Test
    void a_request_becomes_a_job() throws IOException {
        try (var around = EmbeddedSurroundings.start(folder, options);
                var events = Events.outcomes(around.bootstrapServers())) {
            around.execute(
                    "create role %s login superuser password 'in-a-file'".formatted(LEDGER_USER));
            try (var worker = WorkerProcess.start(folder, environment(around)).awaitReady()) {
                around.send(null, download("download"), Map.of());
                around.send(null, automated("automated", "standby"), Map.of());

                assertThat(events.only("download").topic()).isEqualTo(Events.CREATED);
                // Nothing may be wiped until somebody says so.
                assertThat(events.only("automated").data().get("reason").asText())
                        .isEqualTo("TARGET_NOT_ALLOWED");
                assertThat(worker.restore("download").statusCode()).isEqualTo(401);
                assertThat(
                                worker.restore("download", "Authorization", "Bearer in-a-file-too")
                                        .statusCode())
                        .isEqualTo(200);
                assertThat(around.sessionsOf(LEDGER_USER)).isPositive();
            }
        }
    }

    /** That of a pod, but for the addresses, and for the folder that the Secret is mounted at. */
    private Map<String, String> environment(EmbeddedSurroundings around) throws IOException {
        var secrets = Files.createDirectory(folder.resolve("secrets"));
        Files.writeString(secrets.resolve("atlas-public-key"), options.publicKey() + "\n");
        Files.writeString(secrets.resolve("atlas-private-key"), options.privateKey());
        Files.writeString(secrets.resolve("operator-token"), "in-a-file-too\n");
        Files.writeString(
                secrets.resolve("secret.properties"),
                """
                quarkus.datasource.username=%s
                quarkus.datasource.password=in-a-file
                """
                        .formatted(LEDGER_USER));

        var environment = new HashMap<>(base.settings());
        base.variables()
                .forEach(
                        (name, value) ->
                                environment.put(
                                        name,
                                        value.replace(
                                                base.mountOf("secrets"), secrets.toString())));
        assertThat(environment)
                .containsKeys("KAFKA_BOOTSTRAP_SERVERS", "QUARKUS_DATASOURCE_JDBC_URL", "ATLAS_URL")
                .doesNotContainKeys("QUARKUS_DATASOURCE_PASSWORD");
        environment.put("KAFKA_BOOTSTRAP_SERVERS", around.bootstrapServers());
        environment.put("QUARKUS_DATASOURCE_JDBC_URL", around.postgres.jdbcUrl());
        environment.put("ATLAS_URL", around.atlas.url().toString());
        return environment;
    }
}
