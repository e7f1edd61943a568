package dev.restoreworker.sandbox.atlas;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JobsAndSnapshotsTest extends SimulatorTestCase {
    private static final String SNAPSHOTS = "/api/atlas/v2" + CLUSTER_PATH + "snapshots";

    @Test
    void a_list_is_newest_first_and_comes_in_pages() throws IOException {
        var created = new ArrayList<String>();
        for (var i = 0; i < 5; i++) {
            created.add(create(download()));
        }

        var first = json(caller.get(JOBS + "?itemsPerPage=2&pageNum=1"));
        var second = json(caller.get(JOBS + "?itemsPerPage=2&pageNum=2"));
        var third = json(caller.get(JOBS + "?itemsPerPage=2&pageNum=3"));
        var beyond = json(caller.get(JOBS + "?itemsPerPage=500&pageNum=2147483647"));

        assertThat(ids(first)).containsExactly(created.get(4), created.get(3));
        assertThat(ids(second)).containsExactly(created.get(2), created.get(1));
        assertThat(ids(third)).containsExactly(created.get(0));
        assertThat(ids(beyond)).isEmpty();
        assertThat(first.getInteger("totalCount")).isEqualTo(5);
        assertThat(rels(first)).containsExactly("self", "next");
        assertThat(rels(second)).containsExactly("self", "previous", "next");
        assertThat(rels(third)).containsExactly("self", "previous");
    }

    @Test
    void a_list_counts_unless_told_not_to() throws IOException {
        create(download());

        assertThat(json(caller.get(JOBS)).getMap())
                .containsOnlyKeys("links", "results", "totalCount");
        assertThat(json(caller.get(JOBS + "?includeCount=false")).getMap())
                .containsOnlyKeys("links", "results");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "itemsPerPage=0",
                "itemsPerPage=501",
                "itemsPerPage=ten",
                "pageNum=0",
                "includeCount=1",
                "envelope=true"
            })
    void a_page_that_cannot_be_is_refused(String query) throws IOException {
        var response = caller.get(JOBS + "?" + query);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(header(response, "X-Error-Code")).isEqualTo("INVALID_QUERY_PARAMETER");
    }

    @Test
    void a_job_is_found_under_its_source_cluster_only() throws IOException {
        var id = create(automated());
        var underTarget = JOBS.replace("orders", "orders-standby");

        var found = caller.get(JOBS + "/" + id);
        var listed = json(caller.get(underTarget));
        var elsewhere = caller.get(underTarget + "/" + id);

        assertThat(json(found).getString("id")).isEqualTo(id);
        assertThat(ids(listed)).isEmpty();
        assertThat(elsewhere.statusCode()).isEqualTo(404);
        assertThat(header(elsewhere, "X-Error-Code")).isEqualTo("RESTORE_JOB_NOT_FOUND");
    }

    @Test
    void both_versions_show_the_same_jobs() throws IOException {
        var id = create(download());

        var response = caller.get(JOBS_V1);

        assertThat(ids(json(response))).containsExactly(id);
        assertThat(header(response, "Content-Type")).isEqualTo("application/json");
    }

    @Test
    void an_automated_restore_runs_until_it_is_finished() throws IOException {
        var id = create(automated());

        clock.advance(Duration.ofMinutes(4).minusMillis(1));
        var running = job(id);
        clock.advance(Duration.ofMillis(1));
        var finished = job(id);

        assertThat(running.containsKey("finishedAt")).isFalse();
        assertThat(finished.getString("finishedAt")).isEqualTo("2026-08-03T03:40:18Z");
        assertThat(finished.getJsonArray("deliveryUrl")).isEmpty();
    }

    @Test
    void a_point_in_time_restore_runs_until_it_is_finished() throws IOException {
        var id = create(pointInTime().put("pointInTimeUTCSeconds", 1_785_000_000));

        clock.advance(Duration.ofMinutes(4));

        assertThat(job(id).getString("finishedAt")).isEqualTo("2026-08-03T03:40:18Z");
    }

    @Test
    void a_download_is_prepared_then_ready_for_an_hour_then_expired() throws IOException {
        var id = create(download());

        var preparing = job(id);
        clock.advance(Duration.ofMinutes(3));
        var ready = job(id);
        var readyInV1 = json(caller.get(JOBS_V1 + "/" + id));
        clock.advance(Duration.ofHours(1));
        var expired = job(id);

        assertThat(preparing.getJsonArray("deliveryUrl")).isEmpty();
        assertThat(preparing.containsKey("expiresAt")).isFalse();
        assertThat(ready.getJsonArray("deliveryUrl"))
                .hasSize(1)
                .allMatch(it -> it.toString().contains(id) && it.toString().endsWith(".tar.gz"));
        assertThat(ready.getString("expiresAt")).isEqualTo("2026-08-03T04:39:18Z");
        assertThat(ready.containsKey("finishedAt")).isFalse();
        assertThat(readyInV1.getValue("deliveryUrl")).isInstanceOf(String.class);
        assertThat(expired.getBoolean("expired")).isTrue();
        assertThat(expired.getJsonArray("deliveryUrl")).isEmpty();
    }

    @Test
    void a_download_can_be_cancelled_and_stays_so() throws IOException {
        var id = create(download());

        var response = caller.send("DELETE", JOBS + "/" + id, "");
        clock.advance(Duration.ofMinutes(3));
        var after = job(id);

        assertThat(response.statusCode()).isEqualTo(204);
        assertThat(response.body()).isEmpty();
        assertThat(after.getBoolean("cancelled")).isTrue();
        assertThat(after.getJsonArray("deliveryUrl")).isEmpty();
        assertThat(atlas.books().jobs())
                .singleElement()
                .extracting(it -> atlas.books().stateOf(it))
                .isEqualTo(JobState.CANCELLED);
    }

    @Test
    void a_restore_cannot_be_cancelled() throws IOException {
        var id = create(automated());

        var response = caller.send("DELETE", JOBS + "/" + id, "");
        var unknown = caller.send("DELETE", JOBS + "/" + SNAPSHOT, "");

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(header(response, "X-Error-Code")).isEqualTo("CANNOT_CANCEL_AUTOMATED_RESTORE");
        assertThat(job(id).getBoolean("cancelled")).isFalse();
        assertThat(unknown.statusCode()).isEqualTo(404);
    }

    @Test
    void every_well_formed_snapshot_exists_but_one() throws IOException {
        var found = caller.get(SNAPSHOTS + "/" + SNAPSHOT);
        var missing = caller.get(SNAPSHOTS + "/ffffffffffffffffffffffff");
        var malformed = caller.get(SNAPSHOTS + "/latest");

        assertThat(json(found).getMap())
                .containsEntry("id", SNAPSHOT)
                .containsEntry("createdAt", "2020-02-20T10:02:39Z")
                .containsEntry("status", "completed");
        assertThat(header(missing, "X-Error-Code")).isEqualTo("SNAPSHOT_NOT_FOUND");
        assertThat(header(malformed, "X-Error-Code")).isEqualTo("INVALID_SNAPSHOT_ID");
    }

    @Test
    void the_listed_snapshots_are_those_of_the_last_midnights() throws IOException {
        var list = json(caller.get(SNAPSHOTS));
        var second = json(caller.get(SNAPSHOTS + "?itemsPerPage=1&pageNum=2"));

        assertThat(list.getJsonArray("results"))
                .extracting(it -> ((JsonObject) it).getString("createdAt"))
                .containsExactly(
                        "2026-08-03T00:00:00Z", "2026-08-02T00:00:00Z", "2026-08-01T00:00:00Z");
        assertThat(ids(second)).containsExactly(ids(list).get(1));
    }

    private static List<String> ids(JsonObject list) {
        return texts(list.getJsonArray("results"), "id");
    }

    private static List<String> rels(JsonObject list) {
        return texts(list.getJsonArray("links"), "rel");
    }

    private static List<String> texts(JsonArray array, String field) {
        return array.stream().map(it -> ((JsonObject) it).getString(field)).toList();
    }
}
