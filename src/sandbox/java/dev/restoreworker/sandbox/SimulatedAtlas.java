package dev.restoreworker.sandbox;

import java.net.URI;
import java.time.Duration;

/** What the sandbox needs of a simulation of Atlas, whichever it is. */
interface SimulatedAtlas extends AutoCloseable {
    URI url();

    @Override
    void close();

    @FunctionalInterface
    interface Starter {
        /**
         * Returns once it answers.
         *
         * @param port 0 for any free one
         */
        SimulatedAtlas start(int port, Duration jobDuration);
    }
}
