package dev.restoreworker.sandbox.atlas;

import java.time.Duration;
import java.util.EnumSet;
import java.util.NoSuchElementException;
import java.util.Set;

/**
 * What happens to downloads without a call of the API: people cancel them in Atlas' web pages,
 * clients fetch them, or Atlas fails. Each returns the job as it is then, and throws {@link
 * NoSuchElementException} if there is none of that id, and {@link IllegalStateException} if it has
 * come too far, or not far enough.
 */
public final class ByHand {
    private static final Set<JobState> LINKED = EnumSet.of(JobState.READY, JobState.INTERRUPTED);
    private static final Set<JobState> LIVE =
            EnumSet.of(JobState.PREPARING, JobState.READY, JobState.INTERRUPTED);

    private final JobBook jobs;
    private final Duration resumable;

    ByHand(JobBook jobs, Duration resumable) {
        this.jobs = jobs;
        this.resumable = resumable;
    }

    /** Uses the link of a download: it works once. */
    public RestoreJob fetch(String id) {
        return jobs.change(id, LINKED, (job, now) -> job.ended(JobState.FETCHED, now));
    }

    /** Begins to fetch a download that is ready and does not get all of it. */
    public RestoreJob interrupt(String id) {
        var ready = EnumSet.of(JobState.READY);
        return jobs.change(id, ready, (job, _) -> job.interrupted(resumable));
    }

    /** A download that is being prepared comes to nothing. */
    public RestoreJob fail(String id) {
        var preparing = EnumSet.of(JobState.PREPARING);
        return jobs.change(id, preparing, (job, now) -> job.ended(JobState.FAILED, now));
    }

    /** Cancels a download that is not over. */
    public RestoreJob cancel(String id) {
        return jobs.change(id, LIVE, (job, now) -> job.ended(JobState.CANCELLED, now));
    }
}
