package dev.restoreworker.core;

import dev.restoreworker.core.RestoreRequest.Remarks;
import dev.restoreworker.core.RestoreRequest.Terms;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Requests for tests. */
public final class Requests {

    public static final String PROJECT = "5e2211c17a3e5a48f5497de3";
    public static final String SNAPSHOT = "5e4e593f70dfbf1010295836";

    private Requests() {}

    public static RestoreRequest download(String id) {
        return new RestoreRequest(
                id,
                PROJECT,
                "orders",
                new Delivery.Download(SNAPSHOT),
                Terms.DEFAULT,
                Remarks.NONE);
    }

    public static RestoreRequest automated(String id) {
        return new RestoreRequest(
                id,
                PROJECT,
                "orders",
                new Delivery.Automated(SNAPSHOT, new Delivery.Target(PROJECT, "standby")),
                Terms.DEFAULT,
                Remarks.NONE);
    }

    public static RestoreRequest with(RestoreRequest request, Terms terms) {
        return new RestoreRequest(
                request.id(),
                request.projectId(),
                request.clusterName(),
                request.delivery(),
                terms,
                request.remarks());
    }

    /** The fields of a valid automated request, to be changed by the test. */
    public static Map<String, @Nullable Object> fields() {
        var fields = new HashMap<String, @Nullable Object>();
        fields.put("requestId", "r-1");
        fields.put("projectId", PROJECT);
        fields.put("clusterName", "orders");
        fields.put("deliveryType", "automated");
        fields.put("snapshotId", SNAPSHOT);
        fields.put("targetProjectId", PROJECT);
        fields.put("targetClusterName", "standby");
        return fields;
    }
}
