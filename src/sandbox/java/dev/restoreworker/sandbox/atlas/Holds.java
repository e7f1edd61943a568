package dev.restoreworker.sandbox.atlas;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The calls that a rule holds, in the order in which they came to it. Each goes on when it is
 * released, or when its time is over, and goes on as if nothing had been; that its caller has gone
 * by then changes nothing.
 */
public final class Holds {
    private record Waiting(
            String id,
            String rule,
            Treatment.Hold hold,
            Instant since,
            Exchange exchange,
            Runnable goOn) {
        Held held() {
            var facts = exchange.facts();
            return new Held(
                    id,
                    rule,
                    hold.at() == Treatment.Point.EFFECT,
                    since,
                    facts.operation(),
                    facts.target(),
                    facts.snapshot(),
                    !exchange.request().response().closed());
        }

        JsonObject json() {
            return new JsonObject()
                    .put("id", id)
                    .put("rule", rule)
                    .put("at", hold.at() == Treatment.Point.EFFECT ? "effect" : "read")
                    .put("since", since.toString())
                    .put("atMost", hold.atMost().toString())
                    .put("connected", !exchange.request().response().closed())
                    .put("call", exchange.json());
        }
    }

    private final Vertx vertx;
    private final InstantSource clock;
    private final Map<String, Waiting> waiting = new LinkedHashMap<>();
    private long last;

    Holds(Vertx vertx, InstantSource clock) {
        this.vertx = vertx;
        this.clock = clock;
    }

    /** What is held now, in the order of arrival. */
    public synchronized List<Held> held() {
        return waiting.values().stream().map(Waiting::held).toList();
    }

    /** Lets a call go on, once; false if no such call is held any more. */
    public boolean release(String id) {
        var released = take(id);
        if (released == null) {
            return false;
        }
        // From any thread: the call goes on where all calls do.
        vertx.runOnContext(_ -> released.goOn().run());
        return true;
    }

    void hold(String rule, Treatment.Hold hold, Exchange exchange, Runnable goOn) {
        var id = add(rule, hold, exchange, goOn);
        vertx.setTimer(hold.atMost().toMillis(), _ -> release(id));
    }

    synchronized JsonArray json() {
        var json = new JsonArray();
        waiting.values().forEach(it -> json.add(it.json()));
        return json;
    }

    private synchronized String add(
            String rule, Treatment.Hold hold, Exchange exchange, Runnable goOn) {
        last++;
        var id = "hold-" + last;
        waiting.put(id, new Waiting(id, rule, hold, clock.instant(), exchange, goOn));
        return id;
    }

    private synchronized @Nullable Waiting take(String id) {
        return waiting.remove(id);
    }
}
