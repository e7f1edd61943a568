package dev.restoreworker.kafka;

import static dev.restoreworker.kafka.Records.VALID;
import static dev.restoreworker.kafka.Records.detail;
import static dev.restoreworker.kafka.Records.letter;
import static dev.restoreworker.kafka.Records.record;
import static dev.restoreworker.kafka.Records.request;
import static dev.restoreworker.kafka.Records.there;
import static dev.restoreworker.kafka.Records.validWith;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.DeadLetter.Reason;
import dev.restoreworker.core.RequestRules.Checked;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Records that somebody made to do harm, or that went wrong in a way nobody thought of. */
class HostileRecordsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\\u0000b",
                "a\\r\\nX-Evil: 1",
                "a\\ud800",
                "\\udfffa",
                "a\\u202eb",
                "a\\u0085b",
                " a",
                "a  b",
                "\\ufeffa",
            })
    void an_id_that_cannot_be_printed_on_one_line_is_none(String id) {
        var letter = letter(record("{\"requestId\":\"" + id + "\"}"));

        assertThat(letter.reason()).isEqualTo(Reason.NO_ID);
        assertStorable(detail(letter));
    }

    @Test
    void an_id_is_only_a_name() {
        var id = "../../etc/passwd?x=1&y=%0a'; DROP TABLE request;--";

        assertThat(request(record("{\"requestId\":\"" + id + "\"}")).requestId()).isEqualTo(id);
    }

    static Stream<String> harmfulFields() {
        return Stream.of(
                        "projectId",
                        "groupId",
                        "clusterName",
                        "snapshotId",
                        "targetProjectId",
                        "targetGroupId",
                        "targetClusterName",
                        "deliveryType")
                .flatMap(
                        name ->
                                Stream.of(
                                                "../../groups",
                                                "a/b",
                                                "a\\r\\nHost: evil",
                                                "a\\u0000",
                                                "a\\ud83d",
                                                "5E2211C17A3E5A48F5497DE3 ",
                                                "%2e%2e%2f")
                                        .map(value -> "\"%s\":\"%s\"".formatted(name, value)));
    }

    @ParameterizedTest
    @MethodSource("harmfulFields")
    void a_field_that_could_leave_its_place_is_refused(String field) {
        var name = field.substring(1, field.indexOf('"', 1));
        var value = VALID.replaceFirst("\"%s\": *\"[^\"]*\",? ?".formatted(name), "");
        var without = value.replaceFirst(",\\s*}", "}");
        var incoming = request(record(without.replaceFirst("\\{", "{" + escaped(field) + ",")));

        assertThat(incoming.checked())
                .isInstanceOfSatisfying(
                        Checked.Invalid.class,
                        invalid ->
                                assertThat(invalid.faults())
                                        .anyMatch(fault -> fault.contains(name))
                                        .allSatisfy(HostileRecordsTest::assertStorable));
        var content = incoming.content();
        Stream.of(
                        content.projectId(),
                        content.clusterName(),
                        content.deliveryType(),
                        content.snapshotId(),
                        content.targetProjectId(),
                        content.targetClusterName())
                .filter(Objects::nonNull)
                .forEach(HostileRecordsTest::assertStorable);
    }

    private static String escaped(String replacement) {
        return replacement.replace("\\", "\\\\");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1e400",
                "1e999999999",
                "-1e999999999",
                "1e-999999999",
                "99999999999999999999999999999999999999",
                "-1",
                "1.5",
                "2147483648",
                "\"1700000000\"",
                "true",
                "[1700000000]",
            })
    void an_absurd_time_is_refused(String time) {
        var incoming =
                request(
                        record(
                                """
                                {"requestId": "a", "projectId": "5e2211c17a3e5a48f5497de3",
                                 "clusterName": "orders", "deliveryType": "pointInTime",
                                 "targetProjectId": "5e2211c17a3e5a48f5497de3",
                                 "targetClusterName": "standby", "pointInTimeUTCSeconds": %s}
                                """
                                        .formatted(time)));

        assertThat(incoming.checked()).isInstanceOf(Checked.Invalid.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e400", "-1e999999999", "\"high\"", "[]", "1001"})
    void an_absurd_priority_is_refused(String priority) {
        assertThat(request(validWith("\"priority\":" + priority)).checked())
                .isInstanceOf(Checked.Invalid.class);
    }

    @Test
    void a_number_of_100_000_digits_is_unreadable() {
        var letter = letter(validWith("\"priority\":" + "9".repeat(100_000)));

        assertThat(letter.reason()).isEqualTo(Reason.UNREADABLE);
        assertThat(detail(letter)).hasSizeLessThan(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{\"a\":"})
    void a_value_nested_10_000_deep_is_unreadable(String opening) {
        var letter = letter(validWith("\"context\":" + opening.repeat(10_000)));

        assertThat(letter.reason()).isEqualTo(Reason.UNREADABLE);
        assertThat(detail(letter)).contains("depth");
    }

    @Test
    void a_huge_string_is_told_by_its_beginning() {
        var incoming =
                request(
                        record(
                                "{\"requestId\":\"a\",\"clusterName\":\""
                                        + "x".repeat(200_000)
                                        + "\"}"));

        assertThat(incoming.content().clusterName()).hasSizeLessThan(300);
        assertThat(incoming.checked())
                .isInstanceOfSatisfying(
                        Checked.Invalid.class,
                        invalid ->
                                assertThat(invalid.faults())
                                        .allSatisfy(
                                                fault -> assertThat(fault).hasSizeLessThan(400)));
    }

    @Test
    void a_huge_name_is_told_by_its_beginning() {
        var name = "\"" + "n".repeat(20_000) + "\":1";

        assertThat(detail(letter(record("{" + name + "," + name + "}")))).hasSizeLessThan(400);
    }

    @Test
    void a_context_of_odd_characters_stays_json_that_can_be_stored() {
        var context = "{\"a\\u0000\":\"\\ud800 \\u007f \\u0085 \\udc00\\ud800\"}";
        var read = there(request(validWith("\"context\":" + context)).remarks().context());

        assertStorable(read);
        assertThat(StrictJson.parse(read)).isEqualTo(StrictJson.parse(context));
    }

    @Test
    void no_bytes_at_all_make_the_reader_throw() {
        var random = new Random(4711);
        for (var run = 0; run < 5_000; run++) {
            var value = VALID.getBytes(UTF_8);
            for (var change = 0; change <= run % 5; change++) {
                value[random.nextInt(value.length)] = (byte) random.nextInt(256);
            }
            switch (Records.READER.read(record(value))) {
                case RequestReader.Read.Request(var incoming) ->
                        assertStorable(incoming.requestId());
                case RequestReader.Read.Cancel(var incoming) ->
                        throw new AssertionError("It cancels " + incoming.requestId());
                case RequestReader.Read.Dead(var letter) -> assertStorable(detail(letter));
            }
        }
    }

    private static void assertStorable(String text) {
        assertThat(text.codePoints())
                .noneMatch(
                        codePoint ->
                                Character.isISOControl(codePoint)
                                        || Character.getType(codePoint) == Character.SURROGATE);
    }
}
