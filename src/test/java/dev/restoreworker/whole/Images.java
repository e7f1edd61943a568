package dev.restoreworker.whole;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.testcontainers.images.builder.ImageFromDockerfile;
import org.testcontainers.utility.DockerImageName;

/** The images that tests run, which variables may replace by others that are at hand. */
final class Images {

    private Images() {}

    /** The image that {@code variable} names, used as {@code role}. */
    static DockerImageName named(String variable, String role, String byDefault) {
        var name = Optional.ofNullable(System.getenv(variable)).orElse(byDefault);
        return DockerImageName.parse(name).asCompatibleSubstituteFor(role);
    }

    /** The worker's: {@code TEST_WORKER_IMAGE}, or built from the jar that was packaged. */
    static String worker() {
        return Optional.ofNullable(System.getenv("TEST_WORKER_IMAGE")).orElseGet(Images::built);
    }

    private static String built() {
        var base = Optional.ofNullable(System.getenv("BASE_IMAGE"));
        return new ImageFromDockerfile()
                .withFileFromPath("target/quarkus-app", Path.of("target/quarkus-app"))
                .withFileFromPath("Dockerfile", Path.of("src/main/docker/Dockerfile"))
                .withBuildArgs(base.map(name -> Map.of("BASE_IMAGE", name)).orElse(Map.of()))
                .get();
    }
}
