package dev.restoreworker.sandbox.atlas;

import dev.restoreworker.sandbox.atlas.AtlasCall.Arrival;
import dev.restoreworker.sandbox.atlas.DigestVerifier.Verdict;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.Map;
import java.util.Optional;

/**
 * Takes calls of Atlas' API from their first byte on, writes them into the books, and lets in those
 * whose signature is right: how they go on is their {@link Course}.
 */
final class AtlasHandler implements Handler<HttpServerRequest> {
    private static final String UNAUTHORIZED =
            """
            {
              "error" : 401,
              "reason" : "Unauthorized",
              "detail" : "You are not authorized for this resource.",
              "errorCode" : "UNEXPECTED_ERROR"
            }\
            """;

    private final DigestVerifier digest;
    private final AtlasCall.Atlas atlas;
    private final CallBook calls;
    private final Origins origins;
    private final Readings readings;
    private final Course course;

    AtlasHandler(
            DigestVerifier digest,
            AtlasCall.Atlas atlas,
            Origins origins,
            Readings readings,
            Course course) {
        this.digest = digest;
        this.atlas = atlas;
        this.calls = atlas.books().callBook();
        this.origins = origins;
        this.readings = readings;
        this.course = course;
    }

    @Override
    public void handle(HttpServerRequest request) {
        var arrival = arrived(request);
        var line = arrival.line();
        request.response().closeHandler(_ -> calls.dropped(line));
        readings.begin(
                line,
                () -> {
                    calls.dropped(line);
                    Sockets.reset(request.connection());
                });
        request.body()
                .onComplete(_ -> readings.end(line))
                .onSuccess(body -> proceed(arrival, body))
                .onFailure(_ -> calls.dropped(line)); // it broke off before its end
    }

    private Arrival arrived(HttpServerRequest request) {
        var method = request.method().name();
        var route = Route.of(Http.path(request));
        var operation = route.map(it -> it.operation(method)).orElse(Operation.OTHER);
        var line =
                calls.arrived(
                        atlas.books().now(),
                        method,
                        Http.path(request),
                        Optional.ofNullable(request.query()).orElse(""),
                        operation,
                        origins.of(request.connection()));
        return new Arrival(request, route.orElse(null), operation, line);
    }

    private void proceed(Arrival arrival, Buffer body) {
        var request = arrival.request();
        var authorization = request.getHeader("Authorization");
        switch (digest.verify(request.method().name(), request.uri(), authorization)) {
            case Verdict.Refused(var refusal) -> {
                calls.challenged(arrival.line(), refusal);
                course.answer(request, challenge(refusal), status -> answered(arrival, status));
            }
            case Verdict.Accepted(var key) -> {
                var call = AtlasCall.letIn(atlas, arrival, body, key);
                request.response().closeHandler(_ -> call.dropped());
                course.begin(call);
            }
        }
    }

    private void answered(Arrival arrival, int status) {
        calls.answered(arrival.line(), status);
    }

    private Answer challenge(DigestVerifier.Refusal refusal) {
        var headers =
                Map.of(
                        "Content-Type",
                        "application/json",
                        "WWW-Authenticate",
                        digest.challenge(refusal));
        return new Answer(401, headers, Buffer.buffer(UNAUTHORIZED), null);
    }
}
