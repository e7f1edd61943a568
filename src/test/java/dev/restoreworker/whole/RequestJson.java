package dev.restoreworker.whole;

/** Requests as their publishers write them. */
final class RequestJson {

    static final String PROJECT = "5e2211c17a3e5a48f5497de3";
    static final String SNAPSHOT = "5e4e593f70dfbf1010295836";

    private RequestJson() {}

    static String download(String id) {
        return download(id, SNAPSHOT);
    }

    static String download(String id, String snapshot) {
        return """
               {"requestId": "%s", "projectId": "%s", "clusterName": "orders",
                "deliveryType": "download", "snapshotId": "%s"}
               """
                .formatted(id, PROJECT, snapshot);
    }

    static String automated(String id, String target) {
        return """
               {"requestId": "%s", "projectId": "%s", "clusterName": "orders",
                "deliveryType": "automated", "snapshotId": "%s",
                "targetProjectId": "%s", "targetClusterName": "%s",
                "requestedBy": "dr", "correlationId": "c-1", "context": {"ticket": [7]}}
               """
                .formatted(id, PROJECT, SNAPSHOT, PROJECT, target);
    }

    static String pointInTime(String id, String time) {
        return """
               {"requestId": "%s", "projectId": "%s", "clusterName": "orders",
                "deliveryType": "pointInTime", %s,
                "targetProjectId": "%s", "targetClusterName": "standby"}
               """
                .formatted(id, PROJECT, time, PROJECT);
    }
}
