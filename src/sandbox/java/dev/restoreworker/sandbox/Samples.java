package dev.restoreworker.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.restoreworker.sandbox.Sample.Expectation.AddsNothing;
import dev.restoreworker.sandbox.Sample.Expectation.Ends;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The requests that the sandbox publishes: each kind of delivery, and each way in which a request
 * can be turned away without asking Atlas. They write to targets of their own, so that none waits
 * for another; but of the downloads of one project there are more than may live at once.
 */
final class Samples {
    static final String PROJECT = "65a1f0c2d4b38e6f7a901234";
    static final String CLUSTER = "orders";

    /** A project with so few download slots that some of its requests wait. */
    static final String CROWDED_PROJECT = "65a1f0c2d4b38e6f7a90ffff";

    static final int CROWDED_SLOTS = 2;
    private static final int CROWD = 4;
    static final String SNAPSHOT_TODAY = "6712a4b0c3d5e6f708192a3b";
    static final String SNAPSHOT_YESTERDAY = "671153307a1b2c3d4e5f6071";

    private static final Duration REWIND = Duration.ofHours(1);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Instant now;

    private Samples(Instant now) {
        this.now = now;
    }

    /** In the order in which they are to be published. */
    static List<Sample> requestedAt(Instant now) {
        return new Samples(now).all();
    }

    private List<Sample> all() {
        var automated =
                new Sample(
                        "sample-automated",
                        onto("orders-standby", "sample-automated", "automated", snapshot()),
                        new Ends(Outcome.created()));
        var first =
                List.of(
                        download(),
                        automated,
                        pointInTime("sample-oplog", "orders-replay", oplogPair()),
                        pointInTime("sample-seconds", "orders-drill", seconds()),
                        new Sample(automated.requestId(), automated.value(), new AddsNothing()),
                        invalid(),
                        new Sample(
                                "sample-not-allowed",
                                onto("production", "sample-not-allowed", "automated", snapshot()),
                                new Ends(Outcome.failed("TARGET_NOT_ALLOWED"))));
        var crowd = IntStream.rangeClosed(1, CROWD).mapToObj(this::crowded);
        var unreadable =
                new Sample(
                        "sample-unreadable",
                        "restore orders onto orders-standby, please",
                        new Ends(Outcome.deadLetter("UNREADABLE")));
        return Stream.of(first.stream(), crowd, Stream.of(unreadable))
                .flatMap(Function.identity())
                .toList();
    }

    private Sample crowded(int number) {
        var id = "sample-crowd-" + number;
        var fields = common(id, "download");
        fields.put("projectId", CROWDED_PROJECT);
        fields.put("snapshotId", "6712a4b0c3d5e6f70819%04x".formatted(number));
        return new Sample(id, json(fields), new Ends(Outcome.created()));
    }

    private Sample download() {
        var fields = common("sample-download", "download");
        fields.put("snapshotId", SNAPSHOT_YESTERDAY);
        return new Sample("sample-download", json(fields), new Ends(Outcome.created()));
    }

    private Sample pointInTime(String id, String target, Map<String, Object> time) {
        return new Sample(id, onto(target, id, "pointInTime", time), new Ends(Outcome.created()));
    }

    /** Two faults: a cluster's name has no blank, and a snapshot's id is 24 hex digits. */
    private Sample invalid() {
        var fields = common("sample-invalid", "download");
        fields.put("clusterName", "orders of today");
        fields.put("snapshotId", "latest");
        return new Sample(
                "sample-invalid", json(fields), new Ends(Outcome.failed("INVALID_REQUEST")));
    }

    private String onto(String target, String id, String delivery, Map<String, Object> source) {
        var fields = common(id, delivery);
        fields.putAll(source);
        fields.put("targetProjectId", PROJECT);
        fields.put("targetClusterName", target);
        return json(fields);
    }

    private Map<String, Object> common(String id, String delivery) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("requestId", id);
        fields.put("projectId", PROJECT);
        fields.put("clusterName", CLUSTER);
        fields.put("deliveryType", delivery);
        fields.put("requestedAt", now.toString());
        fields.put("requestedBy", "sandbox");
        return fields;
    }

    private static Map<String, Object> snapshot() {
        return Map.of("snapshotId", SNAPSHOT_TODAY);
    }

    private Map<String, Object> oplogPair() {
        var pair = new LinkedHashMap<String, Object>();
        pair.put("oplogTs", now.minus(REWIND).getEpochSecond());
        pair.put("oplogInc", 1);
        return pair;
    }

    private Map<String, Object> seconds() {
        return Map.of("pointInTimeUTCSeconds", now.minus(REWIND).getEpochSecond());
    }

    private static String json(Map<String, Object> fields) {
        try {
            return JSON.writeValueAsString(fields);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A sample cannot be written as JSON", e);
        }
    }
}
