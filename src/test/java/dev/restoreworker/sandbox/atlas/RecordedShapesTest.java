package dev.restoreworker.sandbox.atlas;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/**
 * The simulator against answers that Atlas gave, where a folder of them lies beside the project.
 */
@EnabledIf("areThere")
final class RecordedShapesTest extends SimulatorTestCase {
    private static final Path RECORDED =
            Path.of(System.getProperty("atlas.fixtures", "../shared/atlas/fixtures"));

    static boolean areThere() {
        return Files.isDirectory(RECORDED);
    }

    @Test
    void a_create_has_the_recorded_fields() throws IOException {
        sameFields(
                json(caller.post(JOBS, automated())),
                "cluster/POST_restoreJobs_automated_200.http");
        sameFields(
                json(caller.post(JOBS, download())), "cluster/POST_restoreJobs_download_200.http");
    }

    @Test
    void a_job_has_the_recorded_fields_all_its_life() throws IOException {
        var restore = create(automated());
        var download = create(download());

        sameFields(job(restore), "cluster/GET_restoreJob_automated_inProgress_200.http");
        sameFields(job(download), "cluster/GET_restoreJob_download_preparing_200.http");
        clock.advance(Duration.ofMinutes(4));
        sameFields(job(restore), "cluster/GET_restoreJob_automated_finished_200.http");
        sameFields(job(download), "cluster/GET_restoreJob_download_ready_200.http");
    }

    @Test
    void a_download_that_failed_has_the_recorded_fields() throws IOException {
        var failed = create(download());
        atlas.byHand().fail(failed);

        sameFields(job(failed), "cluster/GET_restoreJob_download_failed_cancelled_200.http");
    }

    @Test
    void a_list_has_the_recorded_fields() throws IOException {
        create(automated());
        clock.advance(Duration.ofSeconds(1));

        var list = json(caller.get(JOBS));

        var recorded = recorded("cluster/GET_restoreJobs_list_200.http");
        assertThat(list.fieldNames()).isEqualTo(recorded.fieldNames());
        assertThat(list.getJsonArray("links").getJsonObject(0).getString("rel")).isEqualTo("self");
        assertThat(list.getJsonArray("links").getJsonObject(0).getString("href"))
                .endsWith("restoreJobs?includeCount=true&pageNum=1&itemsPerPage=100");
    }

    @Test
    void a_snapshot_has_the_recorded_fields() throws IOException {
        var snapshot = json(caller.get("/api/atlas/v2" + CLUSTER_PATH + "snapshots/" + SNAPSHOT));

        sameFields(snapshot, "cluster/GET_snapshot_watch_4_200.http");
    }

    @Test
    void an_error_has_the_recorded_fields() throws IOException {
        var path = JOBS.replace("/orders/", "/no-such-cluster/");

        sameFields(json(caller.get(path)), "errors/404_CLUSTER_NOT_FOUND.http");
        sameFields(json(caller.sendUnsigned("POST", JOBS)), "auth/POST_digest_challenge_401.http");
    }

    /** Names and kinds of values, and in a job also those of what lies within. */
    private static void sameFields(JsonObject simulated, String file) throws IOException {
        var recorded = recorded(file);
        assertThat(simulated.fieldNames()).isEqualTo(recorded.fieldNames());
        for (var name : recorded.fieldNames()) {
            var value = recorded.getValue(name);
            assertThat(simulated.getValue(name)).as(name).hasSameClassAs(value);
            if (value instanceof JsonObject within) {
                assertThat(simulated.getJsonObject(name)).as(name).isEqualTo(within);
            }
            if (name.equals("links")) {
                assertThat(rels(simulated)).isEqualTo(rels(recorded));
            }
        }
    }

    private static Object rels(JsonObject json) {
        return json.getJsonArray("links").stream()
                .map(it -> ((JsonObject) it).getString("rel"))
                .toList();
    }

    private static JsonObject recorded(String file) throws IOException {
        var text = Files.readString(RECORDED.resolve(file)).replace("\r\n", "\n");
        return new JsonObject(text.substring(text.indexOf("\n\n") + 2));
    }
}
