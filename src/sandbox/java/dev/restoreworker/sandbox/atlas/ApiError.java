package dev.restoreworker.sandbox.atlas;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.Serial;
import java.util.List;

/** A refusal in Atlas' own words: thrown where a call is found wrong, answered at the edge. */
final class ApiError extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    private final int status;
    private final String errorCode;
    private final String detail;
    private final String[] parameters;

    ApiError(int status, String errorCode, String detail, String... parameters) {
        super(errorCode + ": " + detail, null, false, false);
        this.status = status;
        this.errorCode = errorCode;
        this.detail = detail;
        this.parameters = parameters.clone();
    }

    static ApiError groupNotFound(String group) {
        return new ApiError(
                404, "GROUP_NOT_FOUND", "No group with ID " + group + " exists.", group);
    }

    static ApiError clusterNotFound(String cluster, String group) {
        var detail = "No cluster named %s exists in group %s.".formatted(cluster, group);
        return new ApiError(404, "CLUSTER_NOT_FOUND", detail, cluster, group);
    }

    static ApiError snapshotNotFound(String snapshot, String cluster) {
        var detail = "No snapshot with ID %s exists for cluster %s.".formatted(snapshot, cluster);
        return new ApiError(404, "SNAPSHOT_NOT_FOUND", detail, snapshot, cluster);
    }

    static ApiError jobNotFound(String job, String cluster) {
        var detail = "No restore job with ID %s exists for cluster %s.".formatted(job, cluster);
        return new ApiError(404, "RESTORE_JOB_NOT_FOUND", detail, job, cluster);
    }

    static ApiError resourceNotFound(String path) {
        return new ApiError(404, "RESOURCE_NOT_FOUND", "Cannot find resource " + path + ".", path);
    }

    static ApiError missing(String attribute) {
        var detail = "The required attribute " + attribute + " was not specified.";
        return new ApiError(400, "MISSING_ATTRIBUTE", detail, attribute);
    }

    static ApiError tooManyDownloads() {
        return new ApiError(
                400,
                "TOO_MANY_SNAPSHOT_DOWNLOADS",
                "Cannot create a manual download of a snapshot when the project is at its limit for"
                        + " active downloads.");
    }

    static ApiError snapshotBusy() {
        return new ApiError(
                400,
                "CANNOT_DOWNLOAD_SNAPSHOT_CONCURRENTLY",
                "Cannot create a manual download of a snapshot when there is already an active"
                        + " download for that snapshot.");
    }

    static ApiError targetBusy() {
        return new ApiError(
                409, "ATLAS_CLUSTER_RESTORE_IN_PROGRESS", "Cluster restore already in progress.");
    }

    static ApiError unexpected() {
        return new ApiError(500, "UNEXPECTED_ERROR", "Unexpected error.");
    }

    Answer answer() {
        var body =
                new JsonObject()
                        .put("detail", detail)
                        .put("error", status)
                        .put("errorCode", errorCode)
                        .put("parameters", new JsonArray(List.of(parameters)))
                        .put("reason", HttpResponseStatus.valueOf(status).reasonPhrase());
        return Answer.of(status, "application/json", body).with("X-Error-Code", errorCode);
    }
}
