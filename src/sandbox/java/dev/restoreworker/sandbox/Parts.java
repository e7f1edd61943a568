package dev.restoreworker.sandbox;

import static java.lang.System.Logger.Level.WARNING;

import java.util.ArrayDeque;
import java.util.Deque;

/** What was started, to be ended in the opposite order. */
final class Parts implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Parts.class.getName());

    private final Deque<AutoCloseable> started = new ArrayDeque<>();

    synchronized <T extends AutoCloseable> T add(T part) {
        started.push(part);
        return part;
    }

    /** May be called twice, from any thread. Trouble with one part does not spare the next. */
    @Override
    public synchronized void close() {
        while (!started.isEmpty()) {
            try {
                started.pop().close();
            } catch (Exception | LinkageError e) { // at the JVM's end class loaders may be closed
                LOG.log(WARNING, "A part of the sandbox did not end in order; the rest will", e);
            }
        }
    }
}
