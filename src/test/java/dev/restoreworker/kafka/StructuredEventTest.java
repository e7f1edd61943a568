package dev.restoreworker.kafka;

import static dev.restoreworker.kafka.Records.there;
import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.Blob;
import dev.restoreworker.OutgoingEvent;
import dev.restoreworker.OutgoingEvent.Header;
import dev.restoreworker.OutgoingEvent.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

class StructuredEventTest {

    @Test
    void attributes_and_data_become_one_object_and_other_headers_stay() {
        var event =
                StructuredEvent.of(
                        event(
                                "{\"n\":1.50}",
                                Header.of("ce_id", "1"),
                                Header.of("content-type", "application/json"),
                                Header.of("traceparent", "00-1"),
                                Header.of("ce_traceparent", "00-1")));

        assertThat(event.kind()).isEqualTo(Kind.JOB_CREATED);
        assertThat(event.key()).isEqualTo(Blob.of("key"));
        assertThat(there(event.value()).text())
                .isEqualTo(
                        "{\"id\":\"1\",\"datacontenttype\":\"application/json\","
                                + "\"traceparent\":\"00-1\",\"data\":{\"n\":1.50}}");
        assertThat(event.headers())
                .containsExactly(
                        Header.of("traceparent", "00-1"),
                        Header.of("content-type", "application/cloudevents+json; charset=UTF-8"));
    }

    @Test
    void odd_characters_in_attributes_stay_what_they_are() {
        var subject = "a\"b\\ {}, ü 😀";
        var value =
                there(StructuredEvent.of(event("{}", Header.of("ce_subject", subject))).value());

        assertThat(StrictJson.parse(value.toBytes()))
                .isInstanceOfSatisfying(
                        StrictJson.Parsed.Json.class,
                        json ->
                                assertThat(json.node().get("subject").textValue())
                                        .isEqualTo(subject));
    }

    private static OutgoingEvent event(String data, Header... headers) {
        return new OutgoingEvent(Kind.JOB_CREATED, Blob.of("key"), Blob.of(data), List.of(headers));
    }
}
