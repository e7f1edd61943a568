package dev.restoreworker.sandbox;

import java.util.List;
import java.util.Map;

/** The topics of the sandbox, under the names that the worker uses when nobody names others. */
public final class Topics {
    static final String REQUESTS = "restore-requests";
    static final String DEAD_LETTERS = "restore-requests-dead-letter";
    private static final String DEFERRED = "restore-request-deferred";

    /** Where it is said what becomes of a request, in the worker's words or by its dead letter. */
    static final List<String> OUTCOMES =
            List.of(
                    "restore-job-created",
                    "restore-job-failed",
                    "restore-job-finished",
                    DEFERRED,
                    DEAD_LETTERS);

    private static final List<String> NOTICES = List.of("restore-request-accepted");

    /** What is on them must never be forgotten, so they are compacted. */
    private static final List<String> MEMORIES =
            List.of("restore-worker-marker", "restore-requests-replayed");

    /** Makes one topic. */
    @FunctionalInterface
    public interface Maker {
        void make(String name, int partitions, Map<String, String> config);
    }

    private Topics() {}

    public static void createIn(EmbeddedKafka kafka) {
        createBy(kafka::createTopic);
    }

    public static void createBy(Maker maker) {
        maker.make(REQUESTS, 6, Map.of());
        OUTCOMES.forEach(topic -> maker.make(topic, 1, Map.of()));
        NOTICES.forEach(topic -> maker.make(topic, 1, Map.of()));
        MEMORIES.forEach(topic -> maker.make(topic, 1, Map.of("cleanup.policy", "compact")));
    }
}
