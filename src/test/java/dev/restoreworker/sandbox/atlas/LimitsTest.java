package dev.restoreworker.sandbox.atlas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LimitsTest extends SimulatorTestCase {
    private static final String OTHER_PROJECT = "5e2211c17a3e5a48f5497de4";

    @Test
    void a_project_takes_so_many_live_downloads_and_no_more() throws IOException {
        atlas.limit(Limits.ENFORCED);
        for (var i = 0; i < 20; i++) {
            assertThat(create(download(i))).isNotNull();
        }

        var refused = caller.post(JOBS, download(20));
        var ofOtherCluster = caller.post(JOBS.replace("orders", "invoices"), download(21));
        var ofOtherProject = caller.post(JOBS.replace(PROJECT, OTHER_PROJECT), download(20));

        assertRefused(refused, 400, "TOO_MANY_SNAPSHOT_DOWNLOADS");
        assertRefused(ofOtherCluster, 400, "TOO_MANY_SNAPSHOT_DOWNLOADS");
        assertThat(json(refused).getString("detail")).contains("at its limit");
        assertThat(ofOtherProject.statusCode()).isEqualTo(200);
        assertThat(atlas.books().jobs()).hasSize(21);
        assertThat(lastCreate().jobId()).isNotNull();
    }

    @Test
    void a_snapshot_takes_one_live_download() throws IOException {
        atlas.limit(Limits.ENFORCED);
        create(download());

        var refused = caller.post(JOBS, download());
        var ofOtherProject = caller.post(JOBS.replace(PROJECT, OTHER_PROJECT), download());

        assertRefused(refused, 400, "CANNOT_DOWNLOAD_SNAPSHOT_CONCURRENTLY");
        assertThat(ofOtherProject.statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"fetched", "cancelled", "failed", "expired"})
    void a_download_that_is_over_makes_room(String how) throws IOException {
        atlas.limit(new Limits(true, 1));
        var id = create(download());
        switch (how) {
            case "fetched" -> {
                clock.advance(Duration.ofMinutes(3));
                atlas.byHand().fetch(id);
            }
            case "cancelled" -> caller.send("DELETE", JOBS + "/" + id, "");
            case "failed" -> atlas.byHand().fail(id);
            default -> clock.advance(Duration.ofMinutes(63));
        }

        assertThat(caller.post(JOBS, download()).statusCode()).isEqualTo(200);
        assertThat(caller.post(JOBS, download(1)).statusCode()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 3, 62})
    void a_download_takes_up_room_until_its_link_is_dead(long minutes) throws IOException {
        atlas.limit(new Limits(true, 1));
        create(download());

        clock.advance(Duration.ofMinutes(minutes));

        assertRefused(caller.post(JOBS, download(1)), 400, "TOO_MANY_SNAPSHOT_DOWNLOADS");
    }

    @Test
    void a_target_takes_one_restore_until_it_is_finished() throws IOException {
        atlas.limit(Limits.ENFORCED);
        create(automated());
        var seconds = pointInTime().put("pointInTimeUTCSeconds", 1_785_000_000);

        var automated = caller.post(JOBS.replace("orders", "invoices"), automated());
        var pointInTime = caller.post(JOBS, seconds);
        var elsewhere = caller.post(JOBS, automated().put("targetClusterName", "spare"));
        clock.advance(Duration.ofMinutes(4));
        var afterwards = caller.post(JOBS, seconds);

        assertRefused(automated, 409, "ATLAS_CLUSTER_RESTORE_IN_PROGRESS");
        assertRefused(pointInTime, 409, "ATLAS_CLUSTER_RESTORE_IN_PROGRESS");
        assertThat(elsewhere.statusCode()).isEqualTo(200);
        assertThat(afterwards.statusCode()).isEqualTo(200);
    }

    @Test
    void people_are_never_refused_and_take_up_room() throws IOException {
        atlas.limit(new Limits(true, 2));
        for (var i = 0; i < 3; i++) {
            makeByHand(download());
            makeByHand(automated());
        }

        assertRefused(caller.post(JOBS, download(1)), 400, "TOO_MANY_SNAPSHOT_DOWNLOADS");
        assertRefused(caller.post(JOBS, automated()), 409, "ATLAS_CLUSTER_RESTORE_IN_PROGRESS");
        assertThat(atlas.books().jobs()).hasSize(6);
    }

    @Test
    void limits_that_are_only_counted_refuse_nothing() throws IOException {
        for (var i = 0; i < 25; i++) {
            create(download());
            create(automated());
        }

        assertThat(atlas.limits()).isEqualTo(Limits.COUNTED);
        assertThat(atlas.books().jobs()).hasSize(50);
        assertThat(atlas.books().peaks().ofProject(PROJECT)).isEqualTo(new Peaks.Peak(25, 25));
    }

    @Test
    void an_effect_that_comes_late_is_refused_when_it_comes() throws IOException {
        atlas.limit(Limits.ENFORCED);
        rules(
                """
                {"rules": [{"when": {"call": "create", "nth": 1},
                            "then": {"hold": {"at": "read"}}}]}
                """);
        var late = createMeanwhile(download());
        await(() -> !atlas.holds().held().isEmpty());
        var inTime = create(download());

        atlas.holds().release(atlas.holds().held().getFirst().id());

        late.join();
        assertThat(atlas.books().jobs()).extracting(RestoreJob::id).containsExactly(inTime);
    }

    @Test
    void limits_are_set_over_http_and_what_is_not_named_stays() throws IOException {
        var before = json(caller.control("GET", "/simulator/limits", ""));
        var enforced = put("{\"enforced\": true}");
        var two = put("{\"downloadsPerProject\": 2}");
        caller.control("POST", "/simulator/reset", "");
        create(download(0));
        create(download(1));

        assertThat(before.getMap())
                .containsEntry("enforced", false)
                .containsEntry("downloadsPerProject", 20);
        assertThat(json(enforced).getMap())
                .containsEntry("enforced", true)
                .containsEntry("downloadsPerProject", 20);
        assertThat(json(two).getMap())
                .containsEntry("enforced", true)
                .containsEntry("downloadsPerProject", 2);
        assertThat(atlas.limits()).isEqualTo(new Limits(true, 2));
        assertRefused(caller.post(JOBS, download(2)), 400, "TOO_MANY_SNAPSHOT_DOWNLOADS");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"enforced\": \"yes\"}",
                "{\"downloadsPerProject\": -1}",
                "{\"downloads\": 3}",
                "20"
            })
    void limits_that_cannot_be_are_refused(String body) throws IOException {
        assertThat(put(body).statusCode()).isEqualTo(400);
        assertThat(atlas.limits()).isEqualTo(Limits.COUNTED);
        assertThatThrownBy(() -> new Limits(true, -1)).hasMessageContaining("downloadsPerProject");
    }

    private HttpResponse<String> put(String body) throws IOException {
        return caller.control("PUT", "/simulator/limits", body);
    }

    private void makeByHand(JsonObject order) {
        atlas.makeByHand(PROJECT, "orders", CreateBody.parse(order.toBuffer(), "orders").orThrow());
    }

    /** Of a snapshot of its own. */
    private static JsonObject download(int number) {
        return download().put("snapshotId", "%024x".formatted(number));
    }

    private static void assertRefused(HttpResponse<String> response, int status, String code) {
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(json(response).getString("errorCode")).isEqualTo(code);
        assertThat(header(response, "X-Error-Code")).isEqualTo(code);
        assertThat(header(response, "Retry-After")).isEqualTo("(none)");
    }
}
