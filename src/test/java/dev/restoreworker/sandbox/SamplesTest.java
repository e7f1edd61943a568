package dev.restoreworker.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.restoreworker.sandbox.Sample.Expectation.AddsNothing;
import dev.restoreworker.sandbox.Sample.Expectation.Ends;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class SamplesTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern ATLAS_ID = Pattern.compile("[a-f0-9]{24}");
    private static final Pattern CLUSTER_NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9-]*");

    private final List<Sample> samples = Samples.requestedAt(NOW);

    @Test
    void there_is_one_sample_for_each_way_a_request_can_go() {
        assertThat(samples)
                .filteredOn(sample -> !sample.requestId().startsWith("sample-crowd-"))
                .extracting(Sample::expectation)
                .containsExactly(
                        new Ends(Outcome.created()),
                        new Ends(Outcome.created()),
                        new Ends(Outcome.created()),
                        new Ends(Outcome.created()),
                        new AddsNothing(),
                        new Ends(Outcome.failed("INVALID_REQUEST")),
                        new Ends(Outcome.failed("TARGET_NOT_ALLOWED")),
                        new Ends(Outcome.deadLetter("UNREADABLE")));
    }

    @Test
    void more_downloads_are_asked_for_in_one_project_than_have_room() {
        var crowd =
                samples.stream()
                        .filter(sample -> sample.requestId().startsWith("sample-crowd-"))
                        .toList();

        assertThat(crowd).hasSizeGreaterThan(Samples.CROWDED_SLOTS);
        assertThat(crowd)
                .extracting(sample -> json(sample).path("projectId").asText())
                .containsOnly(Samples.CROWDED_PROJECT);
        assertThat(crowd)
                .extracting(sample -> json(sample).path("snapshotId").asText())
                .doesNotHaveDuplicates();
    }

    @Test
    void every_delivery_is_asked_for_with_the_fields_it_takes() {
        assertThat(fields("sample-download"))
                .contains("snapshotId")
                .doesNotContain("targetClusterName", "targetProjectId");
        assertThat(fields("sample-automated"))
                .contains("snapshotId", "targetClusterName", "targetProjectId");
        assertThat(fields("sample-oplog"))
                .contains("oplogTs", "oplogInc", "targetClusterName", "targetProjectId")
                .doesNotContain("pointInTimeUTCSeconds", "snapshotId");
        assertThat(fields("sample-seconds"))
                .contains("pointInTimeUTCSeconds", "targetClusterName", "targetProjectId")
                .doesNotContain("oplogTs", "oplogInc", "snapshotId");
    }

    @Test
    void a_record_says_the_id_that_is_its_key_and_when_it_was_requested() {
        for (var sample : samples.subList(0, samples.size() - 1)) {
            assertThat(json(sample).path("requestId").asText()).isEqualTo(sample.requestId());
            assertThat(json(sample).path("requestedAt").asText()).isEqualTo("2026-03-01T12:00:00Z");
        }
    }

    @Test
    void the_repetition_is_the_same_record_once_more() {
        var repeated = sampleOf(new AddsNothing());
        var first = named("sample-automated");

        assertThat(repeated.requestId()).isEqualTo(first.requestId());
        assertThat(repeated.value()).isEqualTo(first.value());
        assertThat(samples.indexOf(repeated)).isGreaterThan(samples.indexOf(first));
    }

    @Test
    void the_invalid_one_has_two_faults_and_nothing_else_is_wrong_with_it() {
        var invalid = json(named("sample-invalid"));

        assertThat(invalid.path("clusterName").asText()).doesNotMatch(CLUSTER_NAME);
        assertThat(invalid.path("snapshotId").asText()).doesNotMatch(ATLAS_ID);
        assertThat(invalid.path("projectId").asText()).matches(ATLAS_ID);
        assertThat(invalid.path("deliveryType").asText()).isEqualTo("download");
    }

    @Test
    void the_unreadable_one_is_no_json() {
        assertThatThrownBy(() -> JSON.readTree(named("sample-unreadable").value()))
                .isInstanceOf(JsonProcessingException.class);
    }

    @Test
    void no_two_samples_write_to_the_same_target() {
        var targets = new HashSet<String>();

        for (var sample : samples.subList(0, 4)) {
            var target = json(sample).path("targetClusterName");
            assertThat(target.isMissingNode() || targets.add(target.asText())).isTrue();
        }
        assertThat(targets).hasSize(3).doesNotContain("production", Samples.CLUSTER);
        assertThat(json(named("sample-not-allowed")).path("targetClusterName").asText())
                .isEqualTo("production");
    }

    private Sample named(String requestId) {
        return samples.stream()
                .filter(sample -> sample.requestId().equals(requestId))
                .findFirst()
                .orElseThrow();
    }

    private Sample sampleOf(Sample.Expectation expectation) {
        return samples.stream()
                .filter(sample -> sample.expectation().equals(expectation))
                .findFirst()
                .orElseThrow();
    }

    private List<String> fields(String requestId) {
        return json(named(requestId)).properties().stream().map(each -> each.getKey()).toList();
    }

    private static JsonNode json(Sample sample) {
        try {
            return JSON.readTree(sample.value());
        } catch (JsonProcessingException e) {
            throw new AssertionError(sample.requestId() + " is no JSON", e);
        }
    }
}
