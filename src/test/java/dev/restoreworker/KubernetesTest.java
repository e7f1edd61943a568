package dev.restoreworker;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.quarkus.runtime.configuration.DurationConverter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The manifests say what the worker understands, and nothing that is secret. */
class KubernetesTest {

    private final Manifests base = Manifests.base();

    @ParameterizedTest
    @ValueSource(strings = {"k8s/base/settings.env", "k8s/example/settings.env"})
    void every_variable_is_a_setting(String file) {
        var variables = Manifests.variables(Path.of(file));

        assertThat(variables).isNotEmpty();
        assertThat(variables.keySet())
                .allMatch(name -> name.matches("(RESTORE|ATLAS|KAFKA|QUARKUS)_[A-Z0-9_]+"));
        assertThatCode(() -> Settings.checkNames(List.of(), variables.keySet()))
                .doesNotThrowAnyException();
        assertThat(base.settings().keySet()).containsAll(variables.keySet());
    }

    @Test
    void every_variable_of_the_container_is_a_setting() {
        assertThatCode(() -> Settings.checkNames(List.of(), base.variables().keySet()))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"k8s/base/settings.env", "k8s/example/settings.env"})
    void nothing_secret_stands_among_the_settings(String file) {
        assertThat(Manifests.variables(Path.of(file)))
                .noneSatisfy(
                        (name, value) ->
                                assertThat(name + "=" + value.toLowerCase(Locale.ROOT))
                                        .containsPattern(
                                                "(?i)password|passwd|secret|token|[-_]key|jaas"));
    }

    @Test
    void what_is_secret_is_a_file_of_the_secret_that_the_docs_and_the_example_name() {
        var mount = base.mountOf("secrets") + "/";
        var files =
                base.variables().values().stream()
                        .map(value -> value.replaceFirst("^file:", ""))
                        .filter(value -> value.startsWith("/"))
                        .toList();

        assertThat(base.at("spec", "template", "spec", "volumes").toString())
                .contains("secretName=atlas-restore-worker");
        assertThat(files).hasSize(4).allMatch(file -> file.startsWith(mount));
        var names = files.stream().map(file -> file.substring(mount.length())).toList();
        assertThat(names)
                .allSatisfy(name -> assertThat(read("docs/operations.md")).contains("`" + name))
                .allSatisfy(
                        name ->
                                assertThat(read("k8s/example/kustomization.yaml"))
                                        .contains("- secrets/" + name + "\n"));
    }

    @Test
    void a_pod_that_ends_is_given_the_time_that_the_worker_takes() {
        var timeout =
                DurationConverter.parseDuration(
                        requireNonNull(base.settings().get("ATLAS_TIMEOUT")));
        var grace = (Integer) base.at("spec", "template", "spec", "terminationGracePeriodSeconds");

        assertThat(Duration.ofSeconds(grace)).isEqualTo(timeout.plusSeconds(10));
    }

    @Test
    void probes_ask_what_the_worker_answers_on_the_port_that_it_listens_on() {
        assertThat(probe("startupProbe")).isEqualTo("/q/health/live http");
        assertThat(probe("livenessProbe")).isEqualTo("/q/health/live http");
        assertThat(probe("readinessProbe")).isEqualTo("/q/health/ready http");
        assertThat(base.ofContainer("ports")).hasToString("[{name=http, containerPort=8080}]");
        assertThat(read("k8s/base/service.yaml")).contains("targetPort: http");
        assertThat(read("src/main/docker/Dockerfile")).contains("EXPOSE 8080\n");
        assertThat(read("docs/operations.md")).contains("| `quarkus.http.port` | 8080 |");
    }

    private String probe(String name) {
        return base.ofContainer(name, "httpGet", "path")
                + " "
                + base.ofContainer(name, "httpGet", "port");
    }

    @Test
    void the_pod_has_no_privilege_and_writes_nowhere_but_to_tmp() {
        assertThat(base.at("spec", "template", "spec", "securityContext"))
                .hasToString("{runAsNonRoot=true, seccompProfile={type=RuntimeDefault}}");
        assertThat(base.ofContainer("securityContext"))
                .hasToString(
                        "{allowPrivilegeEscalation=false, readOnlyRootFilesystem=true,"
                                + " capabilities={drop=[ALL]}}");
        assertThat(base.mountOf("tmp")).isEqualTo("/tmp");
        assertThat(base.at("spec", "template", "spec", "automountServiceAccountToken"))
                .isEqualTo(false);
        // A number: the kubelet cannot tell whether a name is root's.
        assertThat(read("src/main/docker/Dockerfile")).containsPattern("(?m)^USER [1-9]\\d+:\\d+$");
    }

    @Test
    void every_file_is_part_of_what_is_rendered() {
        var kustomization = read("k8s/base/kustomization.yaml");

        assertThat(files("k8s/base"))
                .filteredOn(file -> !file.equals("kustomization.yaml"))
                .hasSizeGreaterThan(4)
                .allSatisfy(file -> assertThat(kustomization).contains("- " + file + "\n"));
    }

    private static List<String> files(String folder) {
        try (Stream<Path> files = Files.list(Path.of(folder))) {
            return files.map(file -> file.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(String file) {
        return Manifests.read(Path.of(file));
    }
}
