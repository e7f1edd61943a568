package dev.restoreworker.sandbox.atlas;

/**
 * What a call is about; {@code OTHER} is everything that the simulated Atlas does not offer. Calls
 * for a {@code TOKEN} are not among the calls of the books.
 */
public enum Operation {
    CREATE_JOB,
    LIST_JOBS,
    GET_JOB,
    CANCEL_JOB,
    LIST_SNAPSHOTS,
    GET_SNAPSHOT,
    TOKEN,
    OTHER
}
