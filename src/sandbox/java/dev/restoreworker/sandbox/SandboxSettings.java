package dev.restoreworker.sandbox;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;

/**
 * What can be set about the sandbox, all of it by system properties.
 *
 * @param jobDuration how long a simulated restore job takes
 * @param samples whether the sample requests are published
 * @param exit whether the process ends once every sample has its outcome
 */
record SandboxSettings(
        int kafkaPort,
        int postgresPort,
        int atlasPort,
        int httpPort,
        boolean samples,
        boolean exit,
        Duration jobDuration) {
    private static final String KAFKA_PORT = "sandbox.kafka.port";
    private static final String POSTGRES_PORT = "sandbox.postgres.port";
    private static final String ATLAS_PORT = "sandbox.atlas.port";
    private static final String HTTP_PORT = "quarkus.http.port";
    private static final Pattern SIMPLE_DURATION = Pattern.compile("(\\d+)(ms|s|m|h)?");

    /** Throws {@link IllegalArgumentException} with a line that names the setting at fault. */
    static SandboxSettings of(Properties properties) {
        var samples = flag(properties, "sandbox.samples", true);
        var exit = flag(properties, "sandbox.exit", false);
        if (exit && !samples) {
            throw new IllegalArgumentException(
                    "-Dsandbox.exit=true waits for the samples: it does not go with"
                            + " -Dsandbox.samples=false");
        }
        return new SandboxSettings(
                port(properties, KAFKA_PORT, 9092),
                port(properties, POSTGRES_PORT, 5433),
                port(properties, ATLAS_PORT, 8089),
                port(properties, HTTP_PORT, 8080),
                samples,
                exit,
                duration(properties, "sandbox.job.duration", "10s"));
    }

    /** The ports of the parts that are started and ended with each run, by setting. */
    Map<String, Integer> partPorts() {
        var ports = new LinkedHashMap<String, Integer>();
        ports.put(KAFKA_PORT, kafkaPort);
        ports.put(POSTGRES_PORT, postgresPort);
        ports.put(ATLAS_PORT, atlasPort);
        return ports;
    }

    /** All ports, by setting. */
    Map<String, Integer> ports() {
        var ports = new LinkedHashMap<>(partPorts());
        ports.put(HTTP_PORT, httpPort);
        return ports;
    }

    /** What is wrong with these ports, in one line that names the setting which helps. */
    static Optional<String> complaint(Map<String, Integer> ports) {
        var settings = new LinkedHashMap<Integer, String>();
        for (var each : ports.entrySet()) {
            var port = each.getValue();
            if (port == 0) {
                continue; // any free one will be found
            }
            var other = settings.putIfAbsent(port, each.getKey());
            if (other != null) {
                return Optional.of(
                        "Port %d is given to both %s and %s: choose another for one of them"
                                .formatted(port, other, each.getKey()));
            }
            if (!Ports.isFree(port)) {
                return Optional.of(
                        "Port %d is taken: choose another with -D%s=..."
                                .formatted(port, each.getKey()));
            }
        }
        return Optional.empty();
    }

    private static int port(Properties properties, String name, int byDefault) {
        var text = properties.getProperty(name, Integer.toString(byDefault)).strip();
        if (!text.matches("\\d{1,5}") || Integer.parseInt(text) > 65535) {
            throw new IllegalArgumentException(
                    "-D%s=%s is no port: give a number from 0 (any free one) to 65535"
                            .formatted(name, text));
        }
        return Integer.parseInt(text);
    }

    private static boolean flag(Properties properties, String name, boolean byDefault) {
        var text = properties.getProperty(name, Boolean.toString(byDefault)).strip();
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default ->
                    throw new IllegalArgumentException(
                            "-D%s=%s is neither true nor false".formatted(name, text));
        };
    }

    private static Duration duration(Properties properties, String name, String byDefault) {
        var text = properties.getProperty(name, byDefault).strip();
        var simple = SIMPLE_DURATION.matcher(text);
        try {
            if (!simple.matches()) {
                return Duration.parse(text);
            }
            var amount = Long.parseLong(simple.group(1));
            return switch (simple.group(2)) {
                case "ms" -> Duration.ofMillis(amount);
                case "m" -> Duration.ofMinutes(amount);
                case "h" -> Duration.ofHours(amount);
                case null, default -> Duration.ofSeconds(amount);
            };
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "-D%s=%s is no duration: write 10s, 500ms, 2m or PT10S".formatted(name, text),
                    e);
        }
    }
}
