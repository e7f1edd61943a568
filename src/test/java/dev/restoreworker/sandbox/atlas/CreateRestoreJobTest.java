package dev.restoreworker.sandbox.atlas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.HashSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class CreateRestoreJobTest extends SimulatorTestCase {
    private static final String NOWHERE = "ffffffffffffffffffffffff";

    @Test
    void a_download_has_the_recorded_shape() throws IOException {
        var response = caller.post(JOBS, download());

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(header(response, "Content-Type"))
                .isEqualTo("application/vnd.atlas.2023-01-01+json;charset=utf-8");
        assertThat(header(response, "Date")).isEqualTo("Mon, 03 Aug 2026 03:36:18 GMT");
        assertThat(header(response, "Ratelimit-Limit")).isEqualTo("1200");
        assertThat(header(response, "Ratelimit-Remaining")).isEqualTo("1199");
        var job = json(response);
        var noTime = new JsonObject().putNull("increment").putNull("time").putNull("date");
        assertThat(job.getMap())
                .containsOnlyKeys(
                        "cancelled",
                        "deliveryType",
                        "deliveryUrl",
                        "desiredTimestamp",
                        "expired",
                        "failed",
                        "id",
                        "links",
                        "snapshotId",
                        "timestamp")
                .containsEntry("cancelled", false)
                .containsEntry("expired", false)
                .containsEntry("failed", false)
                .containsEntry("deliveryType", "download")
                .containsEntry("snapshotId", SNAPSHOT)
                .containsEntry("timestamp", "2020-02-20T10:02:39Z");
        assertThat(job.getJsonArray("deliveryUrl")).isEmpty();
        assertThat(job.getJsonObject("desiredTimestamp")).isEqualTo(noTime);
        assertThat(job.getJsonArray("links").getJsonObject(0).getString("href"))
                .isEqualTo(atlas.url() + JOBS + "/" + job.getString("id"));
    }

    @Test
    void an_automated_restore_names_its_target() throws IOException {
        var job = json(caller.post(JOBS, automated()));

        assertThat(job.getMap())
                .containsEntry("deliveryType", "automated")
                .containsEntry("targetGroupId", PROJECT)
                .containsEntry("targetClusterName", "orders-standby")
                .containsKey("targetDeploymentItemName");
    }

    @Test
    void a_point_in_time_is_the_pair_or_the_seconds() throws IOException {
        var bySeconds = pointInTime().put("pointInTimeUTCSeconds", 1_785_000_000);
        var byOplog = pointInTime().put("oplogTs", 1_785_000_000).put("oplogInc", 3);

        var first = json(caller.post(JOBS, bySeconds));
        var second = json(caller.post(JOBS, byOplog));

        assertThat(first.getMap())
                .containsEntry("pointInTimeUTCSeconds", 1_785_000_000)
                .doesNotContainKeys("oplogTs", "oplogInc", "snapshotId");
        assertThat(second.getMap())
                .containsEntry("oplogTs", 1_785_000_000)
                .containsEntry("oplogInc", 3)
                .doesNotContainKey("pointInTimeUTCSeconds");
        assertThat(second.getJsonObject("desiredTimestamp").getMap())
                .containsEntry("increment", 3)
                .containsEntry("time", 1_785_000_000)
                .containsEntry("date", Instant.ofEpochSecond(1_785_000_000).toString());
    }

    @Test
    void v1_is_plain_json_and_says_when_the_job_was_created() throws IOException {
        var response = caller.post(JOBS_V1, download());

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(header(response, "Content-Type")).isEqualTo("application/json");
        assertThat(json(response).getMap())
                .containsEntry("createdAt", "2026-08-03T03:36:18Z")
                .containsEntry("deliveryUrl", null);
    }

    @Test
    void an_id_begins_with_its_creation_second_and_is_unique() throws IOException {
        var ids = new HashSet<String>();
        for (var i = 0; i < 50; i++) {
            ids.add(create(download()));
        }

        assertThat(ids).hasSize(50).allMatch(it -> it.matches("[0-9a-f]{24}"));
        assertThat(ids)
                .allMatch(
                        it ->
                                Long.parseLong(it.substring(0, 8), 16)
                                        == clock.instant().getEpochSecond());
    }

    @ParameterizedTest
    @MethodSource
    void a_wrong_request_makes_no_job(int status, String errorCode, String body)
            throws IOException {
        var response = caller.send("POST", JOBS, body);

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(header(response, "X-Error-Code")).isEqualTo(errorCode);
        assertThat(header(response, "Content-Type")).isEqualTo("application/json");
        assertThat(json(response).getMap())
                .containsOnlyKeys("detail", "error", "errorCode", "parameters", "reason")
                .containsEntry("error", status)
                .containsEntry("errorCode", errorCode);
        assertThat(atlas.books().jobs()).isEmpty();
    }

    static Stream<Arguments> a_wrong_request_makes_no_job() {
        var early = pointInTime().put("pointInTimeUTCSeconds", 1);
        var both = pointInTime().put("oplogTs", 1_785_000_000).put("oplogInc", 1);
        both.put("pointInTimeUTCSeconds", 1_785_000_000);
        return Stream.of(
                arguments(400, "INVALID_JSON", "no json"),
                arguments(400, "INVALID_JSON", "[]"),
                wrong(400, "MISSING_ATTRIBUTE", new JsonObject()),
                wrong(400, "INVALID_ENUM_VALUE", download().put("deliveryType", "post")),
                wrong(400, "INVALID_ATTRIBUTE", download().put("requestId", "1")),
                wrong(400, "INVALID_JSON_ATTRIBUTE", download().put("snapshotId", 1)),
                wrong(404, "SNAPSHOT_NOT_FOUND", new JsonObject().put("deliveryType", "download")),
                wrong(404, "SNAPSHOT_NOT_FOUND", download().put("snapshotId", NOWHERE)),
                wrong(404, "INVALID_SNAPSHOT_ID", download().put("snapshotId", "5E")),
                wrong(400, "MISSING_ATTRIBUTE", automated().putNull("targetGroupId")),
                wrong(400, "MISSING_ATTRIBUTE", automated().putNull("targetClusterName")),
                wrong(404, "INVALID_GROUP_ID", automated().put("targetGroupId", "x")),
                wrong(404, "GROUP_NOT_FOUND", automated().put("targetGroupId", NOWHERE)),
                wrong(400, "CLUSTER_NAME_INVALID", automated().put("targetClusterName", "-a")),
                wrong(
                        404,
                        "CLUSTER_NOT_FOUND",
                        automated().put("targetClusterName", "no-such-cluster")),
                wrong(400, "INVALID_PIT_RESTORE_TIME", pointInTime()),
                wrong(400, "INVALID_PIT_RESTORE_TIME", early),
                wrong(400, "INVALID_PIT_RESTORE_TIME", both),
                wrong(
                        400,
                        "INVALID_PIT_RESTORE_TIME",
                        pointInTime().put("oplogTs", 1_785_000_000)));
    }

    @ParameterizedTest
    @MethodSource
    void a_wrong_path_makes_no_job(int status, String errorCode, String project, String cluster)
            throws IOException {
        var path =
                "/api/atlas/v2/groups/%s/clusters/%s/backup/restoreJobs"
                        .formatted(project, cluster);

        var response = caller.post(path, download());

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(json(response).getString("errorCode")).isEqualTo(errorCode);
        assertThat(atlas.books().jobs()).isEmpty();
    }

    static Stream<Arguments> a_wrong_path_makes_no_job() {
        return Stream.of(
                arguments(404, "GROUP_NOT_FOUND", NOWHERE, "orders"),
                arguments(404, "INVALID_GROUP_ID", "orders", "orders"),
                arguments(404, "CLUSTER_NOT_FOUND", PROJECT, "no-such-cluster"),
                arguments(400, "CLUSTER_NAME_INVALID", PROJECT, "or_ders"));
    }

    @Test
    void v2_must_be_asked_for_by_its_exact_media_type() throws IOException {
        var body = download().encode();

        var plain = caller.send("POST", JOBS, body, "application/json");
        var later = caller.send("POST", JOBS, body, "application/vnd.atlas.2024-08-05+json");
        var list = caller.send("GET", JOBS, "", "*/*");

        for (var response : new HttpResponse<?>[] {plain, later, list}) {
            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(header(response, "X-Error-Code")).isEqualTo("INVALID_VERSION_DATE");
        }
        assertThat(atlas.books().jobs()).isEmpty();
    }

    @Test
    void other_methods_and_paths_are_refused() throws IOException {
        var method = caller.send("PUT", JOBS, "");
        var path = caller.get("/api/atlas/v2/groups/" + PROJECT + "/flexClusters/orders");

        assertThat(method.statusCode()).isEqualTo(405);
        assertThat(method.body()).isEmpty();
        assertThat(header(method, "Allow")).isEqualTo("POST,GET");
        assertThat(path.statusCode()).isEqualTo(404);
    }

    private static Arguments wrong(int status, String errorCode, JsonObject body) {
        return arguments(status, errorCode, body.encode());
    }
}
