package dev.restoreworker.sandbox.atlas;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * The simulator's own API under {@value #PREFIX}: reads the books, says what goes wrong, needs no
 * key.
 */
final class ControlHandler implements Handler<HttpServerRequest> {
    static final String PREFIX = "/simulator/";

    private static final int CALLS_DEFAULT = 10_000;
    private static final Pattern RELEASE = Pattern.compile("POST holds/([^/]+)/release");

    private final Books books;
    private final JobControl jobs;
    private final Faults faults;
    private final Holds holds;
    private final Tokens tokens;

    ControlHandler(Books books, JobControl jobs, Faults faults, Holds holds, Tokens tokens) {
        this.books = books;
        this.jobs = jobs;
        this.faults = faults;
        this.holds = holds;
        this.tokens = tokens;
    }

    @Override
    public void handle(HttpServerRequest request) {
        request.body().onSuccess(body -> Http.write(request.response(), answer(request, body)));
    }

    private Answer answer(HttpServerRequest request, Buffer body) {
        try {
            var what = Http.path(request).substring(PREFIX.length());
            return switch (request.method().name() + " " + what) {
                case "GET calls" -> json(calls(request));
                case "GET jobs" -> json(jobs(request));
                case "GET peaks" -> json(BookJson.peaks(books.peaks()));
                case "GET limits" -> json(jobs.limits());
                case "PUT limits" -> json(jobs.limit(body));
                case "POST jobs" -> json(jobs.make(body));
                case "GET summary" -> json(BookJson.summary(books.summary(), faults.left()));
                case "POST reset" -> reset();
                case "GET books" -> json(books());
                case "GET holds" -> json(new JsonObject().put("holds", holds.json()));
                case "GET faults" -> json(faults.json());
                case "PUT faults" -> put(body);
                case "POST faults" -> plan(body);
                case "DELETE faults" -> clearFaults();
                case String call when RELEASE.matcher(call).matches() -> release(call);
                case String call when call.startsWith("POST jobs/") ->
                        Objects.requireNonNullElseGet(jobs.act(what), () -> nothing(request));
                default -> nothing(request);
            };
        } catch (IllegalArgumentException | DecodeException | ClassCastException e) {
            return error(400, String.valueOf(e.getMessage()));
        }
    }

    private JsonObject calls(HttpServerRequest request) {
        var since = number(request, "since", 0);
        var limit = Math.clamp(number(request, "limit", CALLS_DEFAULT), 1, Integer.MAX_VALUE);
        var found = books.callBook().calls(request.getParam("method"), since, limit);
        var results = new JsonArray();
        found.forEach(it -> results.add(BookJson.call(it)));
        return new JsonObject().put("calls", books.summary().calls()).put("results", results);
    }

    private JsonObject jobs(HttpServerRequest request) {
        var found = books.jobBook().jobs(request.getParam("project"), request.getParam("cluster"));
        var now = books.now();
        var results = new JsonArray();
        found.forEach(it -> results.add(BookJson.job(it, now)));
        return new JsonObject().put("jobs", found.size()).put("results", results);
    }

    private Answer reset() {
        books.reset();
        return Answer.empty(204);
    }

    private Answer plan(Buffer body) {
        var plan = FaultJson.parse(new JsonObject(body));
        faults.plan(plan.fault(), plan.times());
        return json(new JsonObject().put("left", faults.left()));
    }

    private Answer put(Buffer body) {
        faults.put(body.toString());
        return json(faults.json());
    }

    private Answer release(String call) {
        var id = RELEASE.matcher(call).replaceFirst("$1");
        return holds.release(id) ? Answer.empty(204) : error(404, "Nothing is held as " + id + ".");
    }

    /** All of it at once: creates and jobs in the order of their beginning. */
    private JsonObject books() {
        var now = books.now();
        var creates = new JsonArray();
        books.calls().stream()
                .filter(it -> it.operation() == Operation.CREATE_JOB)
                .forEach(it -> creates.add(BookJson.create(it)));
        var jobs = new JsonArray();
        books.jobs().forEach(it -> jobs.add(BookJson.job(it, now)));
        return new JsonObject()
                .put("summary", BookJson.summary(books.summary(), faults.left()))
                .put("tokens", tokens.issued())
                .put("creates", creates)
                .put("jobs", jobs)
                .put("targets", books.overlaps().json())
                .put("peaks", BookJson.peaks(books.peaks()));
    }

    private Answer clearFaults() {
        faults.clear();
        return Answer.empty(204);
    }

    private static Answer nothing(HttpServerRequest request) {
        return error(
                404,
                "There is nothing at %s for %s.".formatted(Http.path(request), request.method()));
    }

    private static long number(HttpServerRequest request, String name, long byDefault) {
        var text = request.getParam(name);
        return text == null ? byDefault : Long.parseLong(text);
    }

    static Answer json(JsonObject body) {
        return Answer.of(200, "application/json", body);
    }

    static Answer error(int status, String detail) {
        return Answer.of(status, "application/json", new JsonObject().put("detail", detail));
    }
}
