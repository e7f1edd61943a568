package dev.restoreworker.kafka;

import static dev.restoreworker.kafka.Records.READER;
import static dev.restoreworker.kafka.Records.record;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.restoreworker.contract.Schemas;
import dev.restoreworker.core.RequestRules.Checked;
import dev.restoreworker.kafka.RequestReader.Read;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * The published schemas take what the worker takes as a valid request, and refuse what it refuses.
 * Where a schema cannot say what the worker does, the difference stands here with its reason.
 */
class RequestContractTest {

    private static final String PROJECT = "5e2211c17a3e5a48f5497de3";
    private static final String DOWNLOAD =
            """
            {"requestId": "r-1", "projectId": "%s", "clusterName": "orders",
             "deliveryType": "download", "snapshotId": "5e4e593f70dfbf1010295836"}
            """
                    .formatted(PROJECT);
    private static final String POINT_IN_TIME =
            """
            {"requestId": "r-1", "groupId": "%s", "clusterName": "orders",
             "deliveryType": "pointInTime", "pointInTimeUTCSeconds": 1700000000,
             "targetGroupId": "%s", "targetClusterName": "standby"}
            """
                    .formatted(PROJECT, PROJECT);
    private static final String OPLOG =
            POINT_IN_TIME.replace(
                    "\"pointInTimeUTCSeconds\": 1700000000",
                    "\"oplogTs\": 1700000000, \"oplogInc\": 1");

    private static final List<String> VALID =
            List.of(DOWNLOAD, Records.VALID, POINT_IN_TIME, OPLOG);

    /** Each is put into each field of each valid request, and taken out of it. */
    private static final List<String> VALUES =
            List.of(
                    "null",
                    "true",
                    "false",
                    "[]",
                    "{}",
                    "[\"restore\"]",
                    "\"\"",
                    "\" \"",
                    "\"0\"",
                    "0",
                    "0.0",
                    "-0.0",
                    "1",
                    "-1",
                    "7",
                    "1.5",
                    "-1000",
                    "1000",
                    "-1001",
                    "1001",
                    "1199145599",
                    "1199145600",
                    "1.7e9",
                    "1700000000.0",
                    "1700000000.5",
                    "2147483647",
                    "2147483648",
                    "1e400",
                    "12345678901234567890",
                    "\"5e2211c17a3e5a48f5497de3\"",
                    "\"5E2211C17A3E5A48F5497DE3\"",
                    "\"5e2211c17a3e5a48f5497de\"",
                    "\"5e2211c17a3e5a48f5497de3\\n\"",
                    "\"../2211c17a3e5a48f5497de3\"",
                    "\"orders\"",
                    "\"-orders\"",
                    "\"a/b\"",
                    "\"orders%2f\"",
                    "\"órdenes\"",
                    "\"orders\\n\"",
                    "\"a\\u0000\"",
                    text("x", 64),
                    text("x", 65),
                    text("x", 255),
                    text("x", 256),
                    "\"download\"",
                    "\"automated\"",
                    "\"pointInTime\"",
                    "\"restore\"",
                    "\"cancel\"",
                    "\"RESTORE\"",
                    "\"wait\"",
                    "\"fail\"",
                    "\"never\"",
                    "\"retry\"",
                    "\"yes\"",
                    "\"PT2H\"",
                    "\"pt2h\"",
                    "\"P1D\"",
                    "\"P1DT\"",
                    "\"P1DT2H3M4.5S\"",
                    "\"PT.5S\"",
                    "\"PT0.5S\"",
                    "\"PT5,S\"",
                    "\"PT0S\"",
                    "\"P\"",
                    "\"PT\"",
                    "\"P1W\"",
                    "\"P1M\"",
                    "\"PT-1H\"",
                    "\"-PT1H\"",
                    "\"PT0.0000000001S\"",
                    "\"soon\"",
                    "\"2026-01-31T12:00:00Z\"",
                    "\"2026-01-31t12:00:00z\"",
                    "\"2026-01-31T12:00:00+01:00\"",
                    "\"2026-01-31T12:00:00.123456789-18:00\"",
                    "\"2026-01-31T12:00:00+18:01\"",
                    "\"2026-01-31T12:00:00\"",
                    "\"2026-01-31 12:00:00Z\"",
                    "\"2026-02-30T12:00:00Z\"",
                    "\"2026-01-31T12:00:60Z\"",
                    "\"2026-01-31T24:00:00Z\"",
                    "\"yesterday\"",
                    "\"a b\"",
                    "\"a  b\"",
                    "\" a\"",
                    "\"a \"",
                    "\"a\\tb\"",
                    "\"\\u202ea\"",
                    "\"a\\u00a0b\"",
                    "\"a\\u200bb\"",
                    "\"ü\"",
                    "\"日本\"",
                    "\"a/b?c\"",
                    "\"urn:uuid:7 42\"");

    private static final List<String> FIELDS =
            List.of(
                    "requestId",
                    "projectId",
                    "groupId",
                    "clusterName",
                    "deliveryType",
                    "snapshotId",
                    "targetProjectId",
                    "targetGroupId",
                    "targetClusterName",
                    "oplogTs",
                    "oplogInc",
                    "pointInTimeUTCSeconds",
                    "patience",
                    "onQuota",
                    "onUnknown",
                    "allowRepeat",
                    "priority",
                    "requestedAt",
                    "requestedBy",
                    "correlationId",
                    "context",
                    "action",
                    "specversion",
                    "colour");

    @Test
    void the_schema_says_of_every_field_and_value_what_the_worker_says() {
        var differences = new TreeMap<String, String>();
        var agreed = new int[2];
        for (var valid : VALID) {
            for (var field : FIELDS) {
                for (var value : VALUES) {
                    var changed = (ObjectNode) Schemas.json(valid);
                    changed.set(field, Schemas.json(value));
                    var text = changed.toString();
                    var taken = isTaken(text);
                    if (taken == isInSchema(text)) {
                        agreed[taken ? 1 : 0]++;
                    } else {
                        differences.put(field + "=" + value, "worker takes it: " + taken);
                    }
                }
            }
        }

        assertThat(differences).isEmpty();
        assertThat(agreed[0]).as("refused by both").isGreaterThan(4_000);
        assertThat(agreed[1]).as("taken by both").isGreaterThan(1_000);
    }

    @Test
    void the_schema_misses_what_the_worker_misses() {
        for (var valid : VALID) {
            assertThat(isTaken(valid)).isTrue();
            assertThat(isInSchema(valid)).isTrue();
            for (var field : FIELDS) {
                var changed = (ObjectNode) Schemas.json(valid);
                changed.remove(field);
                assertThat(isInSchema(changed.toString()))
                        .as("%s without %s", valid, field)
                        .isEqualTo(isTaken(changed.toString()));
            }
        }
    }

    /** As {@code RequestRulesTest} and {@code RequestReaderTest} have them. */
    private static final List<String> FURTHER_VALID =
            List.of(
                    with(POINT_IN_TIME, "\"oplogTs\": 0, \"oplogInc\": 0.0"),
                    with(OPLOG, "\"pointInTimeUTCSeconds\": 0, \"snapshotId\": null"),
                    with(DOWNLOAD, "\"groupId\": \"%s\"".formatted(PROJECT)),
                    with(DOWNLOAD, "\"context\": {\"a\": [1.50, 12345678901234567890, null]}"),
                    with(DOWNLOAD, "\"oplogTs\": 0, \"targetProjectId\": null"),
                    with(
                            DOWNLOAD,
                            "\"patience\": \"PT3H\", \"onQuota\": \"fail\", \"onUnknown\":"
                                    + " \"fail\", \"allowRepeat\": true, \"priority\": -7"));

    private static final List<String> FURTHER_INVALID =
            List.of(
                    "{}",
                    "[]",
                    "\"text\"",
                    "{\"requestId\": \"x\", \"projectId\": 17, \"requestedBy\": \"ops\"}",
                    POINT_IN_TIME.replace("1700000000", "0"),
                    with(POINT_IN_TIME, "\"oplogTs\": 1700000000, \"oplogInc\": 1"),
                    with(DOWNLOAD, "\"requestedAt\": \"+12026-01-31T12:00:00Z\""),
                    with(DOWNLOAD, "\"requestedAt\": \"-0001-01-31T12:00:00Z\""),
                    OPLOG.replace(", \"oplogInc\": 1", ""),
                    OPLOG.replace("\"oplogTs\": 1700000000, ", ""),
                    with(DOWNLOAD, "\"requestedBy\": {\"a\": 1}, \"correlationId\": [\"b\"]"),
                    with(DOWNLOAD, "\"targetGroupId\": \"%s\"".formatted(PROJECT)));

    @ParameterizedTest
    @FieldSource("FURTHER_VALID")
    void the_schema_takes_what_the_worker_takes(String request) {
        assertThat(isTaken(request)).isTrue();
        Schemas.check("restore-request-plain", Schemas.json(request));
    }

    @ParameterizedTest
    @FieldSource("FURTHER_INVALID")
    void the_schema_refuses_what_the_worker_refuses(String request) {
        assertThat(isTaken(request)).isFalse();
        assertThat(isInSchema(request)).isFalse();
    }

    /** What a schema cannot say: the worker refuses it all the same. */
    private static final Map<String, String> BEYOND_A_SCHEMA =
            Map.of(
                    "two fields cannot be compared",
                    with(DOWNLOAD, "\"groupId\": \"%s\"".formatted("f".repeat(24))),
                    "a duration that overflows has no form of its own",
                    with(DOWNLOAD, "\"patience\": \"P1000000000000000000000D\""),
                    "the length of JSON text is not a rule of JSON Schema",
                    with(DOWNLOAD, "\"context\": " + text("x", 16_383)),
                    "lengths are of characters, and ours of UTF-16 units",
                    with(DOWNLOAD, "\"requestedBy\": " + text("😀", 128)),
                    "which code points are assigned differs by the version of Unicode",
                    DOWNLOAD.replace("r-1", "r\uffff"),
                    "half a character cannot be in a portable pattern",
                    DOWNLOAD.replace("r-1", "\\ud800"),
                    "rare format characters are left out of the pattern",
                    DOWNLOAD.replace("r-1", "\ud834\udd73"));

    /** What the schema refuses though the worker takes it: nobody should rely on it. */
    private static final Map<String, String> NARROWER_ON_PURPOSE =
            Map.of(
                    "ISO 8601 has no sign within a duration",
                    with(DOWNLOAD, "\"patience\": \"PT+2H\""),
                    "RFC 3339 wants seconds",
                    with(DOWNLOAD, "\"requestedAt\": \"2026-01-31T12:00Z\""),
                    "RFC 3339 wants the offset's minutes",
                    with(DOWNLOAD, "\"requestedAt\": \"2026-01-31T12:00:00+01\""),
                    "what is too small for a double is 0 to the worker alone",
                    with(DOWNLOAD, "\"oplogTs\": 1e-400"));

    @Test
    void each_difference_is_still_one() {
        BEYOND_A_SCHEMA.forEach(
                (why, request) -> {
                    assertThat(isTaken(request)).as(why).isFalse();
                    assertThat(isInSchema(request)).as(why).isTrue();
                });
        NARROWER_ON_PURPOSE.forEach(
                (why, request) -> {
                    assertThat(isTaken(request)).as(why).isTrue();
                    assertThat(isInSchema(request)).as(why).isFalse();
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "specversion|\"1.0\"|true",
                "specversion|\"1.12\"|true",
                "specversion|\"0.3\"|false",
                "specversion|\"2.0\"|false",
                "specversion|1.0|false",
                "specversion|null|false",
                "id|\"\"|false",
                "id|\" \"|false",
                "id|17|false",
                "id|\"a\\u0007\"|false",
                "id|\"a b\"|true",
                "source|null|false",
                "source|\"/dr/é\"|true",
                "source|\"/a b\"|true",
                "type|\"some.stranger\"|false",
                "type|\"dev.restoreworker.restore-cancel.v1\"|false",
                "time|\"2026-01-31T12:00:00Z\"|true",
                "time|\"yesterday\"|false",
                "time|null|true",
                "datacontenttype|\"application/json\"|true",
                "datacontenttype|\"Application/JSON; charset=UTF-8\"|true",
                "datacontenttype|\"text/json\"|true",
                "datacontenttype|\"application/vnd.x+json\"|true",
                "datacontenttype|\"application/xml\"|false",
                "datacontenttype|\"\"|false",
                "datacontenttype|null|true",
                "traceparent|17|true",
                "anything|{}|true",
                "data_base64|\"e30=\"|false",
                "data_base64|null|true",
            })
    void an_event_around_a_request_is_seen_alike(String name, String value, boolean taken) {
        var event = event();
        event.set(name, Schemas.json(value));

        assertThat(isTakenAsStructured(event)).isEqualTo(taken);
        assertThat(Schemas.faults("restore-request-structured", event).isEmpty()).isEqualTo(taken);
        if (event.get(name).isTextual()) {
            var headers = headers(event);
            assertThat(isTakenAsBinary(headers)).isEqualTo(taken || name.equals("data_base64"));
            assertThat(Schemas.faults("restore-request-headers", headers).isEmpty())
                    .isEqualTo(isTakenAsBinary(headers));
        }
    }

    @Test
    void an_event_without_data_or_with_other_data_is_seen_alike() {
        for (var data : List.of("null", "[]", "\"text\"", "{}", DOWNLOAD)) {
            var event = event();
            event.set("data", Schemas.json(data));
            assertThat(Schemas.faults("restore-request-structured", event).isEmpty())
                    .as(data)
                    .isEqualTo(isTakenAsStructured(event));
        }
        var none = event();
        none.remove("data");
        assertThat(Schemas.faults("restore-request-structured", none)).isNotEmpty();
    }

    @Test
    void where_the_data_names_no_request_source_and_id_have_no_space() {
        for (var id : List.of("e-1", "e 1", " ", "e\u00e9")) {
            var event = event();
            ((ObjectNode) event.get("data")).remove("requestId");
            event.put("id", id);
            assertThat(Schemas.faults("restore-request-structured", event).isEmpty())
                    .as(id)
                    .isEqualTo(isTakenAsStructured(event));
        }
    }

    @ParameterizedTest
    @CsvSource({"CE_subject, x", "ce_Subject, x", "ce-subject, x", "ce_sub_ject, x", "ce_, x"})
    void a_misspelt_attribute_is_seen_alike(String name, String value) {
        var headers = headers(event()).put(name, value);

        assertThat(isTakenAsBinary(headers)).isFalse();
        assertThat(Schemas.faults("restore-request-headers", headers)).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({"cert, x", "c, x", "ce, x", "trace, x", "Content-Type, application/json"})
    void other_headers_are_seen_alike(String name, String value) {
        var headers = headers(event()).put(name, value);

        assertThat(isTakenAsBinary(headers)).isTrue();
        Schemas.check("restore-request-headers", headers);
    }

    private static ObjectNode event() {
        var event = (ObjectNode) Schemas.json("{}");
        event.put("specversion", "1.0");
        event.put("id", "e-1");
        event.put("source", "/dr");
        event.put("type", "dev.restoreworker.restore-request.v1");
        event.set("data", Schemas.json(DOWNLOAD));
        return event;
    }

    /** The attributes that are text, as headers. */
    private static ObjectNode headers(ObjectNode event) {
        var headers = event.objectNode();
        for (var each : event.properties()) {
            if (each.getValue().isTextual() && !each.getKey().startsWith("data_")) {
                headers.set(
                        each.getKey().equals("datacontenttype")
                                ? "content-type"
                                : "ce_" + each.getKey(),
                        each.getValue());
            }
        }
        return headers;
    }

    private static boolean isTakenAsStructured(JsonNode event) {
        var record = record(event.toString());
        record.headers().add("content-type", "application/cloudevents+json".getBytes(UTF_8));
        return isTaken(record);
    }

    private static boolean isTakenAsBinary(ObjectNode headers) {
        var record = record(DOWNLOAD);
        for (var each : headers.properties()) {
            record.headers().add(each.getKey(), each.getValue().textValue().getBytes(UTF_8));
        }
        return isTaken(record);
    }

    private static boolean isTaken(String value) {
        return isTaken(record(value));
    }

    private static boolean isTaken(ConsumerRecord<byte[], byte[]> record) {
        return READER.read(record) instanceof Read.Request(var incoming)
                && incoming.checked() instanceof Checked.Valid;
    }

    private static boolean isInSchema(String value) {
        return Schemas.faults("restore-request-plain", Schemas.json(value)).isEmpty();
    }

    private static String with(String request, String fields) {
        return "{" + fields + "," + request.strip().substring(1);
    }

    private static String text(String character, int length) {
        return '"' + character.repeat(length) + '"';
    }
}
