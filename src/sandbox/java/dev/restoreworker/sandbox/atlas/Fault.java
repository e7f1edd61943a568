package dev.restoreworker.sandbox.atlas;

import java.util.Map;

/** What goes wrong with one create call whose signature was right. */
public sealed interface Fault {
    /** It is read whole; no job is made; the connection is closed without an answer. */
    record DropAfterRead() implements Fault {}

    /** It has its effect; the connection is closed without an answer. */
    record DropAfterEffect() implements Fault {}

    /** It has its effect; nothing is ever answered, and the connection stays open. */
    record NoAnswer() implements Fault {}

    /** It has no effect, and this is answered. */
    record CannedAnswer(int status, Map<String, String> headers, String body) implements Fault {
        public CannedAnswer {
            requireStatus(status);
            headers = Map.copyOf(headers);
        }
    }

    /** It has its effect, and this is answered, whatever came of it. */
    record CannedAnswerAfterEffect(int status, Map<String, String> headers, String body)
            implements Fault {
        public CannedAnswerAfterEffect {
            requireStatus(status);
            headers = Map.copyOf(headers);
        }
    }

    private static void requireStatus(int status) {
        if (status < 200 || status > 599) {
            throw new IllegalArgumentException("status must be 200 to 599: " + status);
        }
    }
}
