package dev.restoreworker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Settings that hold a secret: the secret itself, or {@code file:} and the path of its file. */
public final class Secrets {

    private static final String FILE = "file:";

    private Secrets() {}

    /**
     * The secret that {@code value} is or names, without white space around it.
     *
     * @param setting what an error names
     * @throws IllegalStateException if there is none
     */
    public static String read(String setting, String value) {
        try {
            var secret =
                    value.startsWith(FILE)
                            ? Files.readString(Path.of(value.substring(FILE.length()))).strip()
                            : value.strip();
            if (secret.isEmpty()) {
                throw new IllegalStateException(setting + " is empty: give a value, or file:PATH");
            }
            return secret;
        } catch (IOException | UncheckedIOException e) {
            throw new IllegalStateException(
                    "%s names a file that cannot be read: %s".formatted(setting, e), e);
        }
    }
}
