package dev.restoreworker.kafka;

import static dev.restoreworker.kafka.Records.VALID;
import static dev.restoreworker.kafka.Records.cancel;
import static dev.restoreworker.kafka.Records.detail;
import static dev.restoreworker.kafka.Records.letter;
import static dev.restoreworker.kafka.Records.record;
import static dev.restoreworker.kafka.Records.request;
import static dev.restoreworker.kafka.Records.tombstone;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.DeadLetter.Reason;
import dev.restoreworker.ReceivedRecord;
import dev.restoreworker.core.RequestRules.Checked;
import dev.restoreworker.core.Trace;
import dev.restoreworker.kafka.RequestReader.Read;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests as CloudEvents in both modes, and what looks like one and is none. */
class CloudEventRequestsTest {

    private static final String TYPE = "dev.restoreworker.restore-request.v1";
    private static final String CANCEL = "dev.restoreworker.restore-cancel.v1";
    private static final String PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    private static final String OTHER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

    /** The valid request without its id. */
    private static final String NAMELESS = VALID.replace("\"requestId\": \"dr-1\", ", "");

    private final Map<String, String> attributes = new LinkedHashMap<>();
    private String data = VALID;

    CloudEventRequestsTest() {
        attributes.put("specversion", "1.0");
        attributes.put("id", "e-1");
        attributes.put("source", "/dr");
        attributes.put("type", TYPE);
    }

    /** How the event of a test is written down. */
    enum Mode {
        BINARY,
        STRUCTURED,
        STRUCTURED_BASE64
    }

    private ConsumerRecord<byte[], byte[]> in(Mode mode) {
        return switch (mode) {
            case BINARY -> binary();
            case STRUCTURED -> structured("\"data\":" + data);
            case STRUCTURED_BASE64 -> structured("\"data_base64\":\"" + base64(data) + "\"");
        };
    }

    private ConsumerRecord<byte[], byte[]> binary() {
        var record = record(data);
        attributes.forEach((name, value) -> add(record, "ce_" + name, value));
        return record;
    }

    private ConsumerRecord<byte[], byte[]> structured(String data) {
        var text = new StringBuilder("{");
        attributes.forEach((name, value) -> text.append("\"%s\":\"%s\",".formatted(name, value)));
        return event(text.append(data).append('}').toString());
    }

    private static ConsumerRecord<byte[], byte[]> event(String value) {
        var record = record(value);
        add(record, "content-type", "application/cloudevents+json; charset=UTF-8");
        return record;
    }

    private static void add(ConsumerRecord<byte[], byte[]> record, String name, String value) {
        record.headers().add(name, value.getBytes(UTF_8));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }

    @ParameterizedTest
    @EnumSource
    void an_event_is_a_request(Mode mode) {
        var incoming = request(in(mode));

        assertThat(incoming.requestId()).isEqualTo("dr-1");
        assertThat(incoming.checked()).isInstanceOf(Checked.Valid.class);
        assertThat(incoming.content()).isEqualTo(request(record(VALID)).content());
    }

    @ParameterizedTest
    @EnumSource
    void source_and_id_are_the_id_of_a_request_that_names_none(Mode mode) {
        data = NAMELESS;

        assertThat(request(in(mode)).requestId()).isEqualTo("/dr e-1");
    }

    @ParameterizedTest
    @CsvSource({"/a b, c", "/a, b c", "' a', b"})
    void a_space_in_source_or_id_could_make_two_requests_one(String source, String id) {
        attributes.put("source", source);
        attributes.put("id", id);
        data = NAMELESS;
        var letter = letter(in(Mode.BINARY));

        assertThat(letter.reason()).isEqualTo(Reason.NO_ID);
        assertThat(detail(letter)).contains("space", source, id);
        assertThat(letter(in(Mode.STRUCTURED)).reason()).isEqualTo(Reason.NO_ID);
    }

    @Test
    void a_space_does_no_harm_where_the_data_names_the_request() {
        attributes.put("source", "/a b");

        assertThat(request(in(Mode.BINARY)).requestId()).isEqualTo("dr-1");
    }

    @Test
    void an_id_in_the_data_that_is_none_is_not_made_up_for() {
        data = NAMELESS.replaceFirst("\\{", "{\"requestId\":17,");

        assertThat(letter(in(Mode.BINARY)).reason()).isEqualTo(Reason.NO_ID);
    }

    @Test
    void source_and_id_together_have_at_most_255_characters() {
        data = NAMELESS;
        attributes.put("id", "x".repeat(251));
        assertThat(request(in(Mode.BINARY)).requestId()).hasSize(255);

        attributes.put("id", "x".repeat(252));
        assertThat(letter(in(Mode.BINARY)).reason()).isEqualTo(Reason.NO_ID);
    }

    @ParameterizedTest
    @EnumSource
    void who_asked_and_when_is_taken_from_the_event_where_the_data_is_silent(Mode mode) {
        attributes.put("time", "2026-01-31T12:00:00+01:00");
        var incoming = request(in(mode));

        assertThat(incoming.remarks().requestedBy()).isEqualTo("/dr");
        assertThat(incoming.remarks().requestedAt()).isEqualTo("2026-01-31T11:00:00Z");
        assertThat(incoming.content()).isEqualTo(request(record(VALID)).content());
    }

    @Test
    void what_the_data_says_of_who_asked_and_when_counts() {
        attributes.put("time", "2026-01-31T12:00:00Z");
        data =
                VALID.replaceFirst(
                        "\\{", "{\"requestedBy\":\"me\",\"requestedAt\":\"2020-01-01T00:00:00Z\",");
        var record = in(Mode.BINARY);
        add(record, "client-id", "somebody");

        assertThat(request(record).remarks().requestedBy()).isEqualTo("me");
        assertThat(request(record).remarks().requestedAt()).isEqualTo("2020-01-01T00:00:00Z");
    }

    @Test
    void the_source_is_a_better_requester_than_the_client() {
        var record = in(Mode.BINARY);
        add(record, "client-id", "somebody");

        assertThat(request(record).remarks().requestedBy()).isEqualTo("/dr");
    }

    @ParameterizedTest
    @EnumSource
    void the_trace_may_be_an_extension(Mode mode) {
        attributes.put("traceparent", PARENT);
        attributes.put("tracestate", "a=b");

        assertThat(request(in(mode)).remarks().trace()).isEqualTo(new Trace(PARENT, "a=b"));
    }

    @ParameterizedTest
    @EnumSource
    void the_trace_of_the_record_counts_before_that_of_the_event(Mode mode) {
        attributes.put("traceparent", PARENT);
        attributes.put("tracestate", "a=b");
        var record = in(mode);
        add(record, "traceparent", OTHER);

        assertThat(request(record).remarks().trace()).isEqualTo(new Trace(OTHER, null));
    }

    @Test
    void a_header_that_is_no_trace_leaves_that_of_the_event() {
        attributes.put("traceparent", PARENT);
        var record = in(Mode.STRUCTURED);
        record.headers().add("traceparent", new byte[] {(byte) 0xc3, 0});

        assertThat(request(record).remarks().trace()).isEqualTo(new Trace(PARENT, null));
    }

    @ParameterizedTest
    @EnumSource
    void a_further_type_is_a_request_too(Mode mode) {
        attributes.put("type", "com.example.restore");

        assertThat(request(in(mode)).requestId()).isEqualTo("dr-1");
    }

    @ParameterizedTest
    @EnumSource
    void an_event_of_another_type_is_never_run(Mode mode) {
        attributes.put("type", "dev.restoreworker.restore-request.v2");
        var letter = letter(in(mode));

        assertThat(letter.reason()).isEqualTo(Reason.UNKNOWN_TYPE);
        assertThat(detail(letter)).contains("dev.restoreworker.restore-request.v2");
    }

    @Test
    void the_data_of_a_stranger_need_not_be_json() {
        attributes.put("type", "com.example.picture");
        data = "\u0089PNG";

        assertThat(letter(in(Mode.BINARY)).reason()).isEqualTo(Reason.UNKNOWN_TYPE);
    }

    @ParameterizedTest
    @EnumSource
    void an_event_that_cancels_is_never_run(Mode mode) {
        attributes.put("type", CANCEL);
        var cancel = cancel(in(mode));

        assertThat(cancel.requestId()).isEqualTo("dr-1");
        assertThat(cancel.requestedBy()).isEqualTo("/dr");
    }

    @ParameterizedTest
    @EnumSource
    void an_event_that_cancels_may_say_so_twice_and_must_not_say_otherwise(Mode mode) {
        attributes.put("type", CANCEL);
        data = VALID.replaceFirst("\\{", "{\"action\":\"cancel\",");
        assertThat(cancel(in(mode)).requestId()).isEqualTo("dr-1");

        data = VALID.replaceFirst("\\{", "{\"action\":\"restore\",");
        assertThat(letter(in(mode)).reason()).isEqualTo(Reason.UNKNOWN_TYPE);
    }

    @ParameterizedTest
    @EnumSource
    void an_event_whose_data_cancels_is_never_run(Mode mode) {
        data = VALID.replaceFirst("\\{", "{\"action\":\"cancel\",\"reason\":\"too late\",");

        assertThat(cancel(in(mode)).reason()).isEqualTo("too late");
    }

    @ParameterizedTest
    @EnumSource
    void what_an_event_that_cancels_is_called_is_no_request(Mode mode) {
        attributes.put("type", CANCEL);
        data = NAMELESS;
        var letter = letter(in(mode));

        assertThat(letter.reason()).isEqualTo(Reason.NO_ID);
        assertThat(detail(letter)).contains("it names what to cancel");
    }

    @Test
    void no_setting_makes_an_event_that_cancels_a_request() {
        attributes.put("type", CANCEL);

        assertThat(new RequestReader(Set.of(CANCEL)).read(in(Mode.BINARY)))
                .isInstanceOf(Read.Cancel.class);
    }

    @ParameterizedTest
    @CsvSource({
        "specversion, is missing",
        "id, is missing",
        "source, is missing",
        "type, is missing",
    })
    void a_mandatory_attribute_that_is_missing_is_told_with_its_place(String name, String fault) {
        attributes.remove(name);

        assertUnreadable(in(Mode.BINARY), "the header ce_" + name + " " + fault);
        assertUnreadable(in(Mode.STRUCTURED), "the member " + name + " " + fault);
    }

    @Test
    void all_faults_are_told_at_once() {
        attributes.clear();
        attributes.put("time", "noon");

        assertThat(detail(letter(in(Mode.BINARY))))
                .contains("ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "'noon'");
    }

    @ParameterizedTest
    @CsvSource({
        "specversion, 0.3",
        "specversion, 2.0",
        "specversion, 1",
        "specversion, 1.x",
        "specversion, ' 1.0'",
        "specversion, ''",
        "id, ''",
        "source, '  '",
        "type, ''",
        "time, ''",
        "time, yesterday",
        "time, 2026-02-30T00:00:00Z",
        "datacontenttype, application/xml",
    })
    void an_ill_formed_attribute_is_unreadable(String name, String value) {
        attributes.put(name, value);

        assertUnreadable(in(Mode.BINARY), "ce_" + name);
        assertUnreadable(in(Mode.STRUCTURED), "member " + name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"id", "source", "type"})
    void an_attribute_with_control_characters_is_unreadable(String name) {
        attributes.put(name, "a\r\nb\0");
        assertUnreadable(in(Mode.BINARY), "ce_" + name);

        attributes.put(name, "a\\ud800");
        assertUnreadable(in(Mode.STRUCTURED), "member " + name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.0", "1.1", "1.25"})
    void every_first_version_is_read(String version) {
        attributes.put("specversion", version);

        assertThat(request(in(Mode.BINARY)).requestId()).isEqualTo("dr-1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"17", "true", "[]", "{\"a\":1}"})
    void an_attribute_that_is_no_text_is_unreadable(String id) {
        var record =
                event(
                        """
                        {"specversion": "1.0", "id": %s, "source": "/dr", "type": "%s", "data": %s}
                        """
                                .formatted(id, TYPE, VALID));

        assertUnreadable(record, "the member id must be text");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"application/json", "application/vnd.dr+json; charset=utf-8", "text/json"})
    void the_data_of_a_binary_event_is_json(String contentType) {
        var record = in(Mode.BINARY);
        add(record, "content-type", contentType);

        assertThat(request(record).requestId()).isEqualTo("dr-1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/avro", "json", ""})
    void other_data_of_a_binary_event_is_unreadable(String contentType) {
        var record = in(Mode.BINARY);
        add(record, "content-type", contentType);

        assertUnreadable(record, "content type must be JSON");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"nonsense|'nonsense'", "[]|of type array", "''|no value", "17|of type number"})
    void a_binary_event_without_a_json_object_is_unreadable(String value, String detail) {
        data = value;

        assertUnreadable(in(Mode.BINARY), detail);
    }

    @Test
    void an_event_without_a_value_is_unreadable() {
        var binary = tombstone();
        attributes.forEach((name, value) -> add(binary, "ce_" + name, value));
        var structured = tombstone();
        add(structured, "content-type", "application/cloudevents+json");

        assertUnreadable(binary, "no value");
        assertUnreadable(structured, "no value");
    }

    @Test
    void an_event_has_at_most_256_kib() {
        data = VALID + " ".repeat(Body.LENGTH_MAX);

        assertThat(letter(in(Mode.BINARY)).reason()).isEqualTo(Reason.TOO_LARGE);
        assertThat(letter(in(Mode.STRUCTURED)).reason()).isEqualTo(Reason.TOO_LARGE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"x\":1|neither",
                "\"data\":null|neither",
                "\"data\":{},\"data_base64\":\"e30=\"|both",
                "\"data\":\"text\"|of type string",
                "\"data\":[]|of type array",
                "\"data_base64\":17|of type number",
                "\"data_base64\":\"?\"|not Base64",
                "\"data_base64\":\"e30\\n\"|not Base64",
                "\"data_base64\":\"W10=\"|of type array",
                "\"data_base64\":\"/w==\"|not UTF-8 from byte 0 on",
                "\"data\":{},\"data\":{}|'data'",
            })
    void a_structured_event_without_a_json_object_is_unreadable(String members, String detail) {
        assertUnreadable(structured(members), detail);
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "[]", "nonsense", "\"text\""})
    void a_structured_event_is_a_json_object(String value) {
        assertThat(letter(event(value)).reason()).isEqualTo(Reason.UNREADABLE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "content-type|application/cloudevents-batch+json; charset=UTF-8",
                "Content-Type|Application/CloudEvents-Batch+JSON",
            })
    void a_batch_is_refused_by_its_name(String name, String contentType) {
        var record = record("[" + VALID + "]");
        add(record, name, contentType);

        assertUnreadable(record, "batch content mode is not supported");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/cloudevents",
                "application/cloudevents+avro",
                "application/cloudevents-batch",
                "application/cloudevents+json+x",
            })
    void another_format_of_events_is_never_run(String contentType) {
        var record = record(VALID);
        add(record, "CONTENT-TYPE", contentType);

        assertUnreadable(record, "must be application/cloudevents+json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ce_id", "ce_subject", "CE_Type", "ce-type", "ce_"})
    void an_event_in_two_modes_is_never_run(String name) {
        var record = in(Mode.STRUCTURED);
        add(record, name, "x");

        assertUnreadable(record, "it can only be one of them");
    }

    @Test
    void an_event_with_two_content_types_is_never_run() {
        var record = record(VALID);
        record.headers().add("content-type", null);
        add(record, "content-type", "application/json");
        add(record, "content-type", "application/cloudevents+json");

        assertUnreadable(record, "more than one content type");
    }

    @ParameterizedTest
    @ValueSource(strings = {"CE_Type", "ce-type", "ce_", "ce_Type", "ce_a_b", "ce_\u0000", "ce_ü"})
    void a_record_that_almost_has_the_headers_of_an_event_is_never_run(String name) {
        var plain = record(VALID);
        add(plain, name, TYPE);
        var binary = in(Mode.BINARY);
        add(binary, name, TYPE);

        assertUnreadable(plain, "in lower case");
        assertUnreadable(binary, "in lower case");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ce_type", "ce_id", "ce_specversion"})
    void a_record_with_one_header_of_an_event_is_never_run(String name) {
        var record = record(VALID);
        add(record, name, "1.0");

        assertUnreadable(record, "is missing");
    }

    @Test
    void an_attribute_that_is_there_twice_is_unreadable() {
        var record = in(Mode.BINARY);
        add(record, "ce_type", "dev.restoreworker.restore-cancel.v1");

        assertUnreadable(record, "the header ce_type is there twice");
    }

    @Test
    void an_attribute_that_is_not_utf_8_is_unreadable() {
        attributes.remove("id");
        var odd = in(Mode.BINARY);
        odd.headers().add("ce_id", new byte[] {'a', (byte) 0xff});

        assertUnreadable(odd, "the header ce_id is not text in UTF-8");
    }

    @Test
    void a_header_without_a_value_is_an_attribute_that_is_not_there() {
        var optional = in(Mode.BINARY);
        optional.headers().add("ce_subject", null).add("ce_time", null);
        attributes.remove("id");
        var mandatory = in(Mode.BINARY);
        mandatory.headers().add("ce_id", null);
        var plain = record(VALID);
        plain.headers().add("ce_id", null);

        assertThat(request(optional).requestId()).isEqualTo("dr-1");
        assertUnreadable(mandatory, "the header ce_id is missing");
        assertUnreadable(plain, "the header ce_id is missing");
    }

    @Test
    void huge_attributes_are_told_by_their_beginning() {
        attributes.put("type", "t".repeat(500_000));
        assertThat(detail(letter(in(Mode.BINARY)))).hasSizeLessThan(400);

        attributes.put("type", TYPE);
        attributes.put("source", "/" + "s".repeat(500_000));
        var incoming = request(in(Mode.BINARY));
        assertThat(incoming.checked()).isInstanceOf(Checked.Valid.class);
        assertThat(incoming.remarks().requestedBy()).startsWith("/sss").hasSizeLessThan(255);

        data = NAMELESS;
        assertThat(detail(letter(in(Mode.BINARY)))).hasSizeLessThan(600);
    }

    @Test
    void thousands_of_odd_headers_do_no_harm() {
        var record = record(VALID);
        for (var i = 0; i < 20_000; i++) {
            add(record, "CE_" + i, "x");
        }

        assertThat(detail(letter(record))).hasSizeLessThan(1_200);
    }

    @Test
    void the_same_event_read_again_is_the_same_letter() {
        attributes.put("type", "com.example.other");
        var elsewhere =
                new ConsumerRecord<>(
                        "requests", 4, 99, "key".getBytes(UTF_8), data.getBytes(UTF_8));
        attributes.forEach((name, value) -> add(elsewhere, "ce_" + name, value));

        assertThat(letter(elsewhere).fingerprint())
                .isEqualTo(letter(in(Mode.BINARY)).fingerprint());
    }

    @Test
    void no_header_at_all_makes_the_reader_throw() {
        var random = new Random(4712);
        for (var run = 0; run < 5_000; run++) {
            var record = record(VALID);
            attributes.forEach(
                    (name, value) -> record.headers().add("ce_" + name, changed(value, random)));
            record.headers().add("traceparent", changed(PARENT, random));
            record.headers().add("content-type", changed("application/json", random));
            switch (Records.READER.read(record)) {
                case RequestReader.Read.Request(ReceivedRecord incoming) ->
                        assertThat(incoming.requestId()).isEqualTo("dr-1");
                case RequestReader.Read.Cancel(var incoming) ->
                        throw new AssertionError("It cancels " + incoming.requestId());
                case RequestReader.Read.Dead(var letter) ->
                        assertThat(detail(letter)).isNotEmpty().hasSizeLessThan(1_200);
            }
        }
    }

    /** One text in three has another byte somewhere. */
    private static byte[] changed(String text, Random random) {
        var bytes = text.getBytes(UTF_8);
        if (random.nextInt(3) == 0) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    private static void assertUnreadable(ConsumerRecord<byte[], byte[]> record, String detail) {
        var letter = letter(record);

        assertThat(letter.reason()).isEqualTo(Reason.UNREADABLE);
        assertThat(detail(letter)).contains(detail);
    }
}
