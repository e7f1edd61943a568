package dev.restoreworker.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What checks every event of every test: that it takes what is right, and nothing else. */
class PublishedRecordTest {

    private static final String TOPIC = "restore-job-created";

    private final ObjectNode data = example("job-created").deepCopy();
    private final Map<String, String> headers = texts(example("event-headers"));

    @Test
    void the_examples_of_the_schemas_are_an_event_in_both_modes() {
        assertThatCode(binary()::check).doesNotThrowAnyException();
        assertThatCode(structured()::check).doesNotThrowAnyException();
        assertThat(structured().data()).isEqualTo(binary().data());
    }

    @ParameterizedTest
    @ValueSource(strings = {"jobId", "jobCreatedAt", "adopted", "links", "attempts", "requestId"})
    void data_that_lacks_something_is_found_out(String field) {
        data.remove(field);

        assertThatThrownBy(binary()::check).isInstanceOf(AssertionError.class);
        assertThatThrownBy(structured()::check).isInstanceOf(AssertionError.class);
    }

    @ParameterizedTest
    @CsvSource({
        "ce_id, 1",
        "ce_time, yesterday",
        "ce_type, dev.restoreworker.job-failed.v1",
        "ce_type, dev.restoreworker.job-vanished.v1",
        "ce_subject, another",
        "ce_partitionkey, another",
        "ce_specversion, 2.0",
        "ce_projectid, x",
    })
    void an_attribute_that_is_not_as_it_should_be_is_found_out(String name, String value) {
        headers.put(name, value);

        assertThatThrownBy(binary()::check).isInstanceOf(AssertionError.class);
        assertThatThrownBy(structured()::check).isInstanceOf(AssertionError.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ce_specversion", "ce_id", "ce_source", "ce_type", "ce_subject", "ce_time"})
    void an_attribute_that_is_missing_is_found_out(String name) {
        headers.remove(name);

        assertThatThrownBy(binary()::check).isInstanceOf(AssertionError.class);
        assertThatThrownBy(structured()::check).isInstanceOf(AssertionError.class);
    }

    @Test
    void another_topic_or_key_is_found_out() {
        var value = data.toString();

        assertThatThrownBy(new PublishedRecord("restore-job-failed", "x", value, headers)::check)
                .isInstanceOf(AssertionError.class);
        assertThatThrownBy(new PublishedRecord(TOPIC, "x", value, headers)::check)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Key 'x'");
    }

    @Test
    void a_structured_event_with_the_headers_of_both_modes_is_found_out() {
        var structured = structured();
        var both = new HashMap<>(structured.headers());
        both.put("ce_id", "1");

        assertThatThrownBy(
                        new PublishedRecord(TOPIC, structured.key(), structured.value(), both)
                                ::check)
                .hasMessageContaining("ce_id");
    }

    @Test
    void a_dead_letter_says_why_and_from_where() {
        var letter = texts(example("dead-letter-headers"));
        var topic = "restore-requests-dead-letter";
        assertThatCode(new PublishedRecord(topic, null, "nonsense", letter)::check)
                .doesNotThrowAnyException();

        for (var name : Schemas.source("dead-letter-headers").path("required")) {
            var lacking = new HashMap<>(letter);
            lacking.remove(name.asText());
            assertThatThrownBy(new PublishedRecord(topic, null, "nonsense", lacking)::check)
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining(name.asText());
        }
        letter.put("dead-letter-reason", "BECAUSE");
        assertThatThrownBy(new PublishedRecord(topic, null, "nonsense", letter)::check)
                .isInstanceOf(AssertionError.class);
    }

    private PublishedRecord binary() {
        return new PublishedRecord(TOPIC, "dr-eu-0043", data.toString(), headers);
    }

    private PublishedRecord structured() {
        var event = data.objectNode();
        headers.forEach(
                (name, value) ->
                        event.put(
                                name.equals("content-type")
                                        ? "datacontenttype"
                                        : name.substring("ce_".length()),
                                value));
        event.set("data", data);
        return new PublishedRecord(
                TOPIC,
                "dr-eu-0043",
                event.toString(),
                Map.of("content-type", "application/cloudevents+json; charset=UTF-8"));
    }

    private static JsonNode example(String schema) {
        return Schemas.source(schema).at("/examples/0");
    }

    private static Map<String, String> texts(JsonNode object) {
        var texts = new HashMap<String, String>();
        object.properties().forEach(each -> texts.put(each.getKey(), each.getValue().asText()));
        return texts;
    }
}
