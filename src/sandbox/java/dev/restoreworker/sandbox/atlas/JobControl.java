package dev.restoreworker.sandbox.atlas;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.HashSet;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The part of the control API that changes jobs and their limits. */
final class JobControl {
    private static final Pattern ACT = Pattern.compile("jobs/([^/]+)/([a-z]+)");

    private final JobBook jobs;
    private final ByHand byHand;

    JobControl(JobBook jobs, ByHand byHand) {
        this.jobs = jobs;
        this.byHand = byHand;
    }

    JsonObject limits() {
        var limits = jobs.limits();
        return new JsonObject()
                .put("enforced", limits.enforced())
                .put("downloadsPerProject", limits.downloadsPerProject());
    }

    /** What is not named stays as it is. */
    JsonObject limit(Buffer body) {
        var known = Set.of("enforced", "downloadsPerProject");
        var fields = new Fields("", new JsonObject(body), known);
        var before = jobs.limits();
        jobs.limit(
                new Limits(
                        fields.has("enforced") ? fields.flag("enforced") : before.enforced(),
                        fields.number(
                                "downloadsPerProject",
                                before.downloadsPerProject(),
                                0,
                                Integer.MAX_VALUE)));
        return limits();
    }

    /** Throws {@link IllegalArgumentException} for a job that Atlas would not understand. */
    JsonObject make(Buffer body) {
        var json = new JsonObject(body);
        var known = new HashSet<>(CreateBody.ATTRIBUTES);
        known.addAll(Set.of("project", "cluster", "at"));
        var fields = new Fields("", json, known);
        var project = required(fields, "project");
        var cluster = required(fields, "cluster");
        var at = fields.duration("at", Duration.ZERO, Fields.LONGEST.negated());
        if (at.isPositive()) {
            throw fields.wrong("at", "must not be in the future");
        }
        var order = json.copy();
        Set.of("project", "cluster", "at").forEach(order::remove);
        try {
            World.requireCluster(project, cluster);
            var wish = CreateBody.parse(order.toBuffer(), cluster);
            var createdAt = jobs.now().plus(at);
            return written(jobs.makeByHand(project, cluster, wish.orThrow(), createdAt));
        } catch (ApiError refused) {
            throw new IllegalArgumentException(refused.getMessage(), refused);
        }
    }

    /** {@code what} is {@code jobs/ID/ACT}; null if it is not, or there is no such act. */
    @Nullable Answer act(String what) {
        var act = ACT.matcher(what);
        if (!act.matches()) {
            return null;
        }
        var id = act.group(1);
        try {
            return switch (act.group(2)) {
                case "fetch" -> done(byHand.fetch(id));
                case "interrupt" -> done(byHand.interrupt(id));
                case "fail" -> done(byHand.fail(id));
                case "cancel" -> done(byHand.cancel(id));
                default -> null;
            };
        } catch (NoSuchElementException unknown) {
            return ControlHandler.error(404, String.valueOf(unknown.getMessage()));
        } catch (IllegalStateException notNow) {
            return ControlHandler.error(409, String.valueOf(notNow.getMessage()));
        }
    }

    private Answer done(RestoreJob job) {
        return ControlHandler.json(written(job));
    }

    private JsonObject written(RestoreJob job) {
        return BookJson.job(job, jobs.now());
    }

    private static String required(Fields fields, String name) {
        var text = fields.text(name);
        if (text == null) {
            throw fields.wrong(name, "is missing");
        }
        return text;
    }
}
