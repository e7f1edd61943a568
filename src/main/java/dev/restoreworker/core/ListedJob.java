package dev.restoreworker.core;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A restore job as Atlas lists it under its source cluster. A field that Atlas leaves out, or
 * writes as null or 0, is null here: it says nothing.
 */
public record ListedJob(
        String id,
        String link,
        @Nullable String deliveryType,
        @Nullable String snapshotId,
        @Nullable String targetProjectId,
        @Nullable String targetClusterName,
        @Nullable Integer oplogTs,
        @Nullable Integer oplogInc,
        @Nullable Integer pointInTimeUTCSeconds,
        JobProgress progress) {

    private static final int SECONDS_LENGTH = 8;

    /** One that is under way. */
    public ListedJob(
            String id,
            String link,
            @Nullable String deliveryType,
            @Nullable String snapshotId,
            @Nullable String targetProjectId,
            @Nullable String targetClusterName,
            @Nullable Integer oplogTs,
            @Nullable Integer oplogInc,
            @Nullable Integer pointInTimeUTCSeconds) {
        this(
                id,
                link,
                deliveryType,
                snapshotId,
                targetProjectId,
                targetClusterName,
                oplogTs,
                oplogInc,
                pointInTimeUTCSeconds,
                JobProgress.RUNNING);
    }

    /** The same job, so far. */
    public ListedJob with(JobProgress known) {
        return new ListedJob(
                id,
                link,
                deliveryType,
                snapshotId,
                targetProjectId,
                targetClusterName,
                oplogTs,
                oplogInc,
                pointInTimeUTCSeconds,
                known);
    }

    /** Whether it takes up room that others want, as far as Atlas says. */
    public boolean isLiveDownload() {
        return "download".equals(deliveryType) && !progress.isGone();
    }

    /**
     * When Atlas made it, to the second: no answer of Atlas' says it, but the first 4 bytes of an
     * id do. (Seen in all recorded answers, and documented nowhere.)
     */
    public Instant createdAt() {
        return createdAt(id);
    }

    /** When Atlas made the job with this id of 24 hex digits, to the second. */
    public static Instant createdAt(String id) {
        return Instant.ofEpochSecond(Long.parseLong(id.substring(0, SECONDS_LENGTH), 16));
    }
}
