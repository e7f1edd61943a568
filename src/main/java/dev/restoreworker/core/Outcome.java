package dev.restoreworker.core;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a request ended. Decided once, published once, never changed. */
public sealed interface Outcome {

    /**
     * The job exists and is this request's. {@code createdAt} is Atlas' time, to the second; {@code
     * link} is where Atlas shows the job; {@code adopted} says that it was found in Atlas' list,
     * and not named by the answer to a create call.
     */
    record JobCreated(String jobId, Instant createdAt, String link, boolean adopted)
            implements Outcome {

        public JobCreated(String jobId, Instant createdAt, String link) {
            this(jobId, createdAt, link, false);
        }
    }

    /**
     * No job exists and none will, unless the reason is {@link Reason#OUTCOME_UNKNOWN}. {@code
     * atlas} is Atlas' last word, if it had one; {@code candidates} are the ids of the jobs that
     * may be this request's.
     */
    record JobFailed(
            Reason reason, String detail, @Nullable AtlasError atlas, List<String> candidates)
            implements Outcome {

        /** What an earlier version wrote down has no candidates. */
        @SuppressWarnings("ConstantValue")
        public JobFailed {
            candidates = candidates == null ? List.of() : List.copyOf(candidates);
        }

        public JobFailed(Reason reason, String detail, @Nullable AtlasError atlas) {
            this(reason, detail, atlas, List.of());
        }
    }

    /** What is kept of it for ever. */
    default Outcome essence() {
        return switch (this) {
            case JobCreated created -> created;
            case JobFailed failed -> new JobFailed(failed.reason(), "its detail was purged", null);
        };
    }

    /** What Atlas said, in its own words. */
    record AtlasError(int status, String errorCode, String detail) {}

    /** The stable names are part of the published event: add to them, never rename one. */
    enum Reason {
        INVALID_REQUEST(false),
        TOO_OLD(false),
        TARGET_NOT_ALLOWED(false),
        REPEATED(false),
        CANCELLED(false),
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
