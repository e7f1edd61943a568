package dev.restoreworker.kafka;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a Kafka client of ours takes from the settings that all of them share. */
final class ClientSettings {

    /**
     * How a connection is secured. A login module or a provider of settings may read names of its
     * own there, which Kafka does not list.
     */
    private static final List<String> SECURITY =
            List.of("sasl.", "ssl.", "security.", "config.providers");

    private ClientSettings() {}

    /** What is about other kinds of clients is left out: Kafka would warn of it. */
    static Map<String, Object> of(Map<String, Object> shared, Set<String> known) {
        var settings = new HashMap<>(shared);
        settings.keySet().removeIf(name -> !known.contains(name) && !isSecurity(name));
        return settings;
    }

    private static boolean isSecurity(String name) {
        return SECURITY.stream().anyMatch(name::startsWith);
    }
}
