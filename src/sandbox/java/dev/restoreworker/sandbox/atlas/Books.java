package dev.restoreworker.sandbox.atlas;

import java.time.Instant;
import java.util.List;

/**
 * What the simulated Atlas knows of itself, for reading in the same process; over HTTP the same is
 * under {@code /simulator/}. Safe from any thread. Calls that are being worked on stand in it as
 * far as they have come. Of calls the latest are kept ({@link SimulatorOptions#callsKept}, a
 * million by default); of jobs all, as one that was forgotten could be made twice unseen. A create
 * call and its job take about 900 bytes together.
 */
public final class Books {
    private final CallBook calls;
    private final JobBook jobs;
    private final Overlaps overlaps = new Overlaps();

    Books(CallBook calls, JobBook jobs) {
        this.calls = calls;
        this.jobs = jobs;
    }

    /** In the order of arrival. */
    public List<RecordedCall> calls() {
        return calls.calls(null, 0, Integer.MAX_VALUE);
    }

    /** In the order of creation. */
    public List<RestoreJob> jobs() {
        return jobs.jobs(null, null);
    }

    /** The jobs of one source cluster, in the order of creation. */
    public List<RestoreJob> jobs(String project, String cluster) {
        return jobs.jobs(project, cluster);
    }

    /** How far a job has come by now. */
    public JobState stateOf(RestoreJob job) {
        return job.stateAt(now());
    }

    /**
     * The most create calls onto a target cluster that were under way at the same time, from the
     * reading of each until its answer or the end of its connection, and the last moment at which
     * it could have an effect.
     */
    public int overlapMax(String project, String cluster) {
        return overlaps.most(project + "/" + cluster);
    }

    /** The most jobs that took up room at one instant, since the start or the last reset. */
    public Peaks peaks() {
        return Peaks.of(jobs());
    }

    public Summary summary() {
        return calls.summary(jobs.size());
    }

    /**
     * Forgets all calls, jobs and figures, and numbers calls from 1 again. Nonces that are out stay
     * good, and planned faults stay planned.
     */
    public void reset() {
        calls.clear();
        jobs.clear();
        overlaps.clear();
    }

    CallBook callBook() {
        return calls;
    }

    JobBook jobBook() {
        return jobs;
    }

    Overlaps overlaps() {
        return overlaps;
    }

    Instant now() {
        return jobs.now();
    }
}
