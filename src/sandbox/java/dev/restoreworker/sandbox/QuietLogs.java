package dev.restoreworker.sandbox;

import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Keeps the parts around the worker from talking: a broker alone writes some hundred lines while it
 * starts, and the outcomes are what somebody wants to see. {@code -Dquarkus.log.level=INFO} shows
 * the rest.
 */
final class QuietLogs {
    /**
     * What the broker, the Kafka clients and the embedded database log, and from which level on.
     */
    private static final Map<Logger, Level> LEVELS =
            Map.of(
                    Logger.getLogger("kafka"), Level.WARNING,
                    Logger.getLogger("org.apache.kafka"), Level.WARNING,
                    Logger.getLogger("state.change.logger"), Level.WARNING,
                    Logger.getLogger("io.zonky"), Level.WARNING,
                    // It warns of a setting that is meant to be as it is.
                    Logger.getLogger("io.smallrye.reactive.messaging.kafka"), Level.SEVERE,
                    // These two warn whenever a broker starts, of what is as it should be.
                    Logger.getLogger("org.apache.kafka.clients.NetworkClient"), Level.SEVERE,
                    Logger.getLogger("org.apache.kafka.controller.QuorumController"), Level.SEVERE);

    private QuietLogs() {}

    /** Takes effect at once. Quarkus sets levels anew when it starts: it needs the settings too. */
    static void apply() {
        LEVELS.forEach(Logger::setLevel);
    }

    /** Tells Quarkus the same. A level that the user has set is respected. */
    static void tellQuarkus() {
        System.getProperties().putIfAbsent("quarkus.log.level", "WARN");
        for (var each : LEVELS.entrySet()) {
            System.getProperties()
                    .putIfAbsent(
                            "quarkus.log.category.\"%s\".level".formatted(each.getKey().getName()),
                            each.getValue().equals(Level.SEVERE) ? "ERROR" : "WARN");
        }
    }
}
