package dev.restoreworker.sandbox.atlas;

import java.util.Map;

/**
 * The books in figures, counted since the start or the last reset.
 *
 * @param calls all of them, challenged ones included
 * @param authenticated by operation: calls whose signature was right; {@code CREATE_JOB} are the
 *     creates that Atlas would have acted on
 * @param challenges calls answered 401
 * @param staleChallenges those of them whose nonce alone was too old
 * @param replays those of them that used a nonce's count for the second time
 * @param nonces given out, one with each challenge
 * @param jobs made
 * @param answered calls that got an answer
 * @param dropped calls whose connection ended before an answer
 */
public record Summary(
        long calls,
        Map<Operation, Long> authenticated,
        long challenges,
        long staleChallenges,
        long replays,
        long nonces,
        long jobs,
        long answered,
        long dropped) {
    public Summary {
        authenticated = Map.copyOf(authenticated);
    }

    /** Create calls whose signature was right. */
    public long creates() {
        return authenticated(Operation.CREATE_JOB);
    }

    public long authenticated(Operation operation) {
        return authenticated.getOrDefault(operation, 0L);
    }
}
