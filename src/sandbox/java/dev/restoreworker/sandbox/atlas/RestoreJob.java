package dev.restoreworker.sandbox.atlas;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One restore job, as the simulated Atlas made it. Its state is not stored: it follows from its
 * times and the clock.
 *
 * <pre>
 *   automated, pointInTime   RUNNING ──doneAt──▶ FINISHED
 *   download                 PREPARING ──doneAt──▶ READY ──expiresAt──▶ EXPIRED
 *                                │ ╰─ fails ▶ FAILED │ ╰─ is fetched ▶ FETCHED
 *                                ╰────── cancel ─────┴──▶ CANCELLED
 * </pre>
 *
 * A transfer that was interrupted while the download was READY makes it INTERRUPTED: it can be
 * fetched and cancelled as before, and expires later than its link does.
 *
 * @param expiresAt of a download's link; a restore has it too, and nobody looks at it
 * @param resumableUntil null unless a transfer was interrupted: then the download expires here
 * @param end null unless something ends it before its time; may lie ahead
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
        @Nullable Instant resumableUntil,
        @Nullable End end,
        long call) {
    /** From that instant on the job is what it is then called, for ever. */
    public record End(JobState as, Instant at) {}

    public Delivery delivery() {
        return order.delivery();
    }

    public JobState stateAt(Instant now) {
        if (end != null && !now.isBefore(end.at())) {
            return end.as();
        }
        var done = !now.isBefore(doneAt);
        if (delivery() != Delivery.DOWNLOAD) {
            return done ? JobState.FINISHED : JobState.RUNNING;
        }
        if (!done) {
            return JobState.PREPARING;
        }
        if (!now.isBefore(overAt())) {
            return JobState.EXPIRED;
        }
        return resumableUntil == null ? JobState.READY : JobState.INTERRUPTED;
    }

    /**
     * From when on it takes up no room any more, as far as is known by now: a restore runs until
     * then, a download is being prepared or waits to be fetched.
     */
    public Instant overAt() {
        if (end != null) {
            return end.at();
        }
        if (delivery() != Delivery.DOWNLOAD) {
            return doneAt;
        }
        return resumableUntil == null ? expiresAt : resumableUntil;
    }

    /** Whether it was made by a call of the API, and not by a person. */
    public boolean byCall() {
        return call != 0;
    }

    /** Where a ready download can be fetched. Its path holds a secret, as at Atlas. */
    public String deliveryUrl() {
        return "https://restore-%s.simulated-atlas.invalid:27017/%s/restore-%s.tar.gz"
                .formatted(id, Md5.hex("delivery of " + id).substring(8), order.snapshotId());
    }

    RestoreJob ended(JobState as, Instant at) {
        return with(resumableUntil, new End(as, at));
    }

    /** Whoever would have fetched it does not get it all; its slot is held so much longer. */
    RestoreJob interrupted(Duration longer) {
        return with(expiresAt.plus(longer), null);
    }

    private RestoreJob with(@Nullable Instant newResumableUntil, @Nullable End newEnd) {
        return new RestoreJob(
                id,
                project,
                cluster,
                order,
                createdAt,
                doneAt,
                expiresAt,
                newResumableUntil,
                newEnd,
                call);
    }
}
