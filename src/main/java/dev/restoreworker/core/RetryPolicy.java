package dev.restoreworker.core;

import java.time.Duration;

/** How long is waited, and for how long it goes on. */
public interface RetryPolicy {

    /** What to do when nobody can say whether an attempt may still be sent. */
    enum OnUnknown {
        /** End the request as unknown. */
        FAIL,
        /** Send it again: there may be two jobs then. */
        RETRY
    }

    /** How long after its intent an attempt may be out before it is abandoned. */
    Duration lease();

    /** How long after its intent a call may still begin to go out. */
    Duration sendWithin();

    /** How long a job must have been absent, after the last news of the attempts. */
    Duration settle();

    /** How many looks in a row must have found nothing; at least 2. */
    int looks();

    /** How long after its receipt a request is given up that asks for nothing else. */
    Duration patience();

    /** The longest patience that a request may ask for. */
    Duration patienceMax();

    /** The wait after a request was first put off; it doubles with each further time. */
    Duration delayMin();

    Duration delayMax();

    /** How long after its last attempt's end a job is looked for. */
    Duration lookFor();

    /** How old a request may be when it is received. */
    Duration maxAge();

    /** How far clocks may differ: what is said to be of a later time than that is wrong. */
    Duration clockSkewMax();

    /** For how long after its job was made a destructive request may not be asked for again. */
    Duration repeatGuard();

    /** How often a cluster's jobs are listed while one of them is young. */
    Duration trackEvery();

    /** What becomes of an attempt that was abandoned, and whose job was not found. */
    OnUnknown onUnknown();

    /**
     * How far apart looks are: the last of {@link #looks} begins when the settle window is over.
     */
    default Duration lookSpacing() {
        return settle().dividedBy(looks() - 1L);
    }
}
