package dev.restoreworker.sandbox.atlas;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The books as the control API writes them. Delivery URLs are left out: they are secrets. */
final class BookJson {
    private BookJson() {}

    static JsonObject call(RecordedCall call) {
        return new JsonObject()
                .put("number", call.number())
                .put("at", call.at().toString())
                .put("method", call.method())
                .put("path", call.path())
                .put("query", call.query())
                .put("operation", call.operation().name())
                .put("access", call.access().name())
                .put("status", call.status() == 0 ? null : call.status())
                .put("jobId", call.jobId())
                .put("ending", call.ending().name())
                .put("fault", call.fault())
                .put("key", call.key())
                .put("connection", call.origin().connection())
                .put("caller", call.origin().address());
    }

    /** A create call, with what it asked for. */
    static JsonObject create(RecordedCall call) {
        var order = call.order();
        return order == null ? call(call) : put(call(call), order);
    }

    private static JsonObject put(JsonObject json, JobOrder order) {
        return json.put("deliveryType", order.delivery().wireName())
                .put("snapshotId", order.snapshotId())
                .put("targetProject", order.targetProject())
                .put("targetCluster", order.targetCluster())
                .put("oplogTs", order.oplogTs())
                .put("oplogInc", order.oplogInc())
                .put("pointInTimeUTCSeconds", order.pointInTimeUtcSeconds());
    }

    static JsonObject job(RestoreJob job, Instant now) {
        var json =
                new JsonObject()
                        .put("id", job.id())
                        .put("project", job.project())
                        .put("cluster", job.cluster());
        return put(json, job.order())
                .put("byHand", !job.byCall())
                .put("call", job.byCall() ? job.call() : null)
                .put("createdAt", job.createdAt().toString())
                .put("doneAt", job.doneAt().toString())
                .put("expiresAt", expiresAt(job))
                .put("overAt", job.overAt().toString())
                .put("state", job.stateAt(now).name());
    }

    static JsonObject summary(Summary summary, long faultsLeft) {
        var authenticated = new JsonObject();
        for (var operation : EnumSet.complementOf(EnumSet.of(Operation.TOKEN))) {
            authenticated.put(operation.name(), summary.authenticated(operation));
        }
        return new JsonObject()
                .put("calls", summary.calls())
                .put("creates", summary.creates())
                .put("authenticated", authenticated)
                .put("challenges", summary.challenges())
                .put("staleChallenges", summary.staleChallenges())
                .put("replays", summary.replays())
                .put("nonces", summary.nonces())
                .put("jobs", summary.jobs())
                .put("answered", summary.answered())
                .put("dropped", summary.dropped())
                .put("faultsLeft", faultsLeft);
    }

    static JsonObject peaks(Peaks peaks) {
        return new JsonObject()
                .put("projects", peaks(peaks.projects()))
                .put("snapshots", peaks(peaks.snapshots()))
                .put("targets", peaks(peaks.targets()));
    }

    private static JsonObject peaks(Map<String, Peaks.Peak> peaks) {
        var json = new JsonObject();
        peaks.forEach(
                (key, peak) ->
                        json.put(
                                key,
                                new JsonObject()
                                        .put("all", peak.all())
                                        .put("byCalls", peak.byCalls())));
        return json;
    }

    private static @Nullable String expiresAt(RestoreJob job) {
        return job.delivery() == Delivery.DOWNLOAD ? job.expiresAt().toString() : null;
    }
}
