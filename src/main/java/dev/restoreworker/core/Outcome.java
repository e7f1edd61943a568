package dev.restoreworker.core;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a request ended. Decided once, published once, never changed. */
public sealed interface Outcome {

    /**
     * The job exists and is this request's. {@code createdAt} is Atlas' time, to the second; {@code
     * link} is where Atlas shows the job.
     */
    record JobCreated(String jobId, Instant createdAt, String link) implements Outcome {}

    /**
     * No job exists and none will, unless the reason is {@link Reason#OUTCOME_UNKNOWN}. {@code
     * atlas} is Atlas' last word, if it had one.
     */
    record JobFailed(Reason reason, String detail, @Nullable AtlasError atlas) implements Outcome {}

    /** What Atlas said, in its own words. */
    record AtlasError(int status, String errorCode, String detail) {}

    /** The stable names are part of the published event: add to them, never rename one. */
    enum Reason {
        INVALID_REQUEST(false),
        TARGET_NOT_ALLOWED(false),
        REFUSED_BY_ATLAS(false),
        SNAPSHOT_UNUSABLE(false),
        QUOTA_EXCEEDED(true),
        TARGET_BUSY(true),
        CREDENTIAL_REFUSED(true),
        ATLAS_UNAVAILABLE(true),
        OUTCOME_UNKNOWN(false);

        private final boolean retriable;

        Reason(boolean retriable) {
            this.retriable = retriable;
        }

        /** Whether the same request under a new id may well succeed later. */
        public boolean retriable() {
            return retriable;
        }

        /** Whether Atlas may hold, or may yet make, a job of the request. */
        public boolean jobMayExist() {
            return this == OUTCOME_UNKNOWN;
        }
    }

    /** A fault in a request, for {@link Reason#INVALID_REQUEST}. */
    static JobFailed invalid(List<String> faults) {
        return new JobFailed(Reason.INVALID_REQUEST, String.join("; ", faults), null);
    }
}
