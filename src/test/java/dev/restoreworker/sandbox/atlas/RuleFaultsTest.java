package dev.restoreworker.sandbox.atlas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.restoreworker.sandbox.atlas.RecordedCall.Ending;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each thing that a rule can do to the answer of a call, as the caller sees it. */
@Timeout(30)
final class RuleFaultsTest extends SimulatorTestCase {
    @Test
    void a_reset_after_the_effect_loses_the_answer_and_keeps_the_job() throws IOException {
        onCreate("{\"reply\": \"reset\"}");

        assertThatThrownBy(() -> create(download()))
                .isInstanceOf(IOException.class)
                .hasStackTraceContaining("reset");

        assertThat(atlas.books().jobs()).hasSize(1);
        assertThat(lastCreate().ending()).isEqualTo(Ending.DROPPED);
        assertThat(lastCreate().fault()).isEqualTo("rule 1");
        assertThat(lastCreate().jobId()).isEqualTo(atlas.books().jobs().getFirst().id());
    }

    @Test
    void a_reset_without_an_effect_loses_the_call() throws IOException {
        onCreate("{\"effect\": \"none\", \"reply\": \"reset\"}");

        assertThatThrownBy(() -> create(download()))
                .isInstanceOf(IOException.class)
                .hasStackTraceContaining("reset");

        assertThat(atlas.books().jobs()).isEmpty();
        assertThat(lastCreate().ending()).isEqualTo(Ending.DROPPED);
    }

    @Test
    void a_connection_can_be_closed_in_good_order() throws IOException {
        onCreate("{\"reply\": \"close\"}");

        assertThatThrownBy(() -> create(download())).isInstanceOf(IOException.class);

        assertThat(atlas.books().jobs()).hasSize(1);
    }

    @Test
    void silence_lasts_until_the_caller_gives_up() throws IOException {
        onCreate("{\"reply\": \"silence\"}");
        caller.get(JOBS); // fetches the nonce
        var silent = createMeanwhile(download());
        await(() -> atlas.books().summary().jobs() == 1 && lastCreate().jobId() != null);

        var before = lastCreate().ending();
        caller.close();
        await(() -> lastCreate().ending() == Ending.DROPPED);

        assertThat(before).isEqualTo(Ending.OPEN);
        assertThat(silent.join()).isEqualTo("lost");
    }

    @ParameterizedTest
    @CsvSource({
        "500,none,0",
        "502,none,0",
        "503,none,0",
        "504,none,0",
        "401,none,0",
        "402,none,0",
        "403,none,0",
        "500,at-once,1",
        "502,at-once,1",
        "503,at-once,1",
        "504,at-once,1"
    })
    void a_status_is_answered_before_or_after_the_effect(int status, String effect, int jobs)
            throws IOException {
        onCreate("{\"effect\": \"%s\", \"reply\": {\"status\": %d}}".formatted(effect, status));

        var response = caller.post(JOBS, download());

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.body()).isEmpty();
        assertThat(atlas.books().jobs()).hasSize(jobs);
    }

    @Test
    void a_body_may_be_a_web_page() throws IOException {
        onCreate(
                "{\"effect\": \"none\", \"reply\": {\"status\": 502, \"body\": \"<h1>gone</h1>\"}}");

        var response = caller.post(JOBS, download());

        assertThat(response.body()).isEqualTo("<h1>gone</h1>");
        assertThat(header(response, "Content-Type")).isEqualTo("text/html");
    }

    @Test
    void an_error_code_may_be_null_or_missing() throws IOException {
        rules(
                """
                {"rules": [
                  {"when": {"call": "create", "times": 1},
                   "then": {"effect": "none", "reply": {"status": 404, "errorCode": null}}},
                  {"when": {"call": "create", "times": 1},
                   "then": {"effect": "none", "reply": {"status": 401, "body": {"error": 401}}}},
                  {"when": {"call": "create"},
                   "then": {"effect": "none", "reply": {"status": 409, "errorCode": "BUSY"}}}]}
                """);

        var none = json(caller.post(JOBS, download()));
        var missing = json(caller.post(JOBS, download()));
        var busy = json(caller.post(JOBS, download()));

        assertThat(none.getMap()).containsEntry("errorCode", null).containsEntry("error", 404);
        assertThat(missing).isEqualTo(new JsonObject().put("error", 401));
        assertThat(busy.getString("errorCode")).isEqualTo("BUSY");
    }

    @Test
    void a_rate_limit_comes_with_and_without_the_time_to_wait() throws IOException {
        rules(
                """
                {"rules": [
                  {"when": {"nth": 1},
                   "then": {"effect": "none",
                            "reply": {"status": 429, "headers": {"Retry-After": 7}}}},
                  {"then": {"effect": "none", "reply": {"status": 429}}}]}
                """);

        var first = caller.post(JOBS, download());
        var second = caller.post(JOBS, download());

        assertThat(first.statusCode()).isEqualTo(429);
        assertThat(header(first, "Retry-After")).isEqualTo("7");
        assertThat(second.statusCode()).isEqualTo(429);
        assertThat(header(second, "Retry-After")).isEqualTo("(none)");
    }

    @Test
    void a_slow_answer_comes_after_its_effect() throws IOException {
        caller.get(JOBS);
        onCreate("{\"delay\": \"PT0.2S\"}");
        var begun = System.nanoTime();

        var response = caller.post(JOBS, download());

        assertThat(since(begun)).isGreaterThanOrEqualTo(Duration.ofMillis(199));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(atlas.books().jobs()).hasSize(1);
    }

    @Test
    void a_dripping_answer_is_whole_in_the_end() throws IOException {
        caller.get(JOBS);
        onCreate("{\"drip\": {\"bytes\": 100, \"every\": \"PT0.03S\"}}");
        var begun = System.nanoTime();

        var response = caller.post(JOBS, download());

        var drops = Math.ceilDiv(response.body().length(), 100);
        assertThat(drops).isGreaterThan(3);
        assertThat(since(begun)).isGreaterThanOrEqualTo(Duration.ofMillis(30L * (drops - 1) - 1));
        assertThat(json(response).getString("id")).isEqualTo(atlas.books().jobs().getFirst().id());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"cutAfter\": 0}", "{\"cutAfter\": 30}", CUT_DRIP})
    void a_body_that_is_cut_off_is_no_answer(String then) throws IOException {
        onCreate(then);

        assertThatThrownBy(() -> create(download())).isInstanceOf(IOException.class);

        assertThat(atlas.books().jobs()).hasSize(1);
        assertThat(lastCreate().status()).isEqualTo(200);
    }

    private static final String CUT_DRIP =
            "{\"cutAfter\": 30, \"drip\": {\"bytes\": 10, \"every\": \"PT0.01S\"}}";

    @Test
    void a_body_of_noise_is_the_same_for_the_same_seed() throws IOException {
        onCreate("{\"garble\": true}");
        var first = caller.post(JOBS, download());
        onCreate("{\"garble\": true}");

        var second = caller.post(JOBS, download());

        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(first.body()).isEqualTo(second.body()).doesNotContain("deliveryType");
        assertThat(atlas.books().jobs()).hasSize(2);
    }

    @Test
    void a_success_may_lack_the_id() throws IOException {
        onCreate("{\"without\": [\"id\"]}");

        var response = caller.post(JOBS, download());

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(json(response).containsKey("id")).isFalse();
        assertThat(json(response).getString("snapshotId")).isEqualTo(SNAPSHOT);
        assertThat(atlas.books().jobs()).hasSize(1);
    }

    @Test
    void listed_jobs_may_lack_fields() throws IOException {
        create(automated());
        create(download());
        rules(
                "{\"rules\": [{\"when\": {\"call\": \"list\"},"
                        + " \"then\": {\"without\": [\"snapshotId\", \"targetClusterName\"]}}]}");

        var jobs = json(caller.get(JOBS)).getJsonArray("results");

        assertThat(jobs)
                .hasSize(2)
                .allSatisfy(
                        job ->
                                assertThat(((JsonObject) job).fieldNames())
                                        .contains("id")
                                        .doesNotContain("snapshotId", "targetClusterName"));
    }

    @ParameterizedTest
    @CsvSource({"reset", "close"})
    void an_effect_can_land_after_the_connection_has_gone(String reply) throws IOException {
        onCreate("{\"effect\": {\"after\": \"PT0.1S\"}, \"reply\": \"%s\"}".formatted(reply));

        assertThatThrownBy(() -> create(download())).isInstanceOf(IOException.class);
        var dropped = lastCreate().ending();
        await(() -> lastCreate().jobId() != null);

        assertThat(dropped).isEqualTo(Ending.DROPPED);
        assertThat(lastCreate().ending()).isEqualTo(Ending.DROPPED);
        assertThat(atlas.books().jobs()).hasSize(1);
    }

    @Test
    void an_effect_can_land_after_an_error_was_answered() throws IOException {
        onCreate("{\"effect\": {\"after\": \"PT0.1S\"}, \"reply\": {\"status\": 503}}");

        var status = caller.post(JOBS, download()).statusCode();
        await(() -> atlas.books().jobs().size() == 1);

        assertThat(status).isEqualTo(503);
        await(() -> lastCreate().jobId() != null);
        assertThat(lastCreate().status()).isEqualTo(503);
    }

    @Test
    void an_answer_can_wait_for_its_late_effect() throws IOException {
        onCreate("{\"effect\": {\"after\": \"PT0.05S\"}}");

        var id = create(download());

        assertThat(atlas.books().jobs()).extracting(RestoreJob::id).containsExactly(id);
    }

    private void onCreate(String then) throws IOException {
        rules("{\"rules\": [{\"when\": {\"call\": \"create\"}, \"then\": %s}]}".formatted(then));
    }

    private static Duration since(long begun) {
        return Duration.ofNanos(System.nanoTime() - begun);
    }
}
