package dev.restoreworker.whole;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;

/** Signals that Java has no words for. */
final class Signals {

    private Signals() {}

    /** A process that has ended meanwhile gets none. */
    static void send(String signal, long pid) {
        try {
            var kill =
                    new ProcessBuilder("kill", "-" + signal, String.valueOf(pid))
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            if (!kill.waitFor(10, TimeUnit.SECONDS)) {
                throw new AssertionError("kill -" + signal + " does not return");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
