package dev.restoreworker.whole;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The production jar, running. Its log is kept in a file, and told when a test fails for it. */
final class WorkerProcess extends Worker {

    /** For those that do not run for long. */
    private static final List<String> QUICK_START = List.of("-XX:TieredStopAtLevel=1");

    private final Process process;
    private final Path log;

    private WorkerProcess(Process process, Path log, int port) {
        super(port);
        this.process = process;
        this.log = log;
    }

    /**
     * Starts it with these variables, and none that this process has by chance. Without options of
     * its own it is ready soon, at the cost of its speed later.
     */
    static WorkerProcess start(Path folder, Map<String, String> environment, String... options) {
        try (var free = new ServerSocket(0)) {
            var port = free.getLocalPort();
            var command = new ArrayList<String>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(options.length == 0 ? QUICK_START : List.of(options));
            command.add("-jar");
            command.add(System.getProperty("production.jar"));
            var log = Files.createTempFile(folder, "worker-", ".log");
            var builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.redirectOutput(log.toFile());
            builder.environment().keySet().removeIf(name -> name.matches("(?:RESTORE|ATLAS)_.*"));
            builder.environment().putAll(environment);
            builder.environment().put("QUARKUS_HTTP_PORT", String.valueOf(port));
            free.close();
            return new WorkerProcess(builder.start(), log, port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    boolean isAlive() {
        return process.isAlive();
    }

    WorkerProcess awaitReady() {
        awaitReady(Duration.ofMinutes(3)); // on a busy machine
        return this;
    }

    @Override
    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    int terminate() {
        process.destroy();
        return awaitEnd(Duration.ofMinutes(1));
    }

    /** SIGKILL: nothing is tidied up. */
    void kill() {
        process.destroyForcibly();
        awaitEnd(Duration.ofSeconds(10));
    }

    /** SIGTERM, and returns at once. */
    void askToEnd() {
        process.destroy();
    }

    /** SIGSTOP: it stands still until {@link #goOn}, and keeps all that it holds. */
    void standStill() {
        Signals.send("STOP", process.pid());
    }

    /** SIGCONT. */
    void goOn() {
        Signals.send("CONT", process.pid());
    }

    int awaitEnd(Duration atMost) {
        try {
            if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("The worker did not end within " + atMost + ":\n" + log());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        }
    }
}
