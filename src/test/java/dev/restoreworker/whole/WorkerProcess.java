package dev.restoreworker.whole;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The production jar, running. Its log is kept in a file, and told when a test fails for it. */
final class WorkerProcess implements AutoCloseable {

    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    private final Process process;
    private final Path log;
    private final int port;

    private WorkerProcess(Process process, Path log, int port) {
        this.process = process;
        this.log = log;
        this.port = port;
    }

    /** Starts it with these variables, and none that this process has by chance. */
    static WorkerProcess start(Path folder, Map<String, String> environment, String... options) {
        try (var free = new ServerSocket(0)) {
            var port = free.getLocalPort();
            var command = new ArrayList<String>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(List.of(options));
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

    WorkerProcess awaitReady() {
        Eventually.within(
                Duration.ofSeconds(60),
                () -> "the worker is ready; its log:\n" + log(),
                () -> {
                    if (!process.isAlive()) {
                        throw new AssertionError("The worker ended:\n" + log());
                    }
                    return get("/q/health/ready").statusCode() == 200;
                });
        return this;
    }

    HttpResponse<String> get(String path, String... headers) {
        var request =
                HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                        .timeout(Duration.ofSeconds(10));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    HttpResponse<String> restore(String requestId, String... headers) {
        var encoded = URLEncoder.encode(requestId, StandardCharsets.UTF_8).replace("+", "%20");
        return get("/restores/" + encoded, headers);
    }

    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** SIGTERM, as an orchestrator sends it. The exit status; it must end within a minute. */
    int terminate() {
        process.destroy();
        return awaitEnd(Duration.ofMinutes(1));
    }

    /** SIGKILL: nothing is tidied up. */
    void kill() {
        process.destroyForcibly();
        awaitEnd(Duration.ofSeconds(10));
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
