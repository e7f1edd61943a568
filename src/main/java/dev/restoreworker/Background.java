package dev.restoreworker;

/** Something that runs on a thread of its own from start-up to the end. */
public interface Background {

    void start();

    /** Ends it in order, within a few seconds. */
    void stop();
}
