package dev.restoreworker.core;

import static dev.restoreworker.core.Requests.PROJECT;
import static dev.restoreworker.core.Requests.SNAPSHOT;
import static dev.restoreworker.core.Requests.fields;
import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.core.Delivery.Target;
import dev.restoreworker.core.Delivery.Time;
import dev.restoreworker.core.RequestRules.Checked;
import dev.restoreworker.core.RestoreRequest.OnQuota;
import dev.restoreworker.core.RestoreRequest.OnUnknown;
import dev.restoreworker.core.RestoreRequest.Terms;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestRulesTest {

    private static final Target STANDBY = new Target(PROJECT, "standby");
    private static final int LATE_2023 = 1_700_000_000;

    private final Map<String, @Nullable Object> fields = fields();

    @Test
    void an_automated_request_is_read() {
        assertThat(valid())
                .isEqualTo(
                        new RestoreRequest(
                                "r-1",
                                PROJECT,
                                "orders",
                                new Delivery.Automated(SNAPSHOT, STANDBY),
                                Terms.DEFAULT,
                                RestoreRequest.Remarks.NONE));
    }

    @Test
    void a_download_is_read() {
        download();

        assertThat(valid().delivery()).isEqualTo(new Delivery.Download(SNAPSHOT));
    }

    @Test
    void a_point_in_time_is_read_from_the_oplog_pair() {
        pointInTime();
        fields.put("oplogTs", LATE_2023);
        fields.put("oplogInc", 1);

        assertThat(valid().delivery())
                .isEqualTo(new Delivery.PointInTime(new Time.Oplog(LATE_2023, 1), STANDBY));
    }

    @Test
    void a_point_in_time_is_read_from_seconds_and_zeros_count_as_absent() {
        pointInTime();
        fields.put("oplogTs", 0);
        fields.put("oplogInc", 0);
        fields.put("pointInTimeUTCSeconds", LATE_2023);

        assertThat(valid().delivery())
                .isEqualTo(new Delivery.PointInTime(new Time.UtcSeconds(LATE_2023), STANDBY));
    }

    @Test
    void terms_and_remarks_are_read() {
        fields.put("patience", "PT3H");
        fields.put("onQuota", "fail");
        fields.put("onUnknown", "fail");
        fields.put("allowRepeat", true);
        fields.put("priority", -7);
        fields.put("requestedAt", "2026-01-01T02:00:00+02:00");
        fields.put("requestedBy", "dr-orchestrator");
        fields.put("correlationId", "c-1");
        fields.put("context", "{\"a\":[1]}");

        var request = valid();

        assertThat(request.terms())
                .isEqualTo(new Terms(Duration.ofHours(3), OnQuota.FAIL, OnUnknown.FAIL, true, -7));
        assertThat(request.remarks())
                .isEqualTo(
                        new RestoreRequest.Remarks(
                                Instant.parse("2026-01-01T00:00:00Z"),
                                "dr-orchestrator",
                                "c-1",
                                "{\"a\":[1]}",
                                null));
    }

    @Test
    void projects_may_be_called_groups_as_in_atlas_own_api() {
        fields.put("groupId", fields.remove("projectId"));
        fields.put("targetGroupId", fields.remove("targetProjectId"));

        assertThat(valid().projectId()).isEqualTo(PROJECT);
        assertThat(valid().delivery().wipes()).contains(STANDBY);
        assertThat(RequestRules.content(fields)).isEqualTo(valid().content());
    }

    @Test
    void two_names_for_one_project_must_agree() {
        fields.put("groupId", "f".repeat(24));

        assertThat(faults()).singleElement().asString().contains("projectId", "groupId");
    }

    @Test
    void every_fault_is_named_and_not_only_the_first() {
        fields.remove("snapshotId");
        fields.put("targetClusterName", "-x");
        fields.put("projectId", 7);
        fields.put("patience", "soon");

        assertThat(faults())
                .hasSize(4)
                .anySatisfy(fault -> assertThat(fault).contains("snapshotId", "missing"))
                .anySatisfy(fault -> assertThat(fault).contains("targetClusterName", "'-x'"))
                .anySatisfy(fault -> assertThat(fault).contains("projectId", "'7'"))
                .anySatisfy(fault -> assertThat(fault).contains("patience", "'soon'"));
    }

    @ParameterizedTest
    @CsvSource({
        "download, snapshotId",
        "automated, snapshotId",
        "automated, targetProjectId",
        "automated, targetClusterName",
        "automated, projectId",
        "automated, clusterName",
        "automated, deliveryType",
        "pointInTime, targetProjectId",
        "pointInTime, targetClusterName"
    })
    void what_a_delivery_needs_must_be_there(String delivery, String field) {
        switch (delivery) {
            case "download" -> download();
            case "pointInTime" -> {
                pointInTime();
                fields.put("pointInTimeUTCSeconds", LATE_2023);
            }
            default -> {}
        }
        fields.put(field, null);

        assertThat(faults()).singleElement().asString().startsWith(field + " is missing");
    }

    @ParameterizedTest
    @CsvSource({
        "download, targetClusterName, standby",
        "download, targetProjectId, 5e2211c17a3e5a48f5497de3",
        "download, targetGroupId, 5e2211c17a3e5a48f5497de3",
        "download, oplogTs, 1700000000",
        "automated, pointInTimeUTCSeconds, 1700000000",
        "automated, oplogInc, 1",
        "pointInTime, snapshotId, 5e4e593f70dfbf1010295836"
    })
    void what_does_not_go_with_a_delivery_is_a_fault(String delivery, String field, String value) {
        switch (delivery) {
            case "download" -> download();
            case "pointInTime" -> {
                pointInTime();
                fields.put("pointInTimeUTCSeconds", LATE_2023);
            }
            default -> {}
        }
        fields.put(field, value.matches("\\d{1,10}") ? (Object) Integer.valueOf(value) : value);

        assertThat(faults()).singleElement().asString().startsWith(field + " does not go with");
    }

    @Test
    void a_point_in_time_takes_one_kind_of_time_and_not_both() {
        pointInTime();

        assertThat(faults()).singleElement().asString().contains("neither");

        fields.put("oplogTs", LATE_2023);
        fields.put("oplogInc", 1);
        fields.put("pointInTimeUTCSeconds", LATE_2023);

        assertThat(faults()).singleElement().asString().contains("both");
    }

    @Test
    void half_an_oplog_pair_is_a_fault() {
        pointInTime();
        fields.put("oplogTs", LATE_2023);

        assertThat(faults()).singleElement().asString().startsWith("oplogInc must be");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1199145599", "2147483648", "1.7e9", "1700000000.5", "1e400", "-1"})
    void a_time_is_a_whole_number_that_atlas_takes(String number) {
        pointInTime();
        fields.put("pointInTimeUTCSeconds", new BigDecimal(number));

        if (number.equals("1.7e9")) {
            assertThat(valid().delivery().type()).isEqualTo("pointInTime");
        } else {
            assertThat(faults())
                    .singleElement()
                    .asString()
                    .startsWith("pointInTimeUTCSeconds must be");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "../../groups",
                "a/b",
                "orders\r\nHost: evil",
                "orders%2f",
                "-orders",
                "órdenes",
                "a\u0000",
                "\ud800"
            })
    void a_cluster_name_can_be_put_into_a_path(String name) {
        fields.put("clusterName", name);

        assertThat(faults()).singleElement().asString().startsWith("clusterName must be");
        assertThat(faults().getFirst()).doesNotContain("\r", "\n", "\u0000", "\ud800");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "5E2211C17A3E5A48F5497DE3",
                "5e2211c17a3e5a48f5497de",
                "5e2211c17a3e5a48f5497de3\n",
                "../2211c17a3e5a48f5497de3"
            })
    void an_atlas_id_is_24_hex_digits(String id) {
        fields.put("snapshotId", id);

        assertThat(faults()).singleElement().asString().startsWith("snapshotId must be");
    }

    @ParameterizedTest
    @CsvSource({
        "deliveryType, restore",
        "onQuota, never",
        "onUnknown, retry",
        "allowRepeat, yes",
        "priority, high",
        "patience, PT0S",
        "patience, PT-1H",
        "patience, P1000000000000000000000D",
        "requestedAt, yesterday",
        "requestedBy, ",
    })
    void an_optional_field_is_as_it_should_be_or_a_fault(String field, @Nullable String value) {
        fields.put(field, value == null ? "x".repeat(256) : value);

        assertThat(faults()).singleElement().asString().startsWith(field + " must be");
    }

    @Test
    void unknown_fields_are_ignored() {
        fields.put("colour", "red");

        assertThat(valid().content().projectId()).isEqualTo(PROJECT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"r-1", "urn:uuid:7 42", "ü", "a/b?c", "日本"})
    void an_id_is_printable(String id) {
        assertThat(RequestRules.isRequestId(id)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "a\n", " a", "a ", "a  b", "a\tb", "a\u0000", "\ud800", "\u202ea"})
    void an_id_that_cannot_be_printed_is_none(String id) {
        assertThat(RequestRules.isRequestId(id)).isFalse();
    }

    @Test
    void an_id_has_at_most_255_characters() {
        assertThat(RequestRules.isRequestId("\ud83d\ude00".repeat(255))).isTrue();
        assertThat(RequestRules.isRequestId("x".repeat(256))).isFalse();
    }

    @Test
    void content_can_always_be_stored_and_long_values_still_differ() {
        var base = "x".repeat(10_000);
        fields.put("clusterName", base + "1\u0000");
        var one = RequestRules.content(fields);
        fields.put("clusterName", base + "2\u0000");
        var other = RequestRules.content(fields);

        assertThat(one).isNotEqualTo(other);
        assertThat(one.clusterName()).hasSizeLessThan(300).doesNotContain("\u0000");
    }

    private void download() {
        fields.put("deliveryType", "download");
        fields.remove("targetProjectId");
        fields.remove("targetClusterName");
    }

    private void pointInTime() {
        fields.put("deliveryType", "pointInTime");
        fields.remove("snapshotId");
    }

    private RestoreRequest valid() {
        var checked = RequestRules.check("r-1", fields, null);
        assertThat(checked).isInstanceOf(Checked.Valid.class);
        return ((Checked.Valid) checked).request();
    }

    private List<String> faults() {
        var checked = RequestRules.check("r-1", fields, null);
        assertThat(checked).isInstanceOf(Checked.Invalid.class);
        return ((Checked.Invalid) checked).faults();
    }
}
