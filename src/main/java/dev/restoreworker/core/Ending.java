package dev.restoreworker.core;

import dev.restoreworker.core.JobProgress.State;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What became of a request's job. Decided once, published once, never changed.
 *
 * @param jobId null if there is no job, or none is known
 * @param finishedAt when the job was over, if Atlas says so
 * @param expiresAt until when a download can be fetched, if Atlas says so
 * @param resolution the operator's word that it rests on, if it does
 * @param deliveryUrls where a download that is ready can be fetched; nothing but an event ever
 *     holds it, so that an ending that was read from the ledger has none
 */
public record Ending(
        Kind kind,
        @Nullable String jobId,
        @Nullable Instant finishedAt,
        @Nullable Instant expiresAt,
        @Nullable Resolution resolution,
        DeliveryUrls deliveryUrls) {

    public Ending(
            Kind kind,
            @Nullable String jobId,
            @Nullable Instant finishedAt,
            @Nullable Instant expiresAt,
            @Nullable Resolution resolution) {
        this(kind, jobId, finishedAt, expiresAt, resolution, DeliveryUrls.NONE);
    }

    /** The names are part of the ledger and of the published event: never rename one. */
    public enum Kind {
        COMPLETED,
        READY,
        FAILED,
        CANCELLED,
        EXPIRED,
        /**
         * It is not known, and is looked for no more. With a job: Atlas showed it no longer and its
         * end was not seen. Without: there may be one, and which was never learned.
         */
        LOST,
        /** No attempt made a job and none will: it was proven, or an operator says so. */
        NOT_FOUND;

        /** As it is published. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public Ending {
        if (jobId != null && kind == Kind.NOT_FOUND) {
            throw new IllegalArgumentException("Job " + jobId + " cannot be not found");
        }
        if (jobId == null && kind != Kind.NOT_FOUND && kind != Kind.LOST) {
            throw new IllegalArgumentException("Only a job can be " + kind.word());
        }
    }

    /** Of a job that is over. */
    static Ending of(String jobId, JobProgress progress, @Nullable Resolution resolution) {
        return new Ending(
                kind(progress.state()),
                jobId,
                progress.finishedAt(),
                progress.expiresAt(),
                resolution,
                progress.deliveryUrls());
    }

    static Ending lost(@Nullable String jobId, @Nullable Resolution resolution) {
        return new Ending(Kind.LOST, jobId, null, null, resolution);
    }

    static Ending notFound(@Nullable Resolution resolution) {
        return new Ending(Kind.NOT_FOUND, null, null, null, resolution);
    }

    private static Kind kind(State state) {
        return switch (state) {
            case READY, FETCHED -> Kind.READY;
            case COMPLETED -> Kind.COMPLETED;
            case FAILED -> Kind.FAILED;
            case CANCELLED -> Kind.CANCELLED;
            case EXPIRED -> Kind.EXPIRED;
            case RUNNING -> throw new IllegalArgumentException("A job that runs has not ended");
        };
    }

    /**
     * How long the job took, from the second in its id; null if Atlas does not say when it ended.
     */
    public @Nullable Duration duration() {
        if (jobId == null || finishedAt == null) {
            return null;
        }
        var taken = Duration.between(ListedJob.createdAt(jobId), finishedAt);
        return taken.isNegative() ? Duration.ZERO : taken;
    }
}
