package dev.restoreworker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Settings that hold a secret: the secret itself, or {@code file:} and the path of its file. */
public final class Secrets {

    private static final String FILE = "file:";

    private Secrets() {}

    /**
     * The secret that {@code value} is or names, without white space around it.
     *
     * @param setting what an error names; the value it never does
     * @throws IllegalArgumentException if there is none
     */
    public static String read(String setting, String value) {
        var stripped = value.strip();
        var secret = stripped.startsWith(FILE) ? fromFile(setting, stripped) : stripped;
        if (secret.isEmpty()) {
            throw new IllegalArgumentException(
                    setting + " is empty: give a value, or file: and the path of a file");
        }
        return secret;
    }

    private static String fromFile(String setting, String value) {
        var path = value.substring(FILE.length()).replaceFirst("^///", "/");
        try {
            return Files.readString(Path.of(path)).strip();
        } catch (IOException | InvalidPathException e) {
            throw new IllegalArgumentException(
                    "%s names a file that cannot be read: %s (%s)"
                            .formatted(setting, path, e.getClass().getSimpleName()),
                    e);
        }
    }
}
