package dev.restoreworker.whole;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The production jar with arguments: a command of an operator's. */
final class CommandProcess implements AutoCloseable {

    private static final Duration END_MAX = Duration.ofMinutes(1);

    private final Process process;
    private final Path said;

    private CommandProcess(Process process, Path said) {
        this.process = process;
        this.said = said;
    }

    /** {@code folder} is where it is started: a {@code config} in it is read too. */
    static CommandProcess start(Path folder, Map<String, String> environment, String... args) {
        try {
            var command = new ArrayList<String>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(
                    List.of(
                            "-Xmx128m",
                            "-XX:TieredStopAtLevel=1",
                            "-jar",
                            System.getProperty("production.jar")));
            command.addAll(List.of(args));
            var said = Files.createTempFile(folder, "command-", ".txt");
            var builder = new ProcessBuilder(command).directory(folder.toFile());
            builder.redirectErrorStream(true).redirectOutput(said.toFile());
            builder.environment().keySet().removeIf(name -> name.matches("(?:RESTORE|ATLAS)_.*"));
            builder.environment().putAll(environment);
            return new CommandProcess(builder.start(), said);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All that it has said so far. */
    String said() {
        try {
            return Files.readString(said);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The status that it ended with. */
    int await() {
        try {
            if (!process.waitFor(END_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("It did not end within " + END_MAX + ":\n" + said());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** SIGTERM, which is taken as Ctrl-C is. */
    int terminate() {
        process.destroy();
        return await();
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly();
        await();
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        }
    }
}
