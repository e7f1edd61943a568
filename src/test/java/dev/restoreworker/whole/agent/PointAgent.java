package dev.restoreworker.whole.agent;

import java.lang.instrument.Instrumentation;

/** Begins before the worker's own main method does. */
public final class PointAgent {

    private PointAgent() {}

    /** {@code port}, on this machine, is where it is told that a point is reached. */
    public static void premain(String port, Instrumentation instrumentation) {
        PointHook.listener(Integer.parseInt(port));
        instrumentation.addTransformer(new PointWeaver());
    }
}
