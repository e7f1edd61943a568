package dev.restoreworker.sandbox.atlas;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Snapshots as Atlas writes them. Each exists because somebody names it, and was taken in the
 * second that its id begins with. A list shows one for each of the last three midnights.
 */
final class SnapshotJson {
    private static final int LISTED = 3;
    private static final Duration KEPT = Duration.ofDays(7);

    private final JobJson shapes;
    private final Route route;

    SnapshotJson(JobJson shapes, Route route) {
        this.shapes = shapes;
        this.route = route;
    }

    JsonObject snapshot(String id) {
        var takenAt = Instant.parse(JobJson.secondOf(id));
        var self = route.clusterPath() + "/backup/snapshots/" + id;
        return new JsonObject()
                .put("cloudProvider", "AWS")
                .put("copyRegions", new JsonArray())
                .put("createdAt", takenAt.toString())
                .put("description", "Snapshot of " + route.cluster())
                .put("expiresAt", takenAt.plus(KEPT).toString())
                .put("frequencyType", "daily")
                .put("id", id)
                .put(
                        "links",
                        new JsonArray()
                                .add(shapes.link(self, "self"))
                                .add(
                                        shapes.link(
                                                route.clusterPath(),
                                                "https://cloud.mongodb.com/cluster")))
                .put("mongodVersion", "8.0.29")
                .put("policyItems", new JsonArray())
                .put("replicaSetName", route.cluster())
                .put("snapshotType", "scheduled")
                .put("status", "completed")
                .put("storageSizeBytes", 4_186_517_504L)
                .put("type", "replicaSet");
    }

    JsonObject list(Instant now, Paging paging) {
        var results = new JsonArray();
        newest(now).stream()
                .skip((paging.pageNum() - 1L) * paging.itemsPerPage())
                .limit(paging.itemsPerPage())
                .forEach(it -> results.add(snapshot(it)));
        return shapes.list(results, LISTED, paging);
    }

    /** The ids are the same for a cluster whenever they are asked for. */
    private List<String> newest(Instant now) {
        var own = Md5.hex(route.group() + "/" + route.cluster()).substring(0, 16);
        var midnight = now.truncatedTo(ChronoUnit.DAYS);
        return LongStream.range(0, LISTED)
                .mapToObj(day -> midnight.minus(Duration.ofDays(day)).getEpochSecond())
                .map(second -> "%08x%s".formatted(second, own))
                .toList();
    }
}
