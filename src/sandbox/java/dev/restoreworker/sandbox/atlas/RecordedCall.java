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
 * @param order of a create call whose body Atlas understands; else null
 * @param key that it was signed with, if rightly
 * @param fault the name of the rule that it met; null if it met none
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
        Ending ending,
        @Nullable JobOrder order,
        @Nullable String key,
        @Nullable String fault,
        Origin origin) {
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

    RecordedCall ended(Ending how, int withStatus) {
        return new RecordedCall(
                number,
                at,
                method,
                path,
                query,
                operation,
                access,
                withStatus,
                jobId,
                how,
                order,
                key,
                fault,
                origin);
    }

    RecordedCall judged(Access as, @Nullable String byKey) {
        return new RecordedCall(
                number, at, method, path, query, operation, as, status, jobId, ending, order, byKey,
                fault, origin);
    }

    RecordedCall asking(@Nullable JobOrder forWhat) {
        return new RecordedCall(
                number, at, method, path, query, operation, access, status, jobId, ending, forWhat,
                key, fault, origin);
    }

    RecordedCall having(String madeJobId) {
        return new RecordedCall(
                number, at, method, path, query, operation, access, status, madeJobId, ending,
                order, key, fault, origin);
    }

    RecordedCall meeting(String rule) {
        return new RecordedCall(
                number, at, method, path, query, operation, access, status, jobId, ending, order,
                key, rule, origin);
    }
}
