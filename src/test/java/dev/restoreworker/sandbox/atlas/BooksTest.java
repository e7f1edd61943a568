package dev.restoreworker.sandbox.atlas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.restoreworker.sandbox.atlas.RecordedCall.Access;
import dev.restoreworker.sandbox.atlas.RecordedCall.Ending;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BooksTest extends SimulatorTestCase {
    @Test
    void every_call_is_recorded_with_what_came_of_it() throws IOException {
        caller.sendUnsigned("POST", JOBS);
        var at = clock.instant();
        var response = caller.post(JOBS + "?pretty=true", download());

        assertThat(atlas.books().calls())
                .extracting(RecordedCall::method, RecordedCall::access, RecordedCall::status)
                .containsExactly(
                        tuple("POST", Access.CHALLENGED, 401),
                        tuple("GET", Access.CHALLENGED, 401),
                        tuple("POST", Access.AUTHENTICATED, 200));
        var last = atlas.books().calls().getLast();
        assertThat(last)
                .isEqualTo(
                        new RecordedCall(
                                3,
                                at,
                                "POST",
                                JOBS,
                                "pretty=true",
                                Operation.CREATE_JOB,
                                Access.AUTHENTICATED,
                                200,
                                json(response).getString("id"),
                                Ending.ANSWERED,
                                new JobOrder(
                                        Delivery.DOWNLOAD, SNAPSHOT, null, null, null, null, null),
                                options.publicKey(),
                                null,
                                last.origin()));
        assertThat(last.origin().connection()).isEqualTo(1);
        assertThat(last.origin().address()).contains("127.0.0.1:");
    }

    @Test
    void calls_can_be_read_over_http_by_method_and_in_portions() throws IOException {
        var id = create(download());
        caller.get(JOBS);
        caller.get(JOBS + "/" + id);

        var gets = calls("?method=GET");
        var afterTwo = calls("?since=2");
        var two = calls("?limit=2");

        assertThat(gets).extracting(it -> it.getLong("number")).containsExactly(1L, 3L, 4L);
        assertThat(afterTwo).extracting(it -> it.getLong("number")).containsExactly(3L, 4L);
        assertThat(two).extracting(it -> it.getString("jobId")).containsExactly(null, id);
    }

    @Test
    void jobs_can_be_read_over_http_by_project_and_cluster() throws IOException {
        var other = JOBS.replace("/orders/", "/invoices/");
        var first = create(automated());
        var second = json(caller.post(other, download())).getString("id");
        clock.advance(Duration.ofMinutes(4));

        var all = jobs("");
        var ofProject = jobs("?project=" + PROJECT);
        var ofCluster = jobs("?project=" + PROJECT + "&cluster=orders");
        var ofNobody = jobs("?project=ffffffffffffffffffffffff");

        assertThat(all).extracting(it -> it.getString("id")).containsExactly(first, second);
        assertThat(ofProject).hasSize(2);
        assertThat(ofNobody).isEmpty();
        assertThat(ofCluster).hasSize(1);
        assertThat(ofCluster.getFirst().getMap())
                .containsEntry("project", PROJECT)
                .containsEntry("cluster", "orders")
                .containsEntry("deliveryType", "automated")
                .containsEntry("snapshotId", SNAPSHOT)
                .containsEntry("targetProject", PROJECT)
                .containsEntry("targetCluster", "orders-standby")
                .containsEntry("createdAt", "2026-08-03T03:36:18.250Z")
                .containsEntry("state", "FINISHED");
        assertThat(atlas.books().jobs(PROJECT, "invoices"))
                .extracting(RestoreJob::id)
                .containsExactly(second);
    }

    @Test
    void the_summary_counts_by_kind() throws IOException {
        var id = create(download());
        caller.post(JOBS, new JsonObject());
        caller.get(JOBS);
        caller.get(JOBS + "/" + id);
        caller.send("DELETE", JOBS + "/" + id, "");

        var summary = json(caller.control("GET", "/simulator/summary", ""));

        assertThat(summary.getMap())
                .containsEntry("calls", 6)
                .containsEntry("creates", 2)
                .containsEntry("challenges", 1)
                .containsEntry("nonces", 1)
                .containsEntry("jobs", 1)
                .containsEntry("answered", 6)
                .containsEntry("dropped", 0);
        assertThat(summary.getJsonObject("authenticated").getMap())
                .containsEntry("CREATE_JOB", 2)
                .containsEntry("LIST_JOBS", 1)
                .containsEntry("GET_JOB", 1)
                .containsEntry("CANCEL_JOB", 1)
                .containsEntry("GET_SNAPSHOT", 0);
    }

    @Test
    void a_reset_empties_the_books_and_leaves_callers_signed_in() throws IOException {
        create(download());

        var response = caller.control("POST", "/simulator/reset", "");
        var next = caller.get(JOBS);

        assertThat(response.statusCode()).isEqualTo(204);
        assertThat(next.statusCode()).isEqualTo(200);
        assertThat(json(next).getJsonArray("results")).isEmpty();
        assertThat(atlas.books().jobs()).isEmpty();
        assertThat(atlas.books().calls()).singleElement().extracting("number").isEqualTo(1L);
        assertThat(atlas.books().summary().challenges()).isZero();
    }

    @Test
    void the_latest_calls_are_kept_and_all_are_counted() throws IOException {
        var few = options.withCallsKept(3);
        try (var small = AtlasSimulator.start(few, clock);
                var user = Caller.of(small, few)) {
            for (var i = 0; i < 6; i++) {
                user.get(JOBS);
            }

            assertThat(small.books().calls())
                    .extracting(RecordedCall::number)
                    .containsExactly(5L, 6L, 7L);
            assertThat(small.books().summary().calls()).isEqualTo(7);
        }
    }

    @Test
    void what_the_control_api_does_not_know_is_refused() throws IOException {
        assertThat(caller.control("GET", "/simulator/secrets", "").statusCode()).isEqualTo(404);
        assertThat(caller.control("GET", "/simulator/calls?since=x", "").statusCode())
                .isEqualTo(400);
    }

    private List<JsonObject> calls(String query) throws IOException {
        return results("/simulator/calls" + query);
    }

    private List<JsonObject> jobs(String query) throws IOException {
        return results("/simulator/jobs" + query);
    }

    private List<JsonObject> results(String path) throws IOException {
        return json(caller.control("GET", path, "")).getJsonArray("results").stream()
                .map(it -> (JsonObject) it)
                .toList();
    }
}
