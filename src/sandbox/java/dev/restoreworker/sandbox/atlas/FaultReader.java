package dev.restoreworker.sandbox.atlas;

import dev.restoreworker.sandbox.atlas.Treatment.Effect;
import dev.restoreworker.sandbox.atlas.Treatment.Reply;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.Set;

/** Reads a document of faults; {@link AtlasSimulator} says where its form is described. */
final class FaultReader {
    private static final Map<String, Operation> CALLS =
            Map.of(
                    "create", Operation.CREATE_JOB,
                    "list", Operation.LIST_JOBS,
                    "one", Operation.GET_JOB,
                    "cancel", Operation.CANCEL_JOB,
                    "snapshot", Operation.GET_SNAPSHOT,
                    "snapshots", Operation.LIST_SNAPSHOTS,
                    "token", Operation.TOKEN);

    private static final Set<Operation> WITH_JOBS =
            Set.of(Operation.CREATE_JOB, Operation.LIST_JOBS, Operation.GET_JOB);

    private final Duration readWithin;

    /** {@code readWithin} is for a document that does not say. */
    FaultReader(Duration readWithin) {
        this.readWithin = readWithin;
    }

    /** Throws {@link IllegalArgumentException} that says what is wrong, and where. */
    FaultDocument read(String text) {
        var json = json(text);
        var fields = new Fields("", json, Set.of("seed", "rules", "clock", "readWithin"));
        var rules = new ArrayList<Rule>();
        for (var rule : fields.objects("rules", Set.of("name", "when", "then"))) {
            rules.add(rule(rule, "rule " + (rules.size() + 1)));
        }
        var clock = ThenReader.skew(fields);
        return new FaultDocument(
                fields.longNumber("seed", 0, Long.MIN_VALUE, Long.MAX_VALUE),
                rules,
                clock == null ? Skew.NONE : clock,
                fields.duration("readWithin", readWithin, Duration.ofMillis(1)),
                json);
    }

    private static JsonObject json(String text) {
        try {
            return new JsonObject(text);
        } catch (DecodeException | ClassCastException e) {
            throw new IllegalArgumentException("The document must be a JSON object", e);
        }
    }

    private static Rule rule(Fields fields, String name) {
        var condition = condition(fields);
        var treatment = new ThenReader(required(fields, "then", ThenReader.NAMES)).treatment();
        refuseWhatNeverHappens(fields, condition, treatment);
        return new Rule(fields.text("name", name), condition, treatment);
    }

    private static Condition condition(Fields fields) {
        var known =
                Set.of(
                        "call",
                        "project",
                        "cluster",
                        "targetProject",
                        "target",
                        "snapshot",
                        "nth",
                        "every",
                        "probability",
                        "times",
                        "until");
        var given = fields.object("when", known);
        var when = given == null ? new Fields("", new JsonObject(), known) : given;
        return new Condition(
                Set.copyOf(when.choices("call", CALLS)),
                when.text("project"),
                when.text("cluster"),
                when.text("targetProject"),
                when.text("target"),
                when.text("snapshot"),
                when.number("nth", 0, 1, Integer.MAX_VALUE),
                when.number("every", 1, 1, Integer.MAX_VALUE),
                when.probability("probability"),
                when.number("times", Integer.MAX_VALUE, 1, Integer.MAX_VALUE),
                when.instant("until"));
    }

    private static void refuseWhatNeverHappens(Fields rule, Condition when, Treatment then) {
        if (then.effect() instanceof Effect.None && then.reply() instanceof Reply.Own) {
            throw rule.wrong("then.effect", "none leaves nothing to answer: say then.reply");
        }
        if (then.foreign() != null) {
            requireCalls(rule, when, "foreign", Set.of(Operation.CREATE_JOB));
        }
        if (!then.lag().isZero()) {
            requireCalls(rule, when, "lag", Set.of(Operation.LIST_JOBS));
        }
        if (!then.without().isEmpty()) {
            requireCalls(rule, when, "without", WITH_JOBS);
        }
        var late = then.effect() instanceof Effect.After && !(then.reply() instanceof Reply.Own);
        var noEffect = then.effect() instanceof Effect.None || late;
        if (then.hold() != null && then.hold().at() == Treatment.Point.EFFECT && noEffect) {
            throw rule.wrong("then.hold.at", "effect needs an effect that the answer waits for");
        }
    }

    private static void requireCalls(
            Fields rule, Condition when, String name, Set<Operation> possible) {
        if (when.calls().isEmpty() || !possible.containsAll(when.calls())) {
            var names =
                    CALLS.entrySet().stream()
                            .filter(it -> possible.contains(it.getValue()))
                            .map(Map.Entry::getKey)
                            .sorted()
                            .toList();
            throw rule.wrong("then." + name, "needs a when.call of " + names + " alone");
        }
    }

    private static Fields required(Fields fields, String name, Set<String> known) {
        var object = fields.object(name, known);
        if (object == null) {
            throw fields.wrong(name, "is missing");
        }
        return object;
    }
}
