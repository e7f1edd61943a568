package dev.restoreworker.whole;

import static dev.restoreworker.whole.RequestJson.automated;
import static dev.restoreworker.whole.RequestJson.download;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.restoreworker.contract.Schemas;
import dev.restoreworker.sandbox.atlas.SimulatorOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests in all of their forms, and outcomes in structured mode, with the addresses of downloads;
 * {@link Events} holds each to the published schemas.
 */
class StructuredModeIT {

    private static final String TYPE = "dev.restoreworker.restore-request.v1";
    private static final String PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    @TempDir private static Path folder;
    private static Surroundings around;
    private static WorkerProcess worker;
    private static Events events;
    private static Events endings;

    @BeforeAll
    static void start() {
        var aMoment = Duration.ofSeconds(1);
        around =
                EmbeddedSurroundings.start(
                        folder,
                        SimulatorOptions.defaults()
                                .withLifecycle(aMoment, aMoment, Duration.ofHours(1)));
        var environment = around.hastyEnvironment();
        environment.put("RESTORE_EVENTS_MODE", "structured");
        environment.put("RESTORE_EVENTS_INCLUDE_DELIVERY_URL", "true");
        worker = WorkerProcess.start(folder, environment).awaitReady();
        events = Events.outcomes(around.bootstrapServers());
        endings = Events.endings(around.bootstrapServers());
    }

    @AfterAll
    static void end() {
        endings.close();
        events.close();
        worker.close();
        around.close();
    }

    @Test
    void a_plain_request_becomes_a_job_that_one_json_object_tells_of() {
        var id = "plain 1/ü";
        around.send("any", download(id), Map.of());

        var event = events.only(id);

        assertThat(event.topic()).isEqualTo(Events.CREATED);
        assertThat(event.headers()).containsOnlyKeys("content-type");
        assertThat(attribute(event, "type")).isEqualTo("dev.restoreworker.job-created.v1");
        assertThat(attribute(event, "subject")).isEqualTo(id);
        assertThat(around.atlas.books().jobs())
                .filteredOn(job -> job.id().equals(event.data().path("jobId").asText()))
                .hasSize(1);
    }

    @Test
    void a_download_that_is_ready_is_told_with_its_address_and_the_log_does_not_have_it() {
        around.send("any", download("ready-1", "e1".repeat(12)), Map.of());

        var ready = endings.only("ready-1").data();

        var job =
                around.atlas.books().jobs().stream()
                        .filter(each -> each.id().equals(ready.path("jobId").asText()))
                        .findFirst()
                        .orElseThrow();
        assertThat(ready.path("state").asText()).isEqualTo("ready");
        assertThat(ready.path("deliveryUrl"))
                .isEqualTo(Schemas.json("[\"%s\"]".formatted(job.deliveryUrl())));
        assertThat(worker.log()).doesNotContain(job.deliveryUrl());
    }

    @Test
    void a_request_in_binary_mode_is_told_in_structured_mode_with_its_trace() {
        around.send(
                null,
                automated("binary-1", "standby"),
                Map.of(
                        "ce_specversion", "1.0",
                        "ce_id", "1",
                        "ce_source", "/dr",
                        "ce_type", TYPE,
                        "ce_traceparent", PARENT));

        var event = events.only("binary-1");

        assertThat(event.topic()).isEqualTo(Events.CREATED);
        assertThat(attribute(event, "traceparent")).isEqualTo(PARENT);
        assertThat(event.header("traceparent")).isEqualTo(PARENT);
        assertThat(event.data().path("context")).isEqualTo(Schemas.json("{\"ticket\":[7]}"));
    }

    @Test
    void a_request_in_structured_mode_that_may_not_wipe_its_target_fails() {
        around.send(
                null,
                """
                {"specversion": "1.0", "type": "%s", "source": "/dr", "id": "s-1", "data": %s}
                """
                        .formatted(TYPE, automated("structured-1", "production")),
                Map.of("content-type", "application/cloudevents+json"));

        var event = events.only("structured-1");

        assertThat(event.topic()).isEqualTo(Events.FAILED);
        assertThat(attribute(event, "type")).isEqualTo("dev.restoreworker.job-failed.v1");
        assertThat(event.data().path("reason").asText()).isEqualTo("TARGET_NOT_ALLOWED");
    }

    @Test
    void an_invalid_request_fails_with_the_fields_that_it_had() {
        around.send(
                null,
                "{\"requestId\": \"invalid-1\", \"projectId\": 7, \"oplogTs\": \"x\"}",
                Map.of());

        var event = events.only("invalid-1");

        assertThat(event.topic()).isEqualTo(Events.FAILED);
        assertThat(event.data().path("reason").asText()).isEqualTo("INVALID_REQUEST");
        assertThat(event.data().path("projectId").asText()).isEqualTo("7");
        assertThat(event.data().path("oplogTs").asText()).isEqualTo("x");
    }

    @Test
    void a_dead_letter_stays_the_record_that_it_was() {
        around.send("dead-1", "not json", Map.of("ce_type", TYPE));

        var letter = events.only("dead-1");

        assertThat(letter.topic()).isEqualTo(Events.DEAD);
        assertThat(letter.value()).isEqualTo("not json");
        assertThat(letter.header("ce_type")).isEqualTo(TYPE);
        assertThat(letter.header("dead-letter-reason")).isEqualTo("UNREADABLE");
    }

    private static String attribute(Events.Event event, String name) {
        JsonNode value = Schemas.json(event.value()).path(name);
        return value.asText();
    }
}
