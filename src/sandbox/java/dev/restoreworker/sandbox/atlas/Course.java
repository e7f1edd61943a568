package dev.restoreworker.sandbox.atlas;

import dev.restoreworker.sandbox.atlas.Treatment.Effect;
import dev.restoreworker.sandbox.atlas.Treatment.Point;
import dev.restoreworker.sandbox.atlas.Treatment.Reply;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.function.IntConsumer;

/**
 * The way of a call that was let in: from its reading over its effect to its answer, with whatever
 * goes wrong in between. Runs on the simulator's one event loop, so that effects come one after the
 * other. What was read goes its way to the end, whether or not the caller is still there.
 */
final class Course {
    /** One call on its way. */
    private record Journey(Exchange exchange, Rules.Met met) {
        Treatment treatment() {
            return met.treatment();
        }
    }

    private static final Rules.Met NOTHING = new Rules.Met("", Treatment.NONE, 0);

    private final Vertx vertx;
    private final Duration latency;
    private final Faults faults;
    private final Holds holds;

    Course(Vertx vertx, Duration latency, Faults faults, Holds holds) {
        this.vertx = vertx;
        this.latency = latency;
        this.faults = faults;
        this.holds = holds;
    }

    void begin(Exchange exchange) {
        var met = faults.meet(exchange.facts()).orElse(NOTHING);
        var journey = new Journey(exchange, met);
        if (met != NOTHING) {
            exchange.met(met.rule());
            unsettle(journey);
        }
        pass(journey, Point.READ, () -> haveEffect(journey));
    }

    /** An answer to a call that was not let in: it has the latency, and nothing goes wrong. */
    void answer(HttpServerRequest request, Answer answer, IntConsumer answered) {
        after(
                latency,
                () -> {
                    if (!request.response().closed()) {
                        answered.accept(answer.status());
                        Http.write(request.response(), answer);
                    }
                });
    }

    /** What goes wrong around the call. */
    private void unsettle(Journey journey) {
        var clock = journey.treatment().clock();
        if (clock != null) {
            faults.jump(clock);
        }
        var foreign = journey.treatment().foreign();
        if (foreign != null) {
            if (foreign.at().isPositive()) {
                after(foreign.at(), () -> journey.exchange().makeForeign(foreign));
            } else {
                journey.exchange().makeForeign(foreign);
            }
        }
    }

    private void pass(Journey journey, Point point, Runnable goOn) {
        var hold = journey.treatment().hold();
        if (hold == null || hold.at() != point) {
            goOn.run();
        } else {
            holds.hold(journey.met().rule(), hold, journey.exchange(), goOn);
        }
    }

    private void haveEffect(Journey journey) {
        var exchange = journey.exchange();
        switch (journey.treatment().effect()) {
            case Effect.AtOnce _ -> {
                var own = perform(journey);
                pass(journey, Point.EFFECT, () -> reply(journey, own));
            }
            case Effect.None _ -> {
                exchange.over();
                reply(journey, Answer.empty(500)); // never its own: the reader of rules sees to it
            }
            case Effect.After(var wait) when journey.treatment().reply() instanceof Reply.Own ->
                    after(
                            wait,
                            () -> {
                                var own = perform(journey);
                                pass(journey, Point.EFFECT, () -> reply(journey, own));
                            });
            case Effect.After(var wait) -> {
                after(wait, () -> perform(journey));
                reply(journey, Answer.empty(500));
            }
        }
    }

    private Answer perform(Journey journey) {
        var answer = journey.exchange().perform(journey.treatment().lag());
        journey.exchange().over();
        return answer;
    }

    private void reply(Journey journey, Answer own) {
        var wait = latency.plus(journey.treatment().delay());
        var exchange = journey.exchange();
        switch (journey.treatment().reply()) {
            case Reply.Own _ -> after(wait, () -> write(journey, own));
            case Reply.Canned canned -> after(wait, () -> write(journey, canned.answer()));
            case Reply.Silence _ -> {}
            case Reply.Close _ ->
                    after(
                            wait,
                            () -> {
                                exchange.dropped(); // the books have it before the caller sees it
                                var _ = exchange.request().connection().close();
                            });
            case Reply.Reset _ ->
                    after(
                            wait,
                            () -> {
                                exchange.dropped();
                                Sockets.reset(exchange.request().connection());
                            });
        }
    }

    private void write(Journey journey, Answer answer) {
        var exchange = journey.exchange();
        var response = exchange.request().response();
        if (response.closed()) {
            return; // the books have it as dropped
        }
        exchange.answered(answer.status());
        var treatment = journey.treatment();
        if (treatment == Treatment.NONE) {
            Http.write(response, answer);
            return;
        }
        var spoilt = Spoiling.of(answer, treatment, journey.met().draw());
        new Trickle(vertx, exchange.request(), spoilt, treatment.way()).start();
    }

    private void after(Duration wait, Runnable then) {
        if (wait.isZero()) {
            then.run();
        } else {
            vertx.setTimer(Math.max(1, wait.toMillis()), _ -> then.run());
        }
    }
}
