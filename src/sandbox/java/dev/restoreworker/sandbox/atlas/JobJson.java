package dev.restoreworker.sandbox.atlas;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Jobs as Atlas writes them. The fields are those of answers that were recorded; of the parts that
 * never were (point in time, expired, fetched, cancelled, all of v1.0) those that the documentation
 * names.
 */
final class JobJson {
    private static final String REL = "https://cloud.mongodb.com/";

    /** Their link was there. Atlas does not say so of those that were cancelled. */
    private static final Set<JobState> ONCE_READY =
            Set.of(JobState.READY, JobState.INTERRUPTED, JobState.FETCHED, JobState.EXPIRED);

    /** A download that failed was recorded as cancelled, too. */
    private static final Set<JobState> WITHDRAWN = Set.of(JobState.CANCELLED, JobState.FAILED);

    private final String base;
    private final Route route;
    private final Instant now;

    /** {@code base} is what the links begin with: scheme, host and port. */
    JobJson(String base, Route route, Instant now) {
        this.base = base;
        this.route = route;
        this.now = now;
    }

    JsonObject job(RestoreJob job) {
        var order = job.order();
        var state = job.stateAt(now);
        var json = new JsonObject().put("cancelled", WITHDRAWN.contains(state));
        if (route.version() == ApiVersion.V1) {
            json.put("createdAt", second(job.createdAt()));
        }
        json.put("deliveryType", order.delivery().wireName())
                .put("deliveryUrl", deliveryUrl(job, state))
                .put("desiredTimestamp", desiredTimestamp(order))
                .put("expired", state == JobState.EXPIRED);
        if (ONCE_READY.contains(state)) {
            json.put("expiresAt", second(job.expiresAt()));
        }
        json.put("failed", state == JobState.FAILED);
        if (state == JobState.FINISHED || state == JobState.FAILED) {
            json.put("finishedAt", second(job.overAt()));
        }
        json.put("id", job.id()).put("links", links(job));
        putIfAny(json, "oplogInc", order.oplogInc());
        putIfAny(json, "oplogTs", order.oplogTs());
        putIfAny(json, "pointInTimeUTCSeconds", order.pointInTimeUtcSeconds());
        putIfAny(json, "snapshotId", order.snapshotId());
        if (order.targetCluster() != null) {
            json.put("targetClusterName", order.targetCluster())
                    .put("targetDeploymentItemName", deploymentItem(order))
                    .put("targetGroupId", order.targetProject());
        }
        return json.put("timestamp", timestamp(order));
    }

    JsonObject list(JobBook.Page page, Paging paging) {
        var results = new JsonArray();
        page.jobs().forEach(it -> results.add(job(it)));
        return list(results, page.total(), paging);
    }

    JsonObject list(JsonArray results, int total, Paging paging) {
        var links = new JsonArray().add(link(route.path() + paging.query(), "self"));
        if (paging.pageNum() > 1) {
            links.add(link(route.path() + paging.at(paging.pageNum() - 1).query(), "previous"));
        }
        if ((long) paging.pageNum() * paging.itemsPerPage() < total) {
            links.add(link(route.path() + paging.at(paging.pageNum() + 1).query(), "next"));
        }
        var json = new JsonObject().put("links", links).put("results", results);
        return paging.includeCount() ? json.put("totalCount", total) : json;
    }

    JsonObject link(String path, String rel) {
        return new JsonObject().put("href", base + path).put("rel", rel);
    }

    /** The second that the first eight digits of an id name. */
    static String secondOf(String id) {
        return Instant.ofEpochSecond(Long.parseLong(id.substring(0, 8), 16)).toString();
    }

    /** An array in v2; in v1.0 a string, and null until there is one. */
    private @Nullable Object deliveryUrl(RestoreJob job, JobState state) {
        var ready = state == JobState.READY || state == JobState.INTERRUPTED;
        return switch (route.version()) {
            case V2 -> ready ? new JsonArray().add(job.deliveryUrl()) : new JsonArray();
            case V1 -> ready ? job.deliveryUrl() : null;
        };
    }

    private static JsonObject desiredTimestamp(JobOrder order) {
        var seconds = order.oplogTs() == null ? order.pointInTimeUtcSeconds() : order.oplogTs();
        return new JsonObject()
                .put("increment", order.oplogInc())
                .put("time", seconds)
                .put("date", seconds == null ? null : Instant.ofEpochSecond(seconds).toString());
    }

    /** The time of what is restored, not of the job: an oddity of Atlas. */
    private static String timestamp(JobOrder order) {
        if (order.snapshotId() != null) {
            return secondOf(order.snapshotId());
        }
        return desiredTimestamp(order).getString("date");
    }

    private static String deploymentItem(JobOrder order) {
        var target = order.targetProject() + "/" + order.targetCluster();
        return "atlas-" + Md5.hex(target).substring(0, 6);
    }

    private JsonArray links(RestoreJob job) {
        var cluster = route.clusterPath();
        var links = new JsonArray().add(link(cluster + "/backup/restoreJobs/" + job.id(), "self"));
        if (job.order().snapshotId() != null) {
            var snapshot = cluster + "/backup/snapshots/" + job.order().snapshotId();
            links.add(link(snapshot, REL + "snapshot"));
        }
        return links.add(link(cluster, REL + "cluster"))
                .add(link(route.groupPath(), REL + "group"));
    }

    private static void putIfAny(JsonObject json, String name, @Nullable Object value) {
        if (value != null) {
            json.put(name, value);
        }
    }

    private static String second(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
