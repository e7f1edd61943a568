package dev.restoreworker.sandbox.atlas;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
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
                .put("ending", call.ending().name());
    }

    static JsonObject job(RestoreJob job, Instant now) {
        var order = job.order();
        return new JsonObject()
                .put("id", job.id())
                .put("project", job.project())
                .put("cluster", job.cluster())
                .put("deliveryType", order.delivery().wireName())
                .put("snapshotId", order.snapshotId())
                .put("targetProject", order.targetProject())
                .put("targetCluster", order.targetCluster())
                .put("oplogTs", order.oplogTs())
                .put("oplogInc", order.oplogInc())
                .put("pointInTimeUTCSeconds", order.pointInTimeUtcSeconds())
                .put("createdAt", job.createdAt().toString())
                .put("doneAt", job.doneAt().toString())
                .put("expiresAt", expiresAt(job))
                .put("state", job.stateAt(now).name());
    }

    static JsonObject summary(Summary summary, long faultsLeft) {
        var authenticated = new JsonObject();
        for (var operation : Operation.values()) {
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

    private static @Nullable String expiresAt(RestoreJob job) {
        return job.delivery() == Delivery.DOWNLOAD ? job.expiresAt().toString() : null;
    }
}
