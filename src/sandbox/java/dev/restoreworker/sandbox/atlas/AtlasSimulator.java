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
 * downloads and busy targets are enforced if the options or a later word say so ({@link Limits}),
 * those on rates never.
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
 *   POST   reset                        forgets calls, jobs and counts; no nonce, fault or limit
 *   POST   faults                       {"kind": …, "times": n} for the next n signed creates
 *   PUT    faults                       a document of rules, in the place of the one before it
 *   GET    faults                       that document, how often each rule was met, and how many
 *                                      creates will still meet a planned fault
 *   DELETE faults                       nothing goes wrong any more; what is held stays held
 *   GET    holds                        the calls that a rule holds
 *   POST   holds/{id}/release           lets one of them go on
 *   GET    limits                       whether limits are enforced, and what they are
 *   PUT    limits                       {"enforced": …, "downloadsPerProject": n}; what is not named
 *                                       stays
 *   POST   jobs                         a job that a person makes: project, cluster, the fields of a
 *                                       create call, and at, which may be past
 *   POST   jobs/{id}/fetch              uses the link of a download; so interrupt, fail and cancel
 *   GET    peaks                        the most jobs at one instant, by project, snapshot, target
 *   GET    books                        creates, jobs, targets, peaks and summary in one
 * </pre>
 *
 * <p>Kinds of planned faults: {@code drop-after-read}, {@code drop-after-effect}, {@code
 * no-answer}, and {@code answer} and {@code answer-after-effect} with {@code status}, {@code
 * headers} and {@code body}; {@link Fault} says what each does. The form of a document of rules is
 * described in {@code docs/sandbox.md}. The same is at hand in process: {@link #books()}, {@link
 * #faults()}, {@link #holds()}, {@link #byHand()}, {@link #limit}.
 */
public final class AtlasSimulator implements AutoCloseable {
    /** What there is of it besides the server. */
    private record Parts(
            SimulatorOptions options,
            InstantSource clock,
            Vertx vertx,
            Books books,
            ByHand byHand,
            Faults faults,
            Holds holds,
            Tokens tokens,
            Origins origins) {}

    private final Parts parts;
    private final URI url;

    private AtlasSimulator(Parts parts, URI url) {
        this.parts = parts;
        this.url = url;
    }

    /**
     * Returns once it answers calls. A port that is taken is an {@link UncheckedIOException} whose
     * cause is a {@link BindException}.
     */
    public static AtlasSimulator start(SimulatorOptions options, InstantSource clock) {
        var vertx = Vertx.vertx(small());
        try {
            var parts = parts(options, clock, vertx);
            var server = listen(parts);
            var url = URI.create("http://" + options.host() + ":" + server.actualPort());
            return new AtlasSimulator(parts, url);
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
        return parts.books();
    }

    public Faults faults() {
        return parts.faults();
    }

    public Holds holds() {
        return parts.holds();
    }

    /** Makes a job as a person does, without a call that the books could tell of. Its id. */
    public String makeByHand(String project, String cluster, JobOrder order) {
        var jobs = parts.books().jobBook();
        return jobs.makeByHand(project, cluster, order, jobs.now()).id();
    }

    /** What else people, clients and Atlas do to a job. */
    public ByHand byHand() {
        return parts.byHand();
    }

    public Limits limits() {
        return parts.books().jobBook().limits();
    }

    /** From now on these hold; jobs that are there stay. */
    public void limit(Limits limits) {
        parts.books().jobBook().limit(limits);
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
        return parts.tokens().issued();
    }

    /** Ends every connection; calls that wait for an answer get none. */
    @Override
    public void close() {
        await(parts.vertx());
    }

    private static Parts parts(SimulatorOptions options, InstantSource clock, Vertx vertx) {
        var faults = new Faults(options.readWithin(), clock);
        var jobs = new JobBook(options, clock, () -> faults.skew().ids());
        return new Parts(
                options,
                clock,
                vertx,
                new Books(new CallBook(options.callsKept()), jobs),
                new ByHand(jobs, options.lifecycle().resumable()),
                faults,
                new Holds(vertx, clock),
                new Tokens(options.account(), clock),
                new Origins());
    }

    private static Handler<HttpServerRequest> handler(Parts parts) {
        var clock = parts.clock();
        var faults = parts.faults();
        var course = new Course(parts.vertx(), parts.options().latency(), faults, parts.holds());
        var atlas = atlas(parts, course);
        var control =
                new ControlHandler(
                        parts.books(),
                        new JobControl(parts.books().jobBook(), parts.byHand()),
                        faults,
                        parts.holds(),
                        parts.tokens());
        var tokenHandler = new TokenHandler(parts.tokens(), course);
        var dates = new HttpDates(clock, () -> faults.skew().date());
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

    private static AtlasHandler atlas(Parts parts, Course course) {
        var options = parts.options();
        var digest =
                new DigestVerifier(
                        Map.of(options.publicKey(), options.privateKey()),
                        new Nonces(options.nonceLifetime(), parts.clock()));
        var api = new RestoreApi(parts.books().jobBook(), parts.clock());
        return new AtlasHandler(
                digest,
                new AtlasCall.Atlas(api, parts.books(), new RateBuckets(parts.clock())),
                parts.origins(),
                new Readings(parts.vertx(), parts.faults()),
                course);
    }

    private static HttpServer listen(Parts parts) {
        var options = parts.options();
        var http = new HttpServerOptions().setHttp2ClearTextEnabled(false);
        try {
            return parts.vertx()
                    .createHttpServer(http)
                    .connectionHandler(parts.origins()::opened)
                    .requestHandler(handler(parts))
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
