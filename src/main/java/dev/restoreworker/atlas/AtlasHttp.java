package dev.restoreworker.atlas;

import dev.restoreworker.atlas.Answer.Headers;
import dev.restoreworker.core.SubmitReply.NotNow;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import io.vertx.ext.web.codec.BodyCodec;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import javax.net.ssl.SSLHandshakeException;

/**
 * One HTTP exchange at a time with Atlas, for any number of threads. When {@link #exchange} returns
 * or throws, the exchange is over: its answer was read, or its connection has ended, or nothing of
 * it was or will be written.
 */
final class AtlasHttp implements AutoCloseable {

    /** What came of an exchange that nothing went wrong with. */
    sealed interface Exchanged {

        record Answered(Answer answer) implements Exchanged {}

        /** The last check objected, and nothing was written. */
        record Held(NotNow objection) implements Exchanged {}
    }

    private static final int CONNECT_MILLIS_MAX = 5_000;

    /**
     * Well below the minute or so after which servers close an idle connection: a call that is
     * written into one that is just being closed ends as unknown.
     */
    private static final int IDLE_SECONDS_MAX = 15;

    private final Vertx vertx;
    private final AtlasClock clock;
    private final URI url;
    private final WebClient http;

    AtlasHttp(Vertx vertx, AtlasClock clock, URI url, Duration timeout, int connectionsMax) {
        this.vertx = vertx;
        this.clock = clock;
        this.url = url;
        var millis = (int) Math.min(timeout.toMillis(), Integer.MAX_VALUE);
        var connections =
                new HttpClientOptions()
                        .setProtocolVersion(HttpVersion.HTTP_1_1)
                        .setUseAlpn(false)
                        .setKeepAlive(true)
                        .setKeepAliveTimeout(IDLE_SECONDS_MAX)
                        .setPipelining(false)
                        .setDecompressionSupported(false)
                        .setConnectTimeout(Math.min(millis, CONNECT_MILLIS_MAX))
                        .setTcpNoDelay(true)
                        // A close is a reset: the kernel sends nothing after it. Where the platform
                        // can, it gives up by itself too.
                        .setSoLinger(0)
                        .setTcpUserTimeout(millis);
        // Each call has its permit, and so its connection; the queue is for those whose connection
        // is just coming back. It is safe to wait there: the gate comes after it.
        var pool =
                new PoolOptions()
                        .setHttp1MaxSize(connectionsMax)
                        .setMaxWaitQueueSize(connectionsMax);
        // What ends a connection ends its call, which tells of it; the log that would be written
        // without this may quote what was received.
        var client =
                vertx.httpClientBuilder()
                        .with(connections)
                        .with(pool)
                        .withConnectHandler(connection -> connection.exceptionHandler(_ -> {}))
                        .build();
        this.http =
                WebClient.wrap(
                        client,
                        new WebClientOptions()
                                .setUserAgent("atlas-restore-worker")
                                .setFollowRedirects(false));
        SendGate.install(http);
    }

    /**
     * Sends once, and waits for the whole answer until the deadline.
     *
     * @throws ExchangeException if there is no answer
     */
    Exchanged exchange(Send send) {
        var millis = send.deadline().millisLeft();
        if (millis == 0) {
            throw new ExchangeException.NotSent("the time for the call was over before it began");
        }
        var gate = new SendGate(send, clock::now);
        var body = new AnswerBody(() -> gate.end("the answer is too long"));
        var timer = vertx.setTimer(millis, _ -> gate.end("no whole answer came in time"));
        try {
            var content = send.call().body();
            var response =
                    gate.start(
                            http,
                            request(send.call(), body),
                            content == null ? null : Buffer.buffer(content));
            return new Exchanged.Answered(answer(gate, await(gate, response), body));
        } catch (ExecutionException | CompletionException e) {
            return held(gate, e.getCause() == null ? e : e.getCause());
        } catch (RuntimeException e) {
            return held(gate, e);
        } finally {
            vertx.cancelTimer(timer);
        }
    }

    private HttpRequest<Void> request(Call call, AnswerBody body) {
        var ssl = "https".equals(url.getScheme());
        var port = url.getPort() >= 0 ? url.getPort() : ssl ? 443 : 80;
        var request =
                http.request(HttpMethod.valueOf(call.method()), port, url.getHost(), call.uri())
                        .ssl(ssl)
                        .as(BodyCodec.pipe(body))
                        .putHeader("Accept", call.mediaType());
        return call.body() == null ? request : request.putHeader("Content-Type", call.mediaType());
    }

    private static HttpResponse<Void> await(
            SendGate gate, CompletableFuture<HttpResponse<Void>> response)
            throws ExecutionException {
        try {
            return response.get();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            gate.end("this worker was interrupted");
            return response.join();
        }
    }

    private Answer answer(SendGate gate, HttpResponse<Void> response, AnswerBody body) {
        var date = response.getHeader("Date");
        var sent = gate.passedAt();
        var answered = gate.answeredAt();
        if (sent != null && answered != null) {
            clock.observe(date, sent, answered);
        }
        return new Answer(
                response.statusCode(),
                new Headers(
                        date,
                        response.getHeader("Retry-After"),
                        response.getHeader("X-Error-Code"),
                        response.headers().getAll("WWW-Authenticate")),
                body.text());
    }

    /** The gate, not the exception, says whether anything was written. */
    private static Exchanged.Held held(SendGate gate, Throwable cause) {
        gate.end(described(cause));
        var objection = gate.objection();
        if (objection != null) {
            return new Exchanged.Held(objection);
        }
        var ended = gate.endedFor();
        var why = ended == null ? described(cause) : ended;
        if (gate.passed()) {
            throw new ExchangeException.NoAnswer(why);
        }
        throw switch (cause) {
            case ConnectException _, UnknownHostException _, SSLHandshakeException _ ->
                    new ExchangeException.NotConnected(why);
            default -> new ExchangeException.NotSent(why);
        };
    }

    /** The text of others may quote what was received; that of these says what the network did. */
    private static String described(Throwable cause) {
        return cause instanceof IOException || cause instanceof HttpClosedException
                ? cause.getClass().getSimpleName() + ": " + cause.getMessage()
                : cause.getClass().getSimpleName();
    }

    @Override
    public void close() {
        http.close();
    }
}
