package dev.restoreworker.atlas;

import dev.restoreworker.AtlasBackups.LastCheck;
import dev.restoreworker.AtlasBackups.Listing;
import dev.restoreworker.core.RestoreRequest;
import dev.restoreworker.core.SubmitReply;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/** A client with all that it needs but fault tolerance, and threads like those of the worker. */
final class Bench implements AutoCloseable {

    static final LastCheck FREE = Optional::empty;

    final Vertx vertx = Vertx.vertx();
    final AtlasClock atlasClock;
    final AtlasClient client;
    final AtomicBoolean breakerIsOpen = new AtomicBoolean();
    final AtlasHttp http;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    static Bench of(URI url, int connectionsMax, Duration timeout) {
        return new Bench(
                Settings.of(url).withTimeout(timeout), connectionsMax, InstantSource.system());
    }

    /** Both of its clocks show what {@code clock} does, and nothing is left to chance. */
    Bench(Settings settings, int connectionsMax, InstantSource clock) {
        LongSupplier nanos = () -> Duration.between(Instant.EPOCH, clock.instant()).toNanos();
        atlasClock = new AtlasClock(clock, nanos, Duration.ofSeconds(30));
        http = new AtlasHttp(vertx, atlasClock, settings.url(), settings.timeout(), connectionsMax);
        client =
                new AtlasClient(
                        new AtlasConnection(http, breakerIsOpen::get),
                        settings,
                        new Pauses(nanos, () -> 0),
                        atlasClock,
                        clock);
    }

    SubmitReply submit(RestoreRequest request) {
        return client.submit(request, FREE);
    }

    /** The whole list of the request's source. */
    Listing jobs(RestoreRequest request) {
        return client.jobs(request.source(), Instant.MIN);
    }

    Future<SubmitReply> begin(RestoreRequest request, LastCheck lastCheck) {
        return threads.submit(() -> client.submit(request, lastCheck));
    }

    Optional<Instant> ready() {
        return client.ready(Requests.PROJECT);
    }

    ExecutorService threads() {
        return threads;
    }

    @Override
    public void close() {
        threads.shutdownNow();
        http.close();
        try {
            vertx.close().toCompletionStage().toCompletableFuture().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
