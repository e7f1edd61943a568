package dev.restoreworker.sandbox.atlas;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.URI;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletionException;

/**
 * An HTTP server that behaves like the restore-job part of MongoDB Atlas, v2 and v1.0:
 *
 * <pre>
 *   POST, GET     /api/atlas/{v2|v1.0}/groups/{g}/clusters/{c}/backup/restoreJobs
 *   GET, DELETE   …/backup/restoreJobs/{id}
 *   GET           …/backup/snapshots, …/backup/snapshots/{id}
 * </pre>
 *
 * <p>Every call must be signed with the key of {@link SimulatorOptions} (digest, really verified; a
 * nonce lives for a minute by default and takes each count once). Every well-formed project,
 * cluster and snapshot exists, except project {@code ffffffffffffffffffffffff}, cluster {@code
 * no-such-cluster} and snapshot {@code ffffffffffffffffffffffff}, which are answered 404. Jobs live
 * by the clock that is passed in; each shows under the cluster of its path only. Limits on
 * downloads, busy targets and rates are not enforced.
 *
 * <p>The service account of the options gets tokens: JWTs, signed with a key of this simulator.
 * They are good for others who trust this issuer; the API itself takes digests alone.
 *
 * <pre>
 *   POST   /api/oauth/token                    client credentials by HTTP Basic
 *   GET    /simulator/keys                     the public key, as JSON Web Key Set
 * </pre>
 *
 * <p>Under {@code /simulator/}, without a key and not counted as calls:
 *
 * <pre>
 *   GET    calls?method=&amp;since=&amp;limit=   calls after number <i>since</i>, oldest first, 10,000 at most
 *                                      unless told otherwise; the latest 1,000,000 are kept
 *   GET    jobs?project=&amp;cluster=       jobs in the order of creation
 *   GET    summary                      counts: creates, challenges, nonces, jobs, dropped …
 *   POST   reset                        forgets calls, jobs and counts; no nonce and no fault
 *   POST   faults                       {"kind": …, "times": n} for the next n signed creates
 *   GET    faults                       how many creates will still meet one
 *   DELETE faults                       none any more
 * </pre>
 *
 * <p>Kinds of faults: {@code drop-after-read}, {@code drop-after-effect}, {@code no-answer}, and
 * {@code answer} and {@code answer-after-effect} with {@code status}, {@code headers} and {@code
 * body}; {@link Fault} says what each does. The same is at hand in process: {@link #books()},
 * {@link #faults()}.
 */
public final class AtlasSimulator implements AutoCloseable {
    private final Vertx vertx;
    private final Books books;
    private final Faults faults;
    private final Tokens tokens;
    private final URI url;

    private AtlasSimulator(Vertx vertx, Books books, Faults faults, Tokens tokens, URI url) {
        this.vertx = vertx;
        this.books = books;
        this.faults = faults;
        this.tokens = tokens;
        this.url = url;
    }

    /**
     * Returns once it answers calls. A port that is taken is an {@link UncheckedIOException} whose
     * cause is a {@link BindException}.
     */
    public static AtlasSimulator start(SimulatorOptions options, InstantSource clock) {
        var vertx = Vertx.vertx(small());
        try {
            var books = new Books(new CallBook(options.callsKept()), new JobBook(options, clock));
            var faults = new Faults();
            var tokens = new Tokens(options.account(), clock);
            var server =
                    listen(vertx, options, handler(vertx, options, clock, books, faults, tokens));
            var url = URI.create("http://" + options.host() + ":" + server.actualPort());
            return new AtlasSimulator(vertx, books, faults, tokens, url);
        } catch (RuntimeException e) {
            await(vertx);
            throw e;
        }
    }

    /** Where it listens: scheme, host and port, to be used as {@code atlas.url}. */
    public URI url() {
        return url;
    }

    public Books books() {
        return books;
    }

    public Faults faults() {
        return faults;
    }

    /** Makes a job as a person does, without a call that the books could tell of. Its id. */
    public String makeByHand(String project, String cluster, JobOrder order) {
        return books.jobBook().create(project, cluster, order).id();
    }

    /** Where the keys stand that its tokens are signed with. */
    public URI keys() {
        return url.resolve(TokenHandler.KEYS);
    }

    /** Where tokens are to be had. */
    public URI tokenEndpoint() {
        return url.resolve(TokenHandler.TOKEN);
    }

    /** How many tokens it gave away. */
    public int tokensIssued() {
        return tokens.issued();
    }

    /** Ends every connection; calls that wait for an answer get none. */
    @Override
    public void close() {
        await(vertx);
    }

    private static Handler<HttpServerRequest> handler(
            Vertx vertx,
            SimulatorOptions options,
            InstantSource clock,
            Books books,
            Faults faults,
            Tokens tokens) {
        var digest =
                new DigestVerifier(
                        Map.of(options.publicKey(), options.privateKey()),
                        new Nonces(options.nonceLifetime(), clock));
        var atlas =
                new AtlasHandler(
                        vertx,
                        options.latency(),
                        digest,
                        new RestoreApi(books.jobBook(), clock),
                        books,
                        faults,
                        new RateBuckets(clock));
        var control = new ControlHandler(books, faults);
        var tokenHandler = new TokenHandler(tokens);
        var dates = new HttpDates(clock);
        return request -> {
            request.response()
                    .headersEndHandler(_ -> request.response().putHeader("Date", dates.now()));
            switch (Http.path(request)) {
                case TokenHandler.TOKEN, TokenHandler.KEYS -> tokenHandler.handle(request);
                case String path when path.startsWith(ControlHandler.PREFIX) ->
                        control.handle(request);
                case String _ -> atlas.handle(request);
            }
        };
    }

    private static HttpServer listen(
            Vertx vertx, SimulatorOptions options, Handler<HttpServerRequest> handler) {
        var http = new HttpServerOptions().setHttp2ClearTextEnabled(false);
        try {
            return vertx.createHttpServer(http)
                    .requestHandler(handler)
                    .listen(options.port(), options.host())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException e) {
            var where = options.host() + ":" + options.port();
            throw switch (e.getCause()) {
                case BindException taken ->
                        new UncheckedIOException(
                                "The simulated Atlas cannot listen on " + where + ": it is taken",
                                taken);
                case IOException other ->
                        new UncheckedIOException(
                                "The simulated Atlas cannot listen on " + where, other);
                case null, default -> e;
            };
        }
    }

    private static VertxOptions small() {
        return new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setFileSystemOptions(
                        new FileSystemOptions()
                                .setFileCachingEnabled(false)
                                .setClassPathResolvingEnabled(false));
    }

    private static void await(Vertx vertx) {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
