package dev.restoreworker.atlas;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.restoreworker.core.Delivery;
import dev.restoreworker.core.Delivery.Target;
import dev.restoreworker.core.Delivery.Time;
import dev.restoreworker.core.RequestRules;
import dev.restoreworker.core.RestoreRequest;
import dev.restoreworker.core.SourceCluster;
import java.net.URI;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What is asked of Atlas, in the words of one of its two APIs. The cluster in a path is the source;
 * the target stands in the body.
 *
 * <p>Ids and names were checked when the request was; they are checked once more here, where a
 * wrong one would reach another resource.
 */
final class AtlasRequests {

    private enum Api {
        V2("v2", "application/vnd.atlas.2023-01-01+json"),
        V1("v1.0", "application/json");

        final String word;
        final String mediaType;

        Api(String word, String mediaType) {
            this.word = word;
            this.mediaType = mediaType;
        }

        static Api of(String word) {
            for (var api : values()) {
                if (api.word.equals(word)) {
                    return api;
                }
            }
            throw new IllegalArgumentException(
                    "atlas.api is '%s': set it to v2 or v1.0".formatted(word));
        }
    }

    /** A page of so many is well below what is read of an answer. */
    static final int ITEMS_PER_PAGE = 100;

    private static final Pattern LOOPBACK =
            Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[::1]");

    private final String origin;
    private final String basePath;
    private final Api api;

    /**
     * @throws IllegalArgumentException naming the setting that is wrong
     */
    AtlasRequests(URI url, String api) {
        if (url.getRawAuthority() == null
                || url.getHost() == null
                || !("https".equals(url.getScheme()) || "http".equals(url.getScheme()))) {
            throw new IllegalArgumentException(
                    "atlas.url must be the address of Atlas, such as https://cloud.mongodb.com");
        }
        if (url.getRawUserInfo() != null
                || url.getRawQuery() != null
                || url.getFragment() != null) {
            throw new IllegalArgumentException(
                    "atlas.url must be scheme, host, port and path alone: keys go to atlas.credentials");
        }
        if ("http".equals(url.getScheme()) && !LOOPBACK.matcher(url.getHost()).matches()) {
            throw new IllegalArgumentException(
                    "atlas.url must be https, but for this machine's own addresses: whoever is on"
                            + " the way could change which cluster is wiped");
        }
        this.origin = url.getScheme() + "://" + url.getRawAuthority();
        this.basePath = url.getRawPath() == null ? "" : url.getRawPath().replaceAll("/+$", "");
        this.api = Api.of(api);
    }

    /** Creates the restore job that the request asks for. */
    Call create(RestoreRequest request) {
        return new Call("POST", jobsUri(request.source()), api.mediaType, body(request.delivery()));
    }

    /** Reads the newest restore job of a source, if it has one. */
    Call newestJob(SourceCluster source) {
        return new Call("GET", jobsUri(source) + "?itemsPerPage=1", api.mediaType, null);
    }

    /** Lists the restore jobs of a source; pages are numbered from 1. */
    Call jobs(SourceCluster source, int page) {
        var query =
                "?includeCount=false&itemsPerPage=%d&pageNum=%d".formatted(ITEMS_PER_PAGE, page);
        return new Call("GET", jobsUri(source) + query, api.mediaType, null);
    }

    /** Cancels a restore job of the request's source. */
    Call cancel(RestoreRequest request, String jobId) {
        var id = matching(RequestRules::isAtlasId, "jobId", jobId);
        return new Call("DELETE", jobsUri(request.source()) + "/" + id, api.mediaType, null);
    }

    /** Reads a snapshot under the request's source. */
    Call snapshot(RestoreRequest request, String snapshotId) {
        var id = matching(RequestRules::isAtlasId, "snapshotId", snapshotId);
        var uri = backupUri(request.source()) + "/snapshots/" + id;
        return new Call("GET", uri, api.mediaType, null);
    }

    /** Where the restore jobs of a source are. */
    String jobsUrl(SourceCluster source) {
        return origin + jobsUri(source);
    }

    private String jobsUri(SourceCluster source) {
        return backupUri(source) + "/restoreJobs";
    }

    private String backupUri(SourceCluster source) {
        return basePath
                + "/api/atlas/%s/groups/%s/clusters/%s/backup"
                        .formatted(
                                api.word,
                                matching(RequestRules::isAtlasId, "projectId", source.projectId()),
                                matching(
                                        RequestRules::isClusterName,
                                        "clusterName",
                                        source.clusterName()));
    }

    private static String body(Delivery delivery) {
        var body = JsonNodeFactory.instance.objectNode().put("deliveryType", delivery.type());
        switch (delivery) {
            case Delivery.Download(var snapshotId) -> snapshot(body, snapshotId);
            case Delivery.Automated(var snapshotId, var target) -> {
                snapshot(body, snapshotId);
                target(body, target);
            }
            case Delivery.PointInTime(Time.Oplog(var seconds, var increment), var target) -> {
                target(body, target);
                body.put("oplogTs", seconds).put("oplogInc", increment);
            }
            case Delivery.PointInTime(Time.UtcSeconds(var seconds), var target) -> {
                target(body, target);
                body.put("pointInTimeUTCSeconds", seconds);
            }
        }
        return body.toString();
    }

    private static void snapshot(ObjectNode body, String snapshotId) {
        body.put("snapshotId", matching(RequestRules::isAtlasId, "snapshotId", snapshotId));
    }

    private static void target(ObjectNode body, Target target) {
        body.put(
                        "targetClusterName",
                        matching(
                                RequestRules::isClusterName,
                                "targetClusterName",
                                target.clusterName()))
                .put(
                        "targetGroupId",
                        matching(RequestRules::isAtlasId, "targetProjectId", target.projectId()));
    }

    private static String matching(Predicate<String> pattern, String name, String value) {
        if (!pattern.test(value)) {
            throw new IllegalArgumentException(
                    "%s of a request that RequestRules let through must not stand in a call"
                            .formatted(name));
        }
        return value;
    }
}
