package dev.restoreworker.sandbox;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Asks the worker over HTTP whether it is ready, as an orchestrator would. */
final class WorkerProbe implements AutoCloseable {
    private static final Duration ANSWER_MAX = Duration.ofSeconds(2);

    private final HttpClient http = HttpClient.newBuilder().connectTimeout(ANSWER_MAX).build();

    /** Where the worker is. Read anew each time: a worker on any free port says which it got. */
    static URI worker() {
        return URI.create("http://localhost:" + System.getProperty("quarkus.http.port", "8080"));
    }

    boolean isReady() {
        var request =
                HttpRequest.newBuilder(worker().resolve("/q/health/ready"))
                        .timeout(ANSWER_MAX)
                        .build();
        try {
            return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException _) {
            return false; // not listening yet
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
