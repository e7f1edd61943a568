package dev.restoreworker.core;

import dev.restoreworker.core.Outcome.AtlasError;
import dev.restoreworker.core.Outcome.Reason;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What we learned from asking Atlas to create a job.
 *
 * <p>The create call has no idempotency key, so the difference that matters is not success or
 * failure but <em>known</em> or <em>unknown</em>: only {@link Unknown} can leave a job behind that
 * we have not heard of.
 */
public sealed interface SubmitReply {

    /** There is a job, and it is this attempt's. */
    record Created(String jobId, Instant createdAt, String link) implements SubmitReply {}

    /** There is no job, and the same request will never get one. */
    record Refused(Reason reason, AtlasError error) implements SubmitReply {}

    /**
     * There is no job, but there may be one later. {@code reason} is what the request fails with if
     * this is still so when patience ends. {@code retryAfter} is zero if there is no advice; {@code
     * error} is null if nothing was asked of Atlas, and {@code detail} says why.
     */
    record NotNow(
            WaitsFor waitsFor,
            Reason reason,
            Duration retryAfter,
            String detail,
            @Nullable AtlasError error)
            implements SubmitReply {

        /** The call was not sent: no byte of it left this worker. */
        public static NotNow notSent(WaitsFor waitsFor, String detail) {
            return new NotNow(waitsFor, waitsFor.atTheEnd(), Duration.ZERO, detail, null);
        }
    }

    /**
     * The call may have reached Atlas, and its answer was not understood or did not reach us. The
     * exchange itself is over: its connection has ended, by us or by the other side.
     */
    record Unknown(String cause) implements SubmitReply {}

    /** One word for people and for events. */
    default String word() {
        return switch (this) {
            case Created _ -> "created";
            case Refused _ -> "refused";
            case NotNow _ -> "not-now";
            case Unknown _ -> "unknown";
        };
    }
}
