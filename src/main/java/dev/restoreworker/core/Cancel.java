package dev.restoreworker.core;

import dev.restoreworker.core.Outcome.JobCreated;
import dev.restoreworker.core.Outcome.JobFailed;
import dev.restoreworker.core.Outcome.Reason;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * That somebody wants a request cancelled. It names an id and no content, stands for ever, and
 * moves nothing by itself: each decision about the request reads it.
 *
 * @param at when it was put on record
 */
public record Cancel(Instant at, @Nullable String requestedBy, @Nullable String reason) {

    /** What a cancel comes to. The words are part of what an operator is shown. */
    public enum Effect {
        /**
         * It will: its request is not decided yet, did not come yet, or its job is being cancelled.
         */
        PENDING,
        /** Its request has no job and never gets one, or its job was cancelled. */
        CANCELLED,
        /** Its request has a job that wipes a target, which Atlas cannot cancel. */
        NOT_CANCELLABLE,
        /** All was told when it came. */
        TOO_LATE,
        /** Its request ended in another way after it came. */
        WITHOUT_EFFECT;

        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /**
         * What one comes to when it is put on record, by what is known of its request then.
         *
         * @param hasJob whether the request is live and its job is known
         * @param wipes whether that job wipes a target
         */
        public static Effect atFirst(
                boolean isSeen, boolean isLive, boolean hasJob, boolean wipes) {
            if (isSeen && !isLive) {
                return TOO_LATE;
            }
            return hasJob && wipes ? NOT_CANCELLABLE : PENDING;
        }
    }

    /** The end of a request that was cancelled before it had a job. */
    public JobFailed outcome() {
        var detail =
                "cancelled%s at %s%s"
                        .formatted(
                                requestedBy == null ? "" : " by " + requestedBy,
                                at,
                                reason == null ? "" : ": " + reason);
        return new JobFailed(Reason.CANCELLED, detail, null);
    }

    /**
     * What it came to.
     *
     * @param open the request if it is live
     * @param toldAt when the last was told of it: its outcome, or what became of its job
     */
    public Effect effect(
            @Nullable LedgerEntry open,
            @Nullable Outcome outcome,
            @Nullable Ending ending,
            @Nullable Instant toldAt,
            boolean wipes) {
        if (open != null) {
            return Effect.atFirst(
                    true, true, open.stage() instanceof LedgerEntry.Stage.Tracked, wipes);
        }
        var isCancelled =
                outcome instanceof JobFailed failed && failed.reason() == Reason.CANCELLED;
        var jobIsCancelled = ending != null && ending.kind() == Ending.Kind.CANCELLED;
        if (isCancelled || jobIsCancelled) {
            return Effect.CANCELLED;
        }
        if (!at.isBefore(Objects.requireNonNullElse(toldAt, Instant.MAX))) {
            return Effect.TOO_LATE;
        }
        var jobIsKnown = ending != null && ending.jobId() != null;
        var hadJob = outcome instanceof JobCreated || jobIsKnown;
        return wipes && hadJob ? Effect.NOT_CANCELLABLE : Effect.WITHOUT_EFFECT;
    }
}
