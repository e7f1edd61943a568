package dev.restoreworker.kafka;

import static dev.restoreworker.kafka.Records.VALID;
import static dev.restoreworker.kafka.Records.cancel;
import static dev.restoreworker.kafka.Records.checked;
import static dev.restoreworker.kafka.Records.detail;
import static dev.restoreworker.kafka.Records.letter;
import static dev.restoreworker.kafka.Records.record;
import static dev.restoreworker.kafka.Records.request;
import static dev.restoreworker.kafka.Records.there;
import static dev.restoreworker.kafka.Records.tombstone;
import static dev.restoreworker.kafka.Records.validWith;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.DeadLetter.Reason;
import dev.restoreworker.Origin;
import dev.restoreworker.core.Content;
import dev.restoreworker.core.Delivery;
import dev.restoreworker.core.RequestRules.Checked;
import dev.restoreworker.core.Trace;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestReaderTest {

    private static final String PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    @Test
    void reads_a_request() {
        var incoming = request(record(VALID));

        assertThat(incoming.requestId()).isEqualTo("dr-1");
        assertThat(incoming.origin()).isEqualTo(new Origin("requests", 3, 7));
        assertThat(incoming.checked())
                .isInstanceOfSatisfying(
                        Checked.Valid.class,
                        valid -> {
                            assertThat(valid.request().id()).isEqualTo("dr-1");
                            assertThat(valid.request().delivery())
                                    .isEqualTo(
                                            new Delivery.Automated(
                                                    "5e4e593f70dfbf1010295836",
                                                    new Delivery.Target(
                                                            "5e2211c17a3e5a48f5497de3",
                                                            "standby")));
                            assertThat(incoming.content()).isEqualTo(valid.request().content());
                        });
    }

    @Test
    void hands_the_context_over_as_compact_json() {
        var incoming =
                request(
                        validWith(
                                """
                                "context": { "a" : [ 1.50, 12345678901234567890, null ], "b":"é" },
                                "requestedBy": "ops", "correlationId": "c-1",
                                "requestedAt": "2026-01-31T12:00:00+01:00"
                                """));

        assertThat(incoming.checked()).isInstanceOf(Checked.Valid.class);
        assertThat(incoming.remarks().context())
                .isEqualTo("{\"a\":[1.50,12345678901234567890,null],\"b\":\"é\"}");
        assertThat(incoming.remarks().requestedBy()).isEqualTo("ops");
        assertThat(incoming.remarks().correlationId()).isEqualTo("c-1");
        assertThat(incoming.remarks().requestedAt()).isEqualTo("2026-01-31T11:00:00Z");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"text\"", "17", "true", "[]", "{}"})
    void takes_any_json_for_a_context(String context) {
        assertThat(request(validWith("\"context\":" + context)).remarks().context())
                .isEqualTo(context);
    }

    @Test
    void a_null_counts_as_absent() {
        var incoming = request(validWith("\"context\":null,\"action\":null,\"priority\":null"));

        assertThat(incoming.checked()).isInstanceOf(Checked.Valid.class);
        assertThat(incoming.remarks().context()).isNull();
    }

    @Test
    void an_invalid_request_keeps_its_content_and_remarks() {
        var incoming =
                request(record("{\"requestId\":\"x\",\"projectId\":17,\"requestedBy\":\"ops\"}"));

        assertThat(incoming.checked()).isInstanceOf(Checked.Invalid.class);
        assertThat(incoming.content())
                .isEqualTo(new Content("17", null, null, null, null, null, null, null, null));
        assertThat(incoming.remarks().requestedBy()).isEqualTo("ops");
    }

    @Test
    void what_is_nested_is_never_taken_for_text() {
        var incoming = request(validWith("\"requestedBy\":{\"a\":1},\"correlationId\":[\"b\"]"));

        assertThat(incoming.checked())
                .isInstanceOfSatisfying(
                        Checked.Invalid.class,
                        invalid ->
                                assertThat(invalid.faults())
                                        .hasSize(2)
                                        .anyMatch(fault -> fault.startsWith("requestedBy"))
                                        .anyMatch(fault -> fault.startsWith("correlationId")));
    }

    @Test
    void an_action_restore_is_a_request() {
        assertThat(request(validWith("\"action\":\"restore\"")).requestId()).isEqualTo("dr-1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\"Cancel\"", "\"RESTORE\"", "\"\"", "17", "{\"a\":1}", "[\"restore\"]"})
    void another_action_is_never_run(String action) {
        var letter = letter(validWith("\"action\":" + action));

        assertThat(letter.reason()).isEqualTo(Reason.UNKNOWN_TYPE);
        assertThat(detail(letter)).contains(action);
    }

    @Test
    void a_structured_cloud_event_without_its_content_type_is_never_run() {
        assertThat(letter(validWith("\"specversion\":\"1.0\"")).reason())
                .isEqualTo(Reason.UNKNOWN_TYPE);
    }

    @Test
    void other_headers_do_no_harm() {
        var record = record(VALID);
        record.headers().add("content-type", "application/json".getBytes(UTF_8));
        record.headers().add("traceparent", "00-1-2-01".getBytes(UTF_8));

        assertThat(request(record).requestId()).isEqualTo("dr-1");
        assertThat(request(record).remarks().trace()).isNull();
    }

    @Test
    void the_trace_of_a_request_is_in_its_headers() {
        var record = record(VALID);
        record.headers().add("traceparent", PARENT.getBytes(UTF_8));
        record.headers().add("tracestate", "a=1,b=2".getBytes(UTF_8));

        assertThat(request(record).remarks().trace()).isEqualTo(new Trace(PARENT, "a=1,b=2"));
    }

    @ParameterizedTest
    @CsvSource({"client-id, producer, one", "producer, client-id, two"})
    void the_client_is_the_requester_of_a_request_that_names_none(
            String first, String second, String requester) {
        var record = record(VALID);
        record.headers().add(first, "one".getBytes(UTF_8));
        record.headers().add(second, "two".getBytes(UTF_8));

        assertThat(request(record).remarks().requestedBy()).isEqualTo(requester);
    }

    @Test
    void a_client_that_cannot_be_read_is_nobody() {
        var record = record(VALID);
        record.headers().add("client-id", new byte[] {(byte) 0xff});
        record.headers().add("producer", " ".getBytes(UTF_8));

        assertThat(request(record).remarks().requestedBy()).isNull();
    }

    @Test
    void who_asked_is_first_of_all_what_the_request_says() {
        var record = validWith("\"requestedBy\":\"ops\"");
        record.headers().add("client-id", "one".getBytes(UTF_8));

        assertThat(request(record).remarks().requestedBy()).isEqualTo("ops");
    }

    @Test
    void an_action_cancel_is_a_cancel_whatever_else_the_record_says() {
        var cancel = cancel(validWith("\"action\":\"cancel\",\"reason\":\"no more\",\"x\":[1]"));

        assertThat(cancel.requestId()).isEqualTo("dr-1");
        assertThat(cancel.reason()).isEqualTo("no more");
        assertThat(cancel.requestedBy()).isNull();
        assertThat(cancel.origin()).isEqualTo(new Origin("requests", 3, 7));
        var letter = checked(cancel.letter(Reason.NOT_CANCELLABLE, "it cannot be"));
        assertThat(letter.reason()).isEqualTo(Reason.NOT_CANCELLABLE);
        assertThat(there(letter.event().value()).text()).contains("\"reason\":\"no more\"");
    }

    @Test
    void who_cancels_is_told_as_who_asks_is() {
        var record = record("{\"requestId\":\"dr-1\",\"action\":\"cancel\"}");
        record.headers().add("client-id", "one".getBytes(UTF_8));

        assertThat(cancel(record).requestedBy()).isEqualTo("one");
        assertThat(cancel(validWith("\"action\":\"cancel\",\"requestedBy\":\"ops\"")).requestedBy())
                .isEqualTo("ops");
    }

    @Test
    void a_cancel_is_one_though_what_it_remarks_is_no_text_or_too_long() {
        var odd =
                cancel(validWith("\"action\":\"cancel\",\"requestedBy\":17,\"reason\":{\"a\":1}"));
        var longest = "é".repeat(5_000);
        var cut = cancel(validWith("\"action\":\"cancel\",\"reason\":\"%s\"".formatted(longest)));

        assertThat(odd.requestedBy()).isNull();
        assertThat(odd.reason()).isNull();
        assertThat(cut.reason())
                .startsWith("ééé")
                .contains("5000 characters")
                .hasSizeLessThan(1_100);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\"requestId\":null,", "\"requestId\":17,", "\"requestId\":\"\","})
    void a_cancel_that_names_no_request_is_a_dead_letter(String id) {
        var letter = letter(record("{" + id + "\"action\":\"cancel\"}"));

        assertThat(letter.reason()).isEqualTo(Reason.NO_ID);
        assertThat(detail(letter)).startsWith("requestId");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"requestId\":null}",
                "{\"requestId\":17}",
                "{\"requestId\":\"\"}",
                "{\"requestId\":[\"a\"]}",
                "{\"id\":\"dr-1\"}",
            })
    void a_request_without_an_id_is_a_dead_letter(String value) {
        var letter = letter(record(value));

        assertThat(letter.reason()).isEqualTo(Reason.NO_ID);
        assertThat(detail(letter)).startsWith("requestId");
    }

    @Test
    void an_id_has_at_most_255_characters() {
        var longest = "{\"requestId\":\"%s\"}".formatted("é".repeat(255));
        var tooLong = "{\"requestId\":\"%s\"}".formatted("x".repeat(256));

        assertThat(request(record(longest)).requestId()).hasSize(255);
        assertThat(letter(record(tooLong)).reason()).isEqualTo(Reason.NO_ID);
        assertThat(detail(letter(record(tooLong)))).hasSizeLessThan(250);
    }

    @Test
    void a_tombstone_and_an_empty_value_are_unreadable() {
        var tombstone = letter(tombstone());
        var empty = letter(record(""));

        assertThat(tombstone.reason()).isEqualTo(Reason.UNREADABLE);
        assertThat(tombstone.event().value()).isNull();
        assertThat(empty.reason()).isEqualTo(Reason.UNREADABLE);
        assertThat(there(empty.event().value()).length()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "' '|nothing but white space",
                "null|of type null",
                "[]|of type array",
                "\"text\"|of type string",
                "17|of type number",
                "{|line 1, column 2",
                "nonsense|'nonsense'",
                "{\"requestId\":\"a\"} {}|more text follows the JSON value (line 1, column 19)",
                "{\"requestId\":\"a\"}}|line 1, column 18",
                "{\"requestId\":\"a\",\"requestId\":\"b\"}|'requestId'",
                "{\"requestId\":\"a\",\"context\":{\"b\":1,\"b\":2}}|'b'",
                "{\"requestId\":\"a\",}|line 1, column 18",
                "{'requestId':'a'}|line 1, column 2",
                "{\"requestId\":\"a\" /* why */}|line 1",
                "{\"priority\":NaN}|NaN",
                "{\"priority\":007}|line 1",
                "{\"priority\":1e99999999999}|a number",
            })
    void what_is_no_json_object_is_unreadable(String value, String detail) {
        var letter = letter(record(value));

        assertThat(letter.reason()).isEqualTo(Reason.UNREADABLE);
        assertThat(detail(letter)).contains(detail);
    }

    @Test
    void the_place_of_a_fault_is_told_by_line_and_column() {
        assertThat(detail(letter(record("{\n  \"requestId\": oops\n}"))))
                .contains("line 2, column 16");
    }

    @Test
    void bytes_that_are_not_utf_8_are_unreadable() {
        var value = "{\"requestId\":\"a?\"}".getBytes(UTF_8);
        value[15] = (byte) 0xff;

        assertThat(letter(record(value)).reason()).isEqualTo(Reason.UNREADABLE);
        assertThat(detail(letter(record(value)))).isEqualTo("it is not UTF-8 from byte 15 on");
    }

    @Test
    void a_character_cut_off_at_the_end_is_unreadable() {
        var value = new byte[] {'"', (byte) 0xc3};

        assertThat(detail(letter(record(value)))).isEqualTo("it is not UTF-8 from byte 1 on");
    }

    @Test
    void a_value_has_at_most_256_kib() {
        var fits = VALID + " ".repeat(Body.LENGTH_MAX - VALID.length());

        assertThat(request(record(fits)).requestId()).isEqualTo("dr-1");
        assertThat(letter(record(fits + " ")).reason()).isEqualTo(Reason.TOO_LARGE);
    }

    @Test
    void times_are_read_as_numbers_of_any_form() {
        var request =
                request(
                        record(
                                """
                                {"requestId": "a", "projectId": "5e2211c17a3e5a48f5497de3",
                                 "clusterName": "orders", "deliveryType": "pointInTime",
                                 "targetProjectId": "5e2211c17a3e5a48f5497de3",
                                 "targetClusterName": "standby",
                                 "oplogTs": 0, "oplogInc": 0.0, "pointInTimeUTCSeconds": 1.7E9}
                                """));

        assertThat(request.content().pointInTimeUTCSeconds()).isEqualTo("1700000000");
        assertThat(request.checked()).isInstanceOf(Checked.Valid.class);
    }
}
