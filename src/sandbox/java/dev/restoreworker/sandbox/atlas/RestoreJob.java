package dev.restoreworker.sandbox.atlas;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One restore job, as the simulated Atlas made it. Its state is not stored: it follows from its
 * times and the clock.
 *
 * <pre>
 *   automated, pointInTime   RUNNING ──doneAt──▶ FINISHED
 *   download                 PREPARING ──doneAt──▶ READY ──expiresAt──▶ EXPIRED
 *                                ╰────── cancel ──────╯────▶ CANCELLED
 * </pre>
 *
 * @param expiresAt of a download; a restore has it too, and nobody looks at it
 * @param cancelledAt null unless it was cancelled
 * @param call the number of the create call that made it; 0 if a person did
 */
public record RestoreJob(
        String id,
        String project,
        String cluster,
        JobOrder order,
        Instant createdAt,
        Instant doneAt,
        Instant expiresAt,
        @Nullable Instant cancelledAt,
        long call) {
    public Delivery delivery() {
        return order.delivery();
    }

    public JobState stateAt(Instant now) {
        if (cancelledAt != null) {
            return JobState.CANCELLED;
        }
        var done = !now.isBefore(doneAt);
        if (delivery() != Delivery.DOWNLOAD) {
            return done ? JobState.FINISHED : JobState.RUNNING;
        }
        if (!done) {
            return JobState.PREPARING;
        }
        return now.isBefore(expiresAt) ? JobState.READY : JobState.EXPIRED;
    }

    /** Where a ready download can be fetched. Its path holds a secret, as at Atlas. */
    public String deliveryUrl() {
        return "https://restore-%s.simulated-atlas.invalid:27017/%s/restore-%s.tar.gz"
                .formatted(id, Md5.hex("delivery of " + id).substring(8), order.snapshotId());
    }

    RestoreJob cancelled(Instant now) {
        return new RestoreJob(id, project, cluster, order, createdAt, doneAt, expiresAt, now, call);
    }
}
