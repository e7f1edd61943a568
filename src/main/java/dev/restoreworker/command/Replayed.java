package dev.restoreworker.command;

import java.util.Set;

/**
 * What was replayed so far, to be told to people; nothing is fenced, and so it may be more soon.
 */
final class Replayed {

    private Replayed() {}

    /** Empty also if the topic is not there, that a replay needs. */
    static Set<Place> read(KafkaAccess kafka) {
        try (var topics = new TopicCheck(kafka)) {
            var id = topics.deadLetters();
            return topics.hasReplayed() ? new Marks(kafka, id).read() : Set.of();
        }
    }
}
