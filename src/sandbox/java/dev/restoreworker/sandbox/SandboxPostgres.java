package dev.restoreworker.sandbox;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL on a port of its own, as durable as one in production: it can be stopped and
 * started again, and keeps every row that was committed. No process of it outlives this object or
 * the JVM. Needs no installation and may be run as root.
 */
public final class SandboxPostgres implements AutoCloseable {
    /** Who ends the server when the JVM is told to stop while it still runs. */
    enum AtExit {
        /** A shutdown hook of its own, at once. */
        STOP,
        /** Its owner, who knows what must end before. */
        LEAVE_TO_OWNER
    }

    private static final Duration START_MAX = Duration.ofSeconds(60); // a cold, busy machine
    private static final long END_MAX_SECONDS = 10;

    private final Path dir;
    private final boolean temporary;
    private final int port;
    private final Thread hook = new Thread(this::close, "sandbox-postgres-exit");
    private @Nullable EmbeddedPostgres server;

    private SandboxPostgres(Path dir, boolean temporary, int port) {
        this.dir = dir;
        this.temporary = temporary;
        this.port = port;
    }

    /**
     * Returns once the server takes connections.
     *
     * @param dir made if it is not there; one that an earlier server left is taken up again
     * @param port 0 for any free one
     * @throws PortTakenException if somebody listens there
     */
    public static SandboxPostgres start(Path dir, int port) {
        return start(dir, port, AtExit.STOP);
    }

    /** In a temporary folder, which is deleted at the end. */
    public static SandboxPostgres start(int port) {
        return started(
                new SandboxPostgres(
                        Folders.temporary("sandbox-postgres-"), true, Ports.claim(port)),
                AtExit.STOP);
    }

    static SandboxPostgres start(Path dir, int port, AtExit atExit) {
        return started(new SandboxPostgres(dir, false, Ports.claim(port)), atExit);
    }

    private static SandboxPostgres started(SandboxPostgres postgres, AtExit atExit) {
        if (atExit == AtExit.STOP) {
            Runtime.getRuntime().addShutdownHook(postgres.hook);
        }
        try {
            postgres.start();
            return postgres;
        } catch (RuntimeException e) {
            postgres.close();
            throw e;
        }
    }

    public String jdbcUrl() {
        return "jdbc:postgresql://localhost:" + port + "/postgres";
    }

    public String username() {
        return "postgres";
    }

    /** The server trusts whoever reaches it; clients that insist on a password may send this. */
    public String password() {
        return "postgres";
    }

    /** Brings a stopped server back, on the same port and with the same data. */
    public synchronized void start() {
        if (server != null) {
            return;
        }
        QuietLogs.apply();
        Ports.claim(port); // or a stranger's server on it would be taken for ours
        try {
            server =
                    EmbeddedPostgres.builder()
                            .setDataDirectory(dir)
                            .setCleanDataDirectory(false)
                            .setPort(port)
                            .setPGStartupWait(START_MAX)
                            .setRegisterShutdownHook(false)
                            .setServerConfig("fsync", "on")
                            .setServerConfig("synchronous_commit", "on")
                            .setServerConfig("max_connections", "200")
                            // Nobody uses the socket file, which would lie outside the folder.
                            .setServerConfig("unix_socket_directories", "")
                            .start();
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL in " + dir + " does not start", e);
        }
    }

    /** Cuts all connections, as a restart of the server would; returns once its process is gone. */
    public synchronized void stop() {
        var running = server;
        var process = process();
        if (running != null) {
            server = null;
            try {
                running.close();
            } catch (IOException e) {
                throw new UncheckedIOException("PostgreSQL in " + dir + " does not stop", e);
            }
        }
        process.ifPresent(SandboxPostgres::awaitEnd);
    }

    @Override
    public synchronized void close() {
        stop();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // The JVM is ending: the hook is what runs this, or will find nothing left to do.
        }
        if (temporary) {
            Folders.delete(dir);
        }
    }

    /** The server's main process, if there is one: the first line of its lock file is its id. */
    synchronized Optional<ProcessHandle> process() {
        var lockFile = dir.resolve("postmaster.pid");
        if (!Files.exists(lockFile)) {
            return Optional.empty();
        }
        try (var lines = Files.lines(lockFile)) {
            return lines.findFirst().flatMap(id -> ProcessHandle.of(Long.parseLong(id.strip())));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + lockFile, e);
        }
    }

    /** An orderly stop gives up after some seconds and says so only in a log. */
    private static void awaitEnd(ProcessHandle process) {
        try {
            process.onExit().get(END_MAX_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException _) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
