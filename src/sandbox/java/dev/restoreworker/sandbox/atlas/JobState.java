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
    EXPIRED,
    CANCELLED
}
