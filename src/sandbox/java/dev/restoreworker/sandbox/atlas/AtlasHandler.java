package dev.restoreworker.sandbox.atlas;

import static java.lang.System.Logger.Level.ERROR;

import dev.restoreworker.sandbox.atlas.DigestVerifier.Verdict;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Takes calls of Atlas' API from their first byte to their answer, and writes each step into the
 * books. The effect of a call comes as soon as it was read whole; only its answer has the latency.
 * Runs on one event loop, so that calls have their effects one after the other.
 */
final class AtlasHandler implements Handler<HttpServerRequest> {
    private static final System.Logger LOG = System.getLogger(AtlasHandler.class.getName());

    private static final String UNAUTHORIZED =
            """
            {
              "error" : 401,
              "reason" : "Unauthorized",
              "detail" : "You are not authorized for this resource.",
              "errorCode" : "UNEXPECTED_ERROR"
            }\
            """;

    /** A call on its way; its route is null when the path names nothing that is simulated. */
    private record Exchange(
            HttpServerRequest request,
            @Nullable Route route,
            Operation operation,
            CallBook.Line line,
            Buffer body) {}

    private final Vertx vertx;
    private final Duration latency;
    private final DigestVerifier digest;
    private final RestoreApi api;
    private final CallBook calls;
    private final Faults faults;
    private final RateBuckets rates;
    private final Books books;

    AtlasHandler(
            Vertx vertx,
            Duration latency,
            DigestVerifier digest,
            RestoreApi api,
            Books books,
            Faults faults,
            RateBuckets rates) {
        this.vertx = vertx;
        this.latency = latency;
        this.digest = digest;
        this.api = api;
        this.books = books;
        this.calls = books.callBook();
        this.faults = faults;
        this.rates = rates;
    }

    @Override
    public void handle(HttpServerRequest request) {
        var method = request.method().name();
        var route = Route.of(Http.path(request));
        var operation = route.map(it -> it.operation(method)).orElse(Operation.OTHER);
        var query = Optional.ofNullable(request.query()).orElse("");
        var line = calls.arrived(books.now(), method, Http.path(request), query, operation);
        request.response().closeHandler(_ -> calls.dropped(line));
        request.body()
                .onSuccess(
                        body ->
                                proceed(
                                        new Exchange(
                                                request,
                                                route.orElse(null),
                                                operation,
                                                line,
                                                body)))
                .onFailure(_ -> calls.dropped(line)); // it broke off before its end
    }

    private void proceed(Exchange exchange) {
        var request = exchange.request();
        var authorization = request.getHeader("Authorization");
        switch (digest.verify(request.method().name(), request.uri(), authorization)) {
            case Verdict.Refused(var refusal) -> {
                calls.challenged(exchange.line(), refusal);
                send(exchange, challenge(refusal));
            }
            case Verdict.Accepted _ -> {
                calls.authenticated(exchange.line());
                meetFault(exchange);
            }
        }
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

    private void meetFault(Exchange exchange) {
        var fault =
                exchange.operation() == Operation.CREATE_JOB ? faults.next().orElse(null) : null;
        switch (fault) {
            case null -> send(exchange, perform(exchange));
            case Fault.DropAfterRead _ -> drop(exchange);
            case Fault.DropAfterEffect _ -> {
                perform(exchange);
                drop(exchange);
            }
            case Fault.NoAnswer _ -> perform(exchange);
            case Fault.CannedAnswer(var status, var headers, var body) ->
                    send(exchange, new Answer(status, headers, Buffer.buffer(body), null));
            case Fault.CannedAnswerAfterEffect(var status, var headers, var body) -> {
                perform(exchange);
                send(exchange, new Answer(status, headers, Buffer.buffer(body), null));
            }
        }
    }

    /** The effect of the call. */
    private Answer perform(Exchange exchange) {
        var answer = answer(exchange);
        if (answer.jobId() != null) {
            calls.made(exchange.line(), answer.jobId());
        }
        return answer;
    }

    private Answer answer(Exchange exchange) {
        var request = exchange.request();
        var route = exchange.route();
        if (route == null) {
            return ApiError.resourceNotFound(Http.path(request)).answer();
        }
        try {
            var answer =
                    api.answer(
                            new RestoreApi.Call(
                                    route,
                                    exchange.operation(),
                                    "http://" + request.authority(),
                                    request.headers(),
                                    request.params(),
                                    exchange.body()));
            return answer.with("Ratelimit-Limit", String.valueOf(RateBuckets.CAPACITY))
                    .with("Ratelimit-Remaining", String.valueOf(rates.take(route.group())));
        } catch (RuntimeException e) {
            LOG.log(ERROR, "A call could not be answered and gets a 500: " + route.path(), e);
            return ApiError.unexpected().answer();
        }
    }

    /** The books have it first: a caller that sees the end of its connection may read them. */
    private void drop(Exchange exchange) {
        calls.dropped(exchange.line());
        exchange.request().connection().close();
    }

    private void send(Exchange exchange, Answer answer) {
        if (latency.isZero()) {
            write(exchange, answer);
        } else {
            vertx.setTimer(Math.max(1, latency.toMillis()), _ -> write(exchange, answer));
        }
    }

    private void write(Exchange exchange, Answer answer) {
        var response = exchange.request().response();
        if (response.closed()) {
            return; // the books have it as dropped
        }
        calls.answered(exchange.line(), answer.status());
        Http.write(response, answer);
    }
}
