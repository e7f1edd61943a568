package dev.restoreworker.sandbox.atlas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ByHandTest extends SimulatorTestCase {
    private static final Duration PREPARING = Duration.ofMinutes(3);
    private static final Duration LINK = Duration.ofHours(1);

    @Test
    void a_link_is_used_once() throws IOException {
        var id = ready();

        var fetched = act(id, "fetch");
        var again = act(id, "fetch");

        assertThat(fetched.statusCode()).isEqualTo(200);
        assertThat(json(fetched).getMap())
                .containsEntry("state", "FETCHED")
                .containsEntry("overAt", clock.instant().toString());
        assertThat(again.statusCode()).isEqualTo(409);
        assertThat(json(again).getString("detail")).contains(id, "FETCHED");
    }

    @Test
    void a_download_whose_link_was_used_has_no_link_and_still_its_end() throws IOException {
        var id = ready();
        act(id, "fetch");

        var job = job(id);
        var inV1 = json(caller.get(JOBS_V1 + "/" + id));
        clock.advance(LINK);
        var later = job(id);

        assertThat(job.getJsonArray("deliveryUrl")).isEmpty();
        assertThat(job.getString("expiresAt")).isEqualTo("2026-08-03T04:39:18Z");
        assertThat(job.getBoolean("expired")).isFalse();
        assertThat(job.getBoolean("cancelled")).isFalse();
        assertThat(job.containsKey("finishedAt")).isFalse();
        assertThat(inV1.getValue("deliveryUrl")).isNull();
        assertThat(later).isEqualTo(job);
    }

    @Test
    void an_interrupted_transfer_keeps_its_slot_for_another_hour() throws IOException {
        atlas.limit(Limits.ENFORCED);
        var id = ready();
        var interrupted = act(id, "interrupt");

        clock.advance(LINK.plusHours(1).minusMillis(1));
        var job = job(id);
        var tooEarly = caller.post(JOBS, download());
        clock.advance(Duration.ofMillis(1));
        var after = job(id);

        assertThat(json(interrupted).getString("state")).isEqualTo("INTERRUPTED");
        assertThat(job.getBoolean("expired")).isFalse();
        assertThat(job.getString("expiresAt")).isEqualTo("2026-08-03T04:39:18Z");
        assertThat(tooEarly.statusCode()).isEqualTo(400);
        assertThat(after.getBoolean("expired")).isTrue();
        assertThat(caller.post(JOBS, download()).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"fetch, FETCHED", "cancel, CANCELLED"})
    void an_interrupted_transfer_can_be_ended(String how, String state) throws IOException {
        var id = ready();
        act(id, "interrupt");
        clock.advance(LINK);

        var ended = act(id, how);

        assertThat(json(ended).getString("state")).isEqualTo(state);
        assertThat(json(ended).getString("overAt")).isEqualTo(clock.instant().toString());
    }

    @Test
    void how_long_an_interrupted_transfer_can_go_on_is_an_option() throws IOException {
        var brief = options.withResumable(Duration.ofMinutes(1));
        try (var other = AtlasSimulator.start(brief, clock)) {
            var id = other.makeByHand(PROJECT, "orders", order(download()));
            clock.advance(PREPARING);
            other.byHand().interrupt(id);
            clock.advance(LINK.plusMinutes(1));

            assertThat(other.books().jobs())
                    .extracting(other.books()::stateOf)
                    .containsExactly(JobState.EXPIRED);
        }
    }

    @Test
    void a_download_that_fails_is_called_cancelled_too_and_has_an_end() throws IOException {
        var id = create(download());
        clock.advance(Duration.ofMinutes(1));

        var failed = act(id, "fail");
        clock.advance(PREPARING);

        assertThat(json(failed).getString("state")).isEqualTo("FAILED");
        assertThat(job(id).getMap())
                .containsEntry("failed", true)
                .containsEntry("cancelled", true)
                .containsEntry("expired", false)
                .containsEntry("finishedAt", "2026-08-03T03:37:18Z")
                .doesNotContainKey("expiresAt");
        assertThat(job(id).getJsonArray("deliveryUrl")).isEmpty();
    }

    @Test
    void a_person_can_cancel_a_download_that_the_api_made() throws IOException {
        var id = create(download());

        var cancelled = act(id, "cancel");

        assertThat(json(cancelled).getString("state")).isEqualTo("CANCELLED");
        assertThat(job(id).getBoolean("cancelled")).isTrue();
        assertThat(job(id).getBoolean("failed")).isFalse();
        assertThat(atlas.books().summary().authenticated(Operation.CANCEL_JOB)).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"fetch", "interrupt", "fail", "cancel"})
    void what_cannot_happen_to_a_job_is_refused(String what) throws IOException {
        var restore = create(automated());
        var over = create(download());
        clock.advance(PREPARING.plus(LINK));

        assertThat(act(restore, what).statusCode()).isEqualTo(409);
        assertThat(act(over, what).statusCode()).isEqualTo(409);
        assertThat(act(SNAPSHOT, what).statusCode()).isEqualTo(404);
        assertThat(act(over, what + "s").statusCode()).isEqualTo(404);
    }

    @Test
    void what_is_being_prepared_cannot_be_fetched_and_what_is_ready_cannot_fail()
            throws IOException {
        var preparing = create(download());
        assertThatThrownBy(() -> atlas.byHand().fetch(preparing))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("PREPARING");
        assertThatThrownBy(() -> atlas.byHand().interrupt(preparing))
                .isInstanceOf(IllegalStateException.class);

        clock.advance(PREPARING);

        assertThatThrownBy(() -> atlas.byHand().fail(preparing))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("READY");
        assertThatThrownBy(() -> atlas.byHand().fail(SNAPSHOT))
                .isInstanceOf(NoSuchElementException.class);
    }

    @Test
    void a_person_makes_a_job_over_http_now_or_earlier() throws IOException {
        var now = make(download().put("project", PROJECT).put("cluster", "orders"));
        var earlier =
                make(
                        automated()
                                .put("project", PROJECT)
                                .put("cluster", "orders")
                                .put("at", "PT-2M"));

        assertThat(json(now).getMap())
                .containsEntry("byHand", true)
                .containsEntry("state", "PREPARING")
                .containsEntry("snapshotId", SNAPSHOT)
                .containsEntry("createdAt", "2026-08-03T03:36:18.250Z");
        assertThat(json(earlier).getMap())
                .containsEntry("targetCluster", "orders-standby")
                .containsEntry("createdAt", "2026-08-03T03:34:18.250Z")
                .containsEntry("overAt", "2026-08-03T03:38:18.250Z");
        assertThat(json(caller.get(JOBS)).getInteger("totalCount")).isEqualTo(2);
        assertThat(atlas.books().summary().creates()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "project | ",
                "cluster | ",
                "project | no-id",
                "deliveryType | upload",
                "snapshotId | latest",
                "at | PT1S",
                "at | yesterday",
                "target | orders"
            })
    void a_job_that_cannot_be_is_not_made(String field, String value) throws IOException {
        var order = download().put("project", PROJECT).put("cluster", "orders");
        if (value == null) {
            order.remove(field);
        } else {
            order.put(field, value);
        }

        assertThat(make(order).statusCode()).isEqualTo(400);
        assertThat(atlas.books().jobs()).isEmpty();
    }

    @Test
    void every_link_is_used_by_itself_if_the_options_say_so() throws IOException {
        var used = options.withLinkUsedAfter(Duration.ofMinutes(5));
        try (var other = AtlasSimulator.start(used, clock)) {
            var left = other.makeByHand(PROJECT, "orders", order(download()));
            var cancelled = other.makeByHand(PROJECT, "orders", order(download()));
            var interrupted = other.makeByHand(PROJECT, "orders", order(download()));
            other.makeByHand(PROJECT, "orders", order(automated()));
            clock.advance(PREPARING);
            other.byHand().cancel(cancelled);
            other.byHand().interrupt(interrupted);

            clock.advance(Duration.ofMinutes(5).minusMillis(1));
            assertThat(other.books().jobs())
                    .extracting(other.books()::stateOf)
                    .containsExactly(
                            JobState.READY,
                            JobState.CANCELLED,
                            JobState.INTERRUPTED,
                            JobState.FINISHED);
            clock.advance(Duration.ofMillis(1));

            assertThat(other.books().jobs())
                    .extracting(other.books()::stateOf)
                    .containsExactly(
                            JobState.FETCHED,
                            JobState.CANCELLED,
                            JobState.INTERRUPTED,
                            JobState.FINISHED);
            assertThatThrownBy(() -> other.byHand().fetch(left))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void a_client_that_comes_after_the_end_of_the_link_fetches_nothing() {
        var late = options.withLinkUsedAfter(LINK);
        try (var other = AtlasSimulator.start(late, clock)) {
            other.makeByHand(PROJECT, "orders", order(download()));

            clock.advance(PREPARING.plus(LINK));

            assertThat(other.books().jobs())
                    .extracting(other.books()::stateOf)
                    .containsExactly(JobState.EXPIRED);
        }
    }

    private String ready() throws IOException {
        var id = create(download());
        clock.advance(PREPARING);
        return id;
    }

    private HttpResponse<String> act(String id, String what) throws IOException {
        return caller.control("POST", "/simulator/jobs/" + id + "/" + what, "");
    }

    private HttpResponse<String> make(JsonObject order) throws IOException {
        return caller.control("POST", "/simulator/jobs", order.encode());
    }

    private static JobOrder order(JsonObject body) {
        return CreateBody.parse(body.toBuffer(), "orders").orThrow();
    }
}
