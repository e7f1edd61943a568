package dev.restoreworker.simulation;

import dev.restoreworker.core.Delivery;
import dev.restoreworker.core.RestoreRequest;
import dev.restoreworker.core.RestoreRequest.Remarks;
import dev.restoreworker.core.RestoreRequest.Terms;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What is asked for. */
final class Wishes {

    static final String PROTECTED = "production";

    /** A cluster that no snapshot is of. */
    static final String WRONG_CLUSTER = "reports";

    private static final String PROJECT = "5e2211c17a3e5a48f5497de3";
    private static final String CLUSTER = "orders";
    private static final List<String> PATIENCE = List.of("PT4M", "PT10M", "PT30M", "PT1H");

    private final World world;

    Wishes(World world) {
        this.world = world;
    }

    /** The fields of the request with this number. */
    Map<String, Object> fields(int number) {
        var chance = world.chance();
        var same = world.profile().equals() ? 0 : number;
        var fields = new HashMap<String, Object>();
        fields.put("requestId", "r-" + number);
        fields.put("projectId", PROJECT);
        fields.put("clusterName", CLUSTER);
        fields.put("patience", chance.of(PATIENCE));
        fields.put("onQuota", chance.oneIn(4) ? "fail" : "wait");
        switch (world.profile().equals() ? chance.between(1, 2) : chance.between(1, 4)) {
            case 1 -> automated(fields, same);
            case 2 -> {
                fields.put("deliveryType", "download");
                fields.put("snapshotId", snapshot(same));
            }
            case 3 -> {
                pointInTime(fields, same);
                fields.put("oplogTs", 1_700_000_000 + same);
                fields.put("oplogInc", 1);
            }
            default -> {
                pointInTime(fields, same);
                fields.put("pointInTimeUTCSeconds", 1_700_000_000 + same);
            }
        }
        if (chance.oneIn(2)) {
            fields.put("allowRepeat", true);
        }
        if (world.profile().wrongSource()) {
            fields.put("clusterName", chance.oneIn(2) ? WRONG_CLUSTER : CLUSTER);
        }
        if (chance.oneIn(12) && fields.containsKey("targetClusterName")) {
            fields.put("targetClusterName", PROTECTED);
        }
        if (chance.oneIn(12)) {
            fields.remove("deliveryType");
        }
        return fields;
    }

    /** The same id with other content. */
    static Map<String, Object> other(Map<String, Object> fields) {
        var other = new HashMap<>(fields);
        other.put("snapshotId", snapshot(98));
        other.put("oplogInc", 2);
        other.put("pointInTimeUTCSeconds", 1);
        other.keySet().retainAll(fields.keySet());
        return other;
    }

    /** That a request is to be cancelled. */
    static Map<String, Object> cancel(Map<String, Object> fields) {
        return Map.of(
                "requestId", String.valueOf(fields.get("requestId")),
                "action", "cancel",
                "requestedBy", "ops");
    }

    private static void automated(Map<String, Object> fields, int number) {
        fields.put("deliveryType", "automated");
        fields.put("snapshotId", snapshot(number));
        target(fields, number);
    }

    private static void pointInTime(Map<String, Object> fields, int number) {
        fields.put("deliveryType", "pointInTime");
        target(fields, number);
    }

    private static void target(Map<String, Object> fields, int number) {
        fields.put("targetProjectId", PROJECT);
        fields.put("targetClusterName", "standby-" + number % 2);
    }

    private static String snapshot(int number) {
        return "5e4e593f70dfbf10102958%02d".formatted(number);
    }

    /** What a person restores who has nothing to do with any request. */
    static RestoreRequest another(Chance chance) {
        var target = new Delivery.Target(PROJECT, "standby-0");
        return new RestoreRequest(
                "none",
                PROJECT,
                CLUSTER,
                chance.oneIn(2)
                        ? new Delivery.Download(snapshot(99))
                        : new Delivery.Automated(snapshot(99), target),
                Terms.DEFAULT,
                Remarks.NONE);
    }
}
