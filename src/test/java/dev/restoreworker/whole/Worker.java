package dev.restoreworker.whole;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A worker that runs on its own, on a port of this machine. */
abstract class Worker implements AutoCloseable {

    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    private final int port;

    Worker(int port) {
        this.port = port;
    }

    abstract boolean isAlive();

    abstract String log();

    /** SIGTERM, as an orchestrator sends it. The exit status; it must end within a minute. */
    abstract int terminate();

    @Override
    public abstract void close();

    final void awaitReady(Duration atMost) {
        Eventually.within(
                atMost,
                () -> "the worker is ready; its log:\n" + log(),
                () -> {
                    if (!isAlive()) {
                        throw new AssertionError("The worker ended:\n" + log());
                    }
                    return get("/q/health/ready").statusCode() == 200;
                });
    }

    /** Whether it says so now; one that does not answer is not. */
    final boolean isReady() {
        try {
            return get("/q/health/ready").statusCode() == 200;
        } catch (UncheckedIOException _) {
            return false;
        }
    }

    final HttpResponse<String> get(String path, String... headers) {
        return send(to(path, headers));
    }

    private HttpRequest.Builder to(String path, String... headers) {
        var request =
                HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                        .timeout(Duration.ofSeconds(10));
        return headers.length > 0 ? request.headers(headers) : request;
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    final HttpResponse<String> restore(String requestId, String... headers) {
        return get(path(requestId), headers);
    }

    final HttpResponse<String> resolve(String requestId, String word, String... headers) {
        return send(
                to(path(requestId) + "/resolve", headers)
                        .POST(HttpRequest.BodyPublishers.ofString(word)));
    }

    private static String path(String requestId) {
        return "/restores/"
                + URLEncoder.encode(requestId, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
