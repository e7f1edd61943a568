package dev.restoreworker.sandbox.atlas;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One call that reached the simulated Atlas, as far as it had come when the books were read.
 *
 * @param number counts from 1 in the order of arrival
 * @param query without the question mark, empty if there is none
 * @param status 0 as long as nothing was answered
 * @param jobId of the job that the call made, answered or not; else null
 */
public record RecordedCall(
        long number,
        Instant at,
        String method,
        String path,
        String query,
        Operation operation,
        Access access,
        int status,
        @Nullable String jobId,
        Ending ending) {
    /** What its signature was worth. */
    public enum Access {
        /** Its body was not read to the end yet, so nobody looked. */
        UNKNOWN,
        AUTHENTICATED,
        CHALLENGED
    }

    /** How the call ended; {@code DROPPED} by either side, before an answer. */
    public enum Ending {
        OPEN,
        ANSWERED,
        DROPPED
    }
}
