package dev.restoreworker.sandbox.atlas;

/**
 * How far a job has come: {@code RUNNING} and {@code FINISHED} are of restores, the rest of
 * downloads.
 */
public enum JobState {
    RUNNING,
    FINISHED,
    PREPARING,
    READY,

    /** Somebody began to fetch it and did not get all of it; he may go on. */
    INTERRUPTED,

    /** Its link was used. */
    FETCHED,
    EXPIRED,
    CANCELLED,
    FAILED
}
