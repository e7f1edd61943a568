package dev.restoreworker.simulation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A deliberate fault: in the source at {@code path} the text {@code from}, which must stand there
 * once, becomes {@code to}.
 *
 * @param breaks what goes wrong with it, in a sentence
 * @param test which test finds it, as {@code class#method}; null if the simulation does
 */
record Mutant(String breaks, String path, String from, String to, @Nullable String test) {

    /** The name of the class that it is a fault of. */
    String className() {
        return path.substring(path.indexOf("/java/") + "/java/".length(), path.indexOf(".java"))
                .replace('/', '.');
    }

    /** The source with the fault. */
    String source() {
        var source = read();
        var first = source.indexOf(from);
        if (first < 0 || source.indexOf(from, first + 1) >= 0) {
            throw new AssertionError(
                    "this must stand exactly once in %s, or its mutant must be mended: %s"
                            .formatted(path, from));
        }
        return source.replace(from, to);
    }

    private String read() {
        try {
            return Files.readString(Path.of(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return className().replaceAll(".*\\.", "") + ": " + breaks;
    }
}
