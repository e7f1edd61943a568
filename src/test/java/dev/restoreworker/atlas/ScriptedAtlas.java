package dev.restoreworker.atlas;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** An Atlas that asks each unsigned call for a signature, and answers signed ones as it is told. */
final class ScriptedAtlas implements AutoCloseable {

    /** A signed call: {@code POST} and its path, say. */
    record Asked(String method, String path) {

        boolean creates() {
            return method.equals("POST");
        }

        boolean isOf(String project) {
            return path.contains("/groups/" + project + "/");
        }
    }

    record Told(int status, Map<String, String> headers, String body) {

        static Told refusal(int status, String code) {
            return new Told(
                    status, Map.of(), code.isEmpty() ? "" : "{\"errorCode\": \"" + code + "\"}");
        }

        static final Told NOTHING = new Told(200, Map.of(), "{\"results\": []}");
        static final Told JOB = new Told(200, Map.of(), "{\"id\": \"65a0f1c2d3e4f5a6b7c8d9e0\"}");
    }

    /** All signed calls, in order. */
    final List<Asked> calls = new CopyOnWriteArrayList<>();

    volatile Function<Asked, Told> answers = asked -> asked.creates() ? Told.JOB : Told.NOTHING;

    private final Vertx vertx = Vertx.vertx();
    private final HttpServer server;
    private final InstantSource clock;

    /** {@code clock} is what its answers are dated by. */
    ScriptedAtlas(InstantSource clock) {
        this.clock = clock;
        server =
                vertx.createHttpServer()
                        .requestHandler(call -> call.body().onSuccess(_ -> answer(call)))
                        .listen(0, "localhost")
                        .toCompletionStage()
                        .toCompletableFuture()
                        .join();
    }

    URI url() {
        return URI.create("http://localhost:" + server.actualPort());
    }

    private void answer(HttpServerRequest call) {
        if (call.getHeader("Authorization") == null) {
            var challenge = "Digest realm=\"MMS\", nonce=\"n\", qop=\"auth\", algorithm=MD5";
            write(call, new Told(401, Map.of("WWW-Authenticate", challenge), ""));
            return;
        }
        var asked = new Asked(call.method().name(), call.uri());
        calls.add(asked);
        write(call, answers.apply(asked));
    }

    private void write(HttpServerRequest call, Told told) {
        told.headers().forEach((name, value) -> call.response().putHeader(name, value));
        call.response()
                .setStatusCode(told.status())
                .putHeader("Date", date(clock.instant()))
                .end(told.body());
    }

    private static String date(Instant instant) {
        return DateTimeFormatter.RFC_1123_DATE_TIME.format(instant.atOffset(ZoneOffset.UTC));
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
