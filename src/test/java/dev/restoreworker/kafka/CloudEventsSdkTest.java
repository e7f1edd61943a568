package dev.restoreworker.kafka;

import static dev.restoreworker.kafka.Records.VALID;
import static dev.restoreworker.kafka.Records.letter;
import static dev.restoreworker.kafka.Records.record;
import static dev.restoreworker.kafka.Records.request;
import static dev.restoreworker.kafka.Records.there;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.DeadLetter.Reason;
import dev.restoreworker.OutgoingEvent;
import dev.restoreworker.RestoreConfig;
import dev.restoreworker.core.Outcome;
import dev.restoreworker.core.RequestRules.Checked;
import dev.restoreworker.core.RestoreRequest.Remarks;
import dev.restoreworker.core.Trace;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.core.data.BytesCloudEventData;
import io.cloudevents.jackson.JsonCloudEventData;
import io.cloudevents.jackson.JsonFormat;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.net.URI;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** CloudEvents' own SDK writes what we read and reads what we write. */
class CloudEventsSdkTest {

    private static final String PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    enum Mode {
        BINARY,
        STRUCTURED
    }

    @ParameterizedTest
    @EnumSource
    void what_the_sdk_writes_is_a_request(Mode mode) {
        var incoming = request(written(event().build(), mode));

        assertThat(incoming.requestId()).isEqualTo("dr-1");
        assertThat(incoming.checked()).isInstanceOf(Checked.Valid.class);
        assertThat(incoming.content()).isEqualTo(request(record(VALID)).content());
        assertThat(incoming.remarks().requestedBy()).isEqualTo("/dr/é");
        assertThat(incoming.remarks().requestedAt()).isEqualTo("2026-01-31T11:00:00.000000001Z");
        assertThat(incoming.remarks().trace()).isEqualTo(new Trace(PARENT, "a=b"));
    }

    @Test
    void bytes_that_the_sdk_takes_for_opaque_are_a_request_too() {
        var opaque =
                event().withDataContentType("application/json")
                        .withData(BytesCloudEventData.wrap(VALID.getBytes(UTF_8)))
                        .build();

        assertThat(request(written(opaque, Mode.STRUCTURED)).requestId()).isEqualTo("dr-1");
        var untyped = CloudEventBuilder.v1(opaque).withoutData().withData(VALID.getBytes(UTF_8));
        var record = written(untyped.build(), Mode.STRUCTURED);
        assertThat(request(record).requestId()).isEqualTo("dr-1");
    }

    @ParameterizedTest
    @EnumSource
    void an_older_version_is_not_run(Mode mode) {
        var old = CloudEventBuilder.v03(event().build()).build();

        assertThat(letter(written(old, mode)).reason()).isEqualTo(Reason.UNREADABLE);
    }

    @Test
    void what_we_write_is_the_same_event_to_the_sdk_in_both_modes() {
        var requestId = "dr \"é\" 😀";
        var written =
                new CheckedEvents("/here", "docs/events.md")
                        .outcome(
                                requestId,
                                request(record(VALID)).content(),
                                new Remarks(null, "ops", null, null, new Trace(PARENT, "a=b")),
                                List.of(),
                                new Outcome.JobFailed(Outcome.Reason.QUOTA_EXCEEDED, "full", null));
        var binary = read(written, RestoreConfig.Mode.BINARY);
        var structured = read(written, RestoreConfig.Mode.STRUCTURED);

        assertThat(attributes(structured)).isEqualTo(attributes(binary));
        assertThat(attributes(binary))
                .containsEntry("specversion", "1.0")
                .containsEntry("id", Records.header(written, "ce_id"))
                .containsEntry("source", "/here")
                .containsEntry("type", "dev.restoreworker.job-failed.v1")
                .containsEntry("subject", requestId)
                .containsEntry("time", "2026-01-31T10:00:00.123456Z")
                .containsEntry("datacontenttype", "application/json")
                .containsEntry("partitionkey", requestId)
                .containsEntry("projectid", "5e2211c17a3e5a48f5497de3")
                .containsEntry("traceparent", PARENT)
                .containsEntry("tracestate", "a=b")
                .hasSize(11);
        assertThat(json(data(structured))).isEqualTo(json(data(binary)));
        assertThat(json(data(binary)).get("help").textValue())
                .isEqualTo("docs/events.md#quota_exceeded");
    }

    private static CloudEvent read(OutgoingEvent event, RestoreConfig.Mode mode) {
        var sent = CheckedEvents.sent(event, mode);
        assertThat(sent.topic()).isEqualTo("restore-job-failed");
        return KafkaMessageFactory.createReader(received(sent)).toEvent();
    }

    private static Map<String, String> attributes(CloudEvent event) {
        var attributes = new HashMap<String, String>();
        event.getAttributeNames()
                .forEach(name -> attributes.put(name, String.valueOf(event.getAttribute(name))));
        event.getExtensionNames()
                .forEach(name -> attributes.put(name, String.valueOf(event.getExtension(name))));
        return attributes;
    }

    private static String data(CloudEvent event) {
        return new String(there(event.getData()).toBytes(), UTF_8);
    }

    private static io.cloudevents.core.v1.CloudEventBuilder event() {
        return CloudEventBuilder.v1()
                .withId("e-1")
                .withSource(URI.create("/dr/é"))
                .withType("dev.restoreworker.restore-request.v1")
                .withSubject("anything")
                .withTime(OffsetDateTime.parse("2026-01-31T12:00:00.000000001+01:00"))
                .withExtension("traceparent", PARENT)
                .withExtension("tracestate", "a=b")
                .withExtension("number", 17)
                .withExtension("flag", true)
                .withData("application/json", JsonCloudEventData.wrap(json(VALID)));
    }

    private static com.fasterxml.jackson.databind.JsonNode json(String text) {
        return switch (StrictJson.parse(text)) {
            case StrictJson.Parsed.Json(var node) -> node;
            case StrictJson.Parsed.Unreadable(var detail) -> throw new AssertionError(detail);
        };
    }

    private static ConsumerRecord<byte[], byte[]> written(CloudEvent event, Mode mode) {
        var writer = KafkaMessageFactory.createWriter("requests");
        var sent =
                switch (mode) {
                    case BINARY -> writer.writeBinary(event);
                    case STRUCTURED -> writer.writeStructured(event, new JsonFormat());
                };
        return received(sent);
    }

    private static ConsumerRecord<byte[], byte[]> received(ProducerRecord<?, byte[]> sent) {
        var record = record(there(sent.value()));
        sent.headers().forEach(record.headers()::add);
        return record;
    }
}
