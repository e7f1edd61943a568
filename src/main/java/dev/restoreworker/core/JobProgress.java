package dev.restoreworker.core;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far a job is, as Atlas' list shows it. {@code finishedAt} and {@code expiresAt} are Atlas'
 * own words and null where it has none.
 */
public record JobProgress(
        State state,
        @Nullable Instant finishedAt,
        @Nullable Instant expiresAt,
        DeliveryUrls deliveryUrls) {

    public static final JobProgress RUNNING = new JobProgress(State.RUNNING, null, null);

    public JobProgress(State state, @Nullable Instant finishedAt, @Nullable Instant expiresAt) {
        this(state, finishedAt, expiresAt, DeliveryUrls.NONE);
    }

    /** What a job can be. */
    public enum State {
        /** Under way, or so new that Atlas says nothing of it yet. */
        RUNNING,
        /** A download can be fetched. */
        READY,
        /** A download was fetched: its link serves once. */
        FETCHED,
        /** The target holds what was to be restored. */
        COMPLETED,
        FAILED,
        CANCELLED,
        /** A download can be fetched no more. */
        EXPIRED
    }

    /** Whether it is known what became of the job. */
    public boolean isOver() {
        return state != State.RUNNING;
    }

    /** Whether Atlas is done with it: a download that can be fetched still holds its slot. */
    public boolean isGone() {
        return isOver() && state != State.READY;
    }
}
