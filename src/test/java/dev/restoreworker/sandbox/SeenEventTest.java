package dev.restoreworker.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class SeenEventTest {
    @Test
    void a_created_job_is_read_with_its_id() {
        var event =
                record(
                        "restore-job-created",
                        "{\"requestId\":\"r\",\"projectId\":\"p\",\"deliveryType\":\"download\",\"jobId\":\"j\"}");
        event.headers().add("ce_type", "dev.restoreworker.job-created.v1".getBytes(UTF_8));

        assertThat(SeenEvent.of(event))
                .isEqualTo(new SeenEvent("r", "p", "download", Outcome.created(), "j"));
    }

    @Test
    void a_failure_is_read_with_its_reason() {
        var event = record("restore-job-failed", "{\"projectId\":\"p\",\"reason\":\"TOO_OLD\"}");
        event.headers().add("ce_type", "dev.restoreworker.job-failed.v1".getBytes(UTF_8));

        assertThat(SeenEvent.of(event).outcome()).isEqualTo(Outcome.failed("TOO_OLD"));
    }

    @Test
    void an_event_in_structured_mode_is_read_too() {
        var event =
                record(
                        "restore-job-failed",
                        "{\"type\":\"dev.restoreworker.job-failed.v1\","
                                + "\"data\":{\"projectId\":\"p\",\"reason\":\"TOO_OLD\"}}");
        event.headers().add("content-type", "application/cloudevents+json".getBytes(UTF_8));

        assertThat(SeenEvent.of(event))
                .isEqualTo(new SeenEvent("r", "p", "", Outcome.failed("TOO_OLD"), ""));
    }

    @Test
    void a_finished_job_is_read_with_its_state_and_is_not_an_outcome_of_the_request() {
        var event = record("restore-job-finished", "{\"jobId\":\"j\",\"state\":\"completed\"}");
        event.headers().add("ce_type", "dev.restoreworker.job-finished.v1".getBytes(UTF_8));

        var outcome = SeenEvent.of(event).outcome();

        assertThat(outcome).isEqualTo(new Outcome("job-finished", "completed"));
        assertThat(outcome.isFinal()).isFalse();
    }

    @Test
    void a_dead_letter_need_not_be_json() {
        var event = record("restore-requests-dead-letter", "not JSON at all");
        event.headers().add("dead-letter-reason", "UNREADABLE".getBytes(UTF_8));

        assertThat(SeenEvent.of(event))
                .isEqualTo(new SeenEvent("r", "", "", Outcome.deadLetter("UNREADABLE"), ""));
    }

    @Test
    void an_event_without_a_type_is_no_outcome_of_any_kind() {
        var event = record("restore-job-created", "{\"jobId\":\"j\"}");

        assertThat(SeenEvent.of(event).outcome().isFinal()).isFalse();
    }

    private static ConsumerRecord<byte[], byte[]> record(String topic, String value) {
        return new ConsumerRecord<>(topic, 0, 0, "r".getBytes(UTF_8), value.getBytes(UTF_8));
    }
}
