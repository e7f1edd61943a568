package dev.restoreworker.sandbox.atlas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.restoreworker.sandbox.atlas.RecordedCall.Ending;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FaultsTest extends SimulatorTestCase {
    @Test
    void drop_after_read_makes_no_job_and_no_answer() throws IOException {
        plan("{\"kind\": \"drop-after-read\", \"times\": 1}");

        assertThatThrownBy(() -> create(download())).isInstanceOf(IOException.class);

        assertThat(atlas.books().jobs()).isEmpty();
        assertThat(lastCreate().ending()).isEqualTo(Ending.DROPPED);
        assertThat(lastCreate().status()).isZero();
    }

    @Test
    void drop_after_effect_makes_a_job_and_no_answer() throws IOException {
        plan("{\"kind\": \"drop-after-effect\"}");

        assertThatThrownBy(() -> create(download())).isInstanceOf(IOException.class);

        assertThat(atlas.books().jobs()).hasSize(1);
        assertThat(lastCreate().ending()).isEqualTo(Ending.DROPPED);
        assertThat(lastCreate().jobId()).isEqualTo(atlas.books().jobs().getFirst().id());
    }

    @Test
    @Timeout(30)
    void no_answer_makes_a_job_and_keeps_the_connection() throws Exception {
        plan("{\"kind\": \"no-answer\"}");
        caller.get(JOBS); // fetches the nonce
        var ended = new CountDownLatch(1);
        var lost =
                CompletableFuture.supplyAsync(
                                () -> {
                                    try {
                                        return create(download());
                                    } catch (IOException e) {
                                        return "lost";
                                    }
                                })
                        .whenComplete((_, _) -> ended.countDown());
        while (atlas.books().jobs().isEmpty() || lastCreate().jobId() == null) {
            Thread.onSpinWait();
        }

        var unanswered = lastCreate();
        var stillOpen = ended.getCount() == 1;
        atlas.close();

        assertThat(unanswered.ending()).isEqualTo(Ending.OPEN);
        assertThat(unanswered.jobId()).isEqualTo(atlas.books().jobs().getFirst().id());
        assertThat(stillOpen).isTrue();
        assertThat(lost.join()).isEqualTo("lost");
        assertThat(lastCreate().ending()).isEqualTo(Ending.DROPPED);
    }

    @Test
    void a_canned_answer_stands_in_for_the_effect() throws IOException {
        plan(
                """
                {"kind": "answer", "times": 2, "status": 503,
                 "headers": {"Retry-After": 7}, "body": "upstream is gone"}
                """);

        var first = caller.post(JOBS, download());
        var second = caller.post(JOBS, download());
        var third = caller.post(JOBS, download());

        assertThat(first.statusCode()).isEqualTo(503);
        assertThat(header(first, "Retry-After")).isEqualTo("7");
        assertThat(first.body()).isEqualTo("upstream is gone");
        assertThat(second.statusCode()).isEqualTo(503);
        assertThat(third.statusCode()).isEqualTo(200);
        assertThat(atlas.books().jobs()).hasSize(1);
    }

    @Test
    void a_canned_answer_after_effect_hides_the_job() throws IOException {
        atlas.faults()
                .plan(
                        new Fault.CannedAnswerAfterEffect(
                                500, Map.of("Content-Type", "text/html"), "<h1>oops</h1>"),
                        1);

        var response = caller.post(JOBS, download());

        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.body()).isEqualTo("<h1>oops</h1>");
        assertThat(atlas.books().jobs()).hasSize(1);
        assertThat(lastCreate().jobId()).isNotNull();
        assertThat(lastCreate().status()).isEqualTo(500);
    }

    @Test
    void a_body_of_json_is_sent_as_json() throws IOException {
        plan("{\"kind\": \"answer\", \"status\": 429, \"body\": {\"error\": 429}}");

        var response = caller.post(JOBS, download());

        assertThat(json(response)).isEqualTo(new JsonObject().put("error", 429));
    }

    @Test
    void only_signed_creates_use_a_fault_up() throws IOException {
        plan("{\"kind\": \"answer\", \"status\": 418, \"times\": 1}");

        caller.sendUnsigned("POST", JOBS);
        caller.get(JOBS);
        var create = caller.post(JOBS, download());

        assertThat(create.statusCode()).isEqualTo(418);
        assertThat(atlas.faults().left()).isZero();
    }

    @Test
    void faults_come_in_the_order_of_planning_and_can_be_cleared() throws IOException {
        plan("{\"kind\": \"answer\", \"status\": 502}");
        plan("{\"kind\": \"answer\", \"status\": 504, \"times\": 5}");

        var first = caller.post(JOBS, download()).statusCode();
        var second = caller.post(JOBS, download()).statusCode();
        var left = json(caller.control("GET", "/simulator/faults", "")).getInteger("left");
        var cleared = caller.control("DELETE", "/simulator/faults", "").statusCode();
        var third = caller.post(JOBS, download()).statusCode();

        assertThat(first).isEqualTo(502);
        assertThat(second).isEqualTo(504);
        assertThat(left).isEqualTo(4);
        assertThat(cleared).isEqualTo(204);
        assertThat(third).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{}",
                "{\"kind\": \"explode\"}",
                "{\"kind\": \"answer\"}",
                "{\"kind\": \"answer\", \"status\": 99}",
                "{\"kind\": \"no-answer\", \"times\": 0}",
                "{\"kind\": \"no-answer\", \"times\": \"many\"}",
                "{\"kind\": 1}"
            })
    void a_plan_that_cannot_be_read_is_refused(String body) throws IOException {
        var response = caller.control("POST", "/simulator/faults", body);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).getString("detail")).isNotBlank();
        assertThat(atlas.faults().left()).isZero();
    }

    private void plan(String fault) throws IOException {
        var response = caller.control("POST", "/simulator/faults", fault);
        assertThat(response.statusCode()).isEqualTo(200);
    }
}
