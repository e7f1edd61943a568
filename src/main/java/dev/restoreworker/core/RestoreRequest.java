package dev.restoreworker.core;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One wish to have data restored, as its requester stated it and as {@link RequestRules} found it
 * in order.
 *
 * <p>{@code id} is chosen by the requester and is the idempotency key: records with the same id are
 * the same wish, however often and in whatever order they arrive. {@code clusterName} is the
 * <em>source</em>: the cluster that owns the snapshot.
 */
public record RestoreRequest(
        String id,
        String projectId,
        String clusterName,
        Delivery delivery,
        Terms terms,
        Remarks remarks) {

    /** What the requester wants done when things do not go smoothly. */
    public record Terms(
            @Nullable Duration patience,
            OnQuota onQuota,
            OnUnknown onUnknown,
            boolean allowRepeat,
            int priority) {

        public static final Terms DEFAULT =
                new Terms(null, OnQuota.WAIT, OnUnknown.DEFAULT, false, 0);
    }

    /** What the requester wants to read again in every event; it decides nothing. */
    public record Remarks(
            @Nullable Instant requestedAt,
            @Nullable String requestedBy,
            @Nullable String correlationId,
            @Nullable String context,
            @Nullable Trace trace) {

        public static final Remarks NONE = new Remarks(null, null, null, null, null);
    }

    /** What to do while no download slot is free. */
    public enum OnQuota {
        WAIT,
        FAIL
    }

    /** What to do when nobody can say whether Atlas made a job. */
    public enum OnUnknown {
        DEFAULT,
        FAIL
    }

    public SourceCluster source() {
        return new SourceCluster(projectId, clusterName);
    }

    public Content content() {
        return Content.of(projectId, clusterName, delivery);
    }
}
