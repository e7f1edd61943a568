package dev.restoreworker.sandbox.atlas;

import dev.restoreworker.sandbox.atlas.Treatment.Difference;
import dev.restoreworker.sandbox.atlas.Treatment.Drip;
import dev.restoreworker.sandbox.atlas.Treatment.Effect;
import dev.restoreworker.sandbox.atlas.Treatment.Foreign;
import dev.restoreworker.sandbox.atlas.Treatment.Hold;
import dev.restoreworker.sandbox.atlas.Treatment.Point;
import dev.restoreworker.sandbox.atlas.Treatment.Reply;
import dev.restoreworker.sandbox.atlas.Treatment.Way;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what a rule does with a call that meets it. */
final class ThenReader {
    static final Set<String> NAMES =
            Set.of(
                    "clock",
                    "foreign",
                    "hold",
                    "effect",
                    "reply",
                    "delay",
                    "lag",
                    "without",
                    "garble",
                    "cutAfter",
                    "drip");

    private static final Duration A_MOMENT = Duration.ofMillis(1);
    private static final Duration HELD_BY_DEFAULT = Duration.ofMinutes(1);

    private final Fields then;

    ThenReader(Fields then) {
        this.then = then;
    }

    Treatment treatment() {
        return new Treatment(
                skew(then),
                foreign(),
                hold(),
                effect(),
                reply(),
                then.duration("delay", Duration.ZERO, Duration.ZERO),
                then.duration("lag", Duration.ZERO, Duration.ZERO),
                Set.copyOf(then.texts("without")),
                new Way(
                        then.flag("garble"),
                        then.number("cutAfter", -1, 0, Integer.MAX_VALUE),
                        drip()));
    }

    static @Nullable Skew skew(Fields around) {
        var clock = around.object("clock", Set.of("date", "ids"));
        if (clock == null) {
            return null;
        }
        var furthestBehind = Fields.LONGEST.negated();
        return new Skew(
                clock.duration("date", Duration.ZERO, furthestBehind),
                clock.duration("ids", Duration.ZERO, furthestBehind));
    }

    private @Nullable Foreign foreign() {
        var foreign = then.object("foreign", Set.of("at", "differs"));
        if (foreign == null) {
            return null;
        }
        var differences = new ArrayList<Difference>();
        var differs = foreign.object("differs", CreateBody.ATTRIBUTES);
        if (differs != null) {
            differs.entries()
                    .forEach(it -> differences.add(new Difference(it.getKey(), it.getValue())));
        }
        return new Foreign(
                foreign.duration("at", Duration.ZERO, Fields.LONGEST.negated()), differences);
    }

    private @Nullable Hold hold() {
        var hold = then.object("hold", Set.of("at", "atMost"));
        if (hold == null) {
            return null;
        }
        var at = hold.choice("at", Map.of("read", Point.READ, "effect", Point.EFFECT));
        if (at == null) {
            throw hold.wrong("at", "is missing");
        }
        return new Hold(at, hold.duration("atMost", HELD_BY_DEFAULT, A_MOMENT));
    }

    private Effect effect() {
        if (then.value("effect") instanceof JsonObject) {
            var late = then.object("effect", Set.of("after"));
            if (late == null || !late.has("after")) {
                throw then.wrong("effect.after", "is missing");
            }
            return new Effect.After(late.duration("after", Duration.ZERO, A_MOMENT));
        }
        var effect =
                then.choice(
                        "effect",
                        Map.<String, Effect>of(
                                "at-once", new Effect.AtOnce(), "none", new Effect.None()));
        return effect == null ? new Effect.AtOnce() : effect;
    }

    private @Nullable Drip drip() {
        var drip = then.object("drip", Set.of("bytes", "every"));
        if (drip == null) {
            return null;
        }
        return new Drip(
                drip.number("bytes", 1, 1, Integer.MAX_VALUE),
                drip.duration("every", Duration.ofMillis(100), A_MOMENT));
    }

    private Reply reply() {
        if (then.value("reply") instanceof JsonObject) {
            var reply = then.object("reply", Set.of("status", "headers", "body", "errorCode"));
            if (reply != null) {
                return canned(reply);
            }
        }
        var reply =
                then.choice(
                        "reply",
                        Map.<String, Reply>of(
                                "own", new Reply.Own(),
                                "reset", new Reply.Reset(),
                                "close", new Reply.Close(),
                                "silence", new Reply.Silence()));
        return reply == null ? new Reply.Own() : reply;
    }

    private static Reply canned(Fields reply) {
        if (!reply.has("status")) {
            throw reply.wrong("status", "is missing");
        }
        var status = reply.number("status", 0, 200, 599);
        if (reply.has("errorCode") && reply.has("body")) {
            throw reply.wrong("errorCode", "makes a body, and there is one");
        }
        var body = reply.has("errorCode") ? error(status, reply) : reply.value("body");
        var headers = new LinkedHashMap<String, String>();
        var type = contentType(body);
        if (type != null) {
            headers.put("Content-Type", type);
        }
        if (reply.value("headers") instanceof JsonObject given) {
            for (var header : given) {
                requireHeader(reply, header.getKey(), String.valueOf(header.getValue()));
                headers.keySet().removeIf(header.getKey()::equalsIgnoreCase);
                headers.put(header.getKey(), String.valueOf(header.getValue()));
            }
        } else if (reply.has("headers")) {
            throw reply.wrong("headers", "must be an object");
        }
        return new Reply.Canned(status, headers, body == null ? "" : String.valueOf(body));
    }

    private static void requireHeader(Fields reply, String name, String value) {
        if (!name.matches("[A-Za-z0-9-]+") || value.matches("(?s).*\\p{Cntrl}.*")) {
            throw reply.wrong("headers." + name, "is not a header");
        }
    }

    /** As Atlas writes one. */
    private static JsonObject error(int status, Fields reply) {
        var code = reply.value("errorCode");
        if (code != null && !(code instanceof String)) {
            throw reply.wrong("errorCode", "must be a text or null");
        }
        return new JsonObject()
                .put("detail", "A fault that was asked for.")
                .put("error", status)
                .put("errorCode", code)
                .put("parameters", new JsonArray())
                .put("reason", HttpResponseStatus.valueOf(status).reasonPhrase());
    }

    private static @Nullable String contentType(@Nullable Object body) {
        return switch (body) {
            case null -> null;
            case String text when text.isEmpty() -> null;
            case String text -> text.startsWith("<") ? "text/html" : "text/plain";
            default -> "application/json";
        };
    }
}
