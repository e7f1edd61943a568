package dev.restoreworker.sandbox.atlas;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A call of Atlas' API that was let in; each step of it goes into the books. */
final class AtlasCall implements Exchange {
    private static final System.Logger LOG = System.getLogger(AtlasCall.class.getName());

    /** What all calls share. */
    record Atlas(RestoreApi api, Books books, RateBuckets rates) {}

    /** A call as it arrived; its route is null when the path names nothing that is simulated. */
    record Arrival(
            HttpServerRequest request,
            @Nullable Route route,
            Operation operation,
            CallBook.Line line) {}

    private final Atlas atlas;
    private final Arrival arrival;
    private final Buffer body;
    private final CreateBody.@Nullable Wish wish;
    private final Facts facts;
    private final Overlaps.@Nullable Tally overlap;
    private boolean effectOver;
    private boolean gone;

    private AtlasCall(
            Atlas atlas,
            Arrival arrival,
            Buffer body,
            CreateBody.@Nullable Wish wish,
            @Nullable JobOrder order) {
        this.atlas = atlas;
        this.arrival = arrival;
        this.body = body;
        this.wish = wish;
        facts = Facts.of(arrival.operation(), arrival.route(), order);
        overlap =
                order == null
                        ? null
                        : order.target().map(atlas.books().overlaps()::begun).orElse(null);
    }

    /** Writes the call down as one that was let in. */
    static AtlasCall letIn(Atlas atlas, Arrival arrival, Buffer body, String key) {
        var route = arrival.route();
        var wish =
                route != null && arrival.operation() == Operation.CREATE_JOB
                        ? CreateBody.parse(body, route.cluster())
                        : null;
        var order = wish == null ? null : wish.orderOrNull();
        atlas.books().callBook().authenticated(arrival.line(), key, order);
        return new AtlasCall(atlas, arrival, body, wish, order);
    }

    @Override
    public HttpServerRequest request() {
        return arrival.request();
    }

    @Override
    public Facts facts() {
        return facts;
    }

    @Override
    public JsonObject json() {
        return BookJson.create(atlas.books().callBook().read(arrival.line()));
    }

    @Override
    public void met(String rule) {
        atlas.books().callBook().met(arrival.line(), rule);
    }

    @Override
    public Answer perform(Duration lag) {
        var answer = answer(lag);
        if (answer.jobId() != null) {
            atlas.books().callBook().made(arrival.line(), answer.jobId());
        }
        return answer;
    }

    private Answer answer(Duration lag) {
        var request = arrival.request();
        var route = arrival.route();
        if (route == null) {
            return ApiError.resourceNotFound(Http.path(request)).answer();
        }
        try {
            var call =
                    new RestoreApi.Call(
                            route,
                            arrival.operation(),
                            "http://" + request.authority(),
                            request.headers(),
                            request.params(),
                            wish,
                            arrival.line().number(),
                            lag);
            return atlas.api()
                    .answer(call)
                    .with("Ratelimit-Limit", String.valueOf(RateBuckets.CAPACITY))
                    .with("Ratelimit-Remaining", String.valueOf(atlas.rates().take(route.group())));
        } catch (RuntimeException e) {
            LOG.log(ERROR, "A call could not be answered and gets a 500: " + route.path(), e);
            return ApiError.unexpected().answer();
        }
    }

    @Override
    public void makeForeign(Treatment.Foreign foreign) {
        var route = arrival.route();
        if (route == null || wish == null || wish.orderOrNull() == null) {
            return; // nobody restores what Atlas would not understand
        }
        var other = new JsonObject(body);
        for (var difference : foreign.differs()) {
            if (difference.value() == null) {
                other.remove(difference.field());
            } else {
                other.put(difference.field(), difference.value());
            }
        }
        var jobs = atlas.books().jobBook();
        var at = foreign.at().isNegative() ? jobs.now().plus(foreign.at()) : jobs.now();
        switch (CreateBody.parse(other.toBuffer(), route.cluster())) {
            case CreateBody.Wish.Valid(var order) ->
                    jobs.makeByHand(route.group(), route.cluster(), order, at);
            case CreateBody.Wish.Invalid(var refusal) ->
                    LOG.log(WARNING, "A foreign job is not made: " + refusal.getMessage());
        }
    }

    @Override
    public void answered(int status) {
        atlas.books().callBook().answered(arrival.line(), status);
        gone();
    }

    @Override
    public void dropped() {
        atlas.books().callBook().dropped(arrival.line());
        gone();
    }

    @Override
    public void over() {
        if (!effectOver) {
            effectOver = true;
            endOverlap();
        }
    }

    private void gone() {
        if (!gone) {
            gone = true;
            endOverlap();
        }
    }

    private void endOverlap() {
        if (overlap != null && effectOver && gone) {
            atlas.books().overlaps().ended(overlap);
        }
    }
}
