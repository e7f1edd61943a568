package dev.restoreworker.sandbox.atlas;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A simulator of its own for each test, on a clock that stands still, and somebody to call it. */
abstract class SimulatorTestCase {
    static final String PROJECT = "5e2211c17a3e5a48f5497de3";
    static final String SNAPSHOT = "5e4e593f70dfbf1010295836"; // of 2020-02-20T10:02:39Z
    static final String CLUSTER_PATH = "/groups/" + PROJECT + "/clusters/orders/backup/";
    static final String JOBS = "/api/atlas/v2" + CLUSTER_PATH + "restoreJobs";
    static final String JOBS_V1 = "/api/atlas/v1.0" + CLUSTER_PATH + "restoreJobs";

    final SettableClock clock = new SettableClock("2026-08-03T03:36:18.250Z");
    final SimulatorOptions options =
            SimulatorOptions.defaults()
                    .withLifecycle(
                            Duration.ofMinutes(4), Duration.ofMinutes(3), Duration.ofHours(1));
    AtlasSimulator atlas;
    Caller caller;

    @BeforeEach
    void start() {
        atlas = AtlasSimulator.start(options, clock);
        caller = Caller.of(atlas, options);
    }

    @AfterEach
    void stop() {
        caller.close();
        atlas.close();
    }

    static JsonObject download() {
        return new JsonObject().put("deliveryType", "download").put("snapshotId", SNAPSHOT);
    }

    static JsonObject automated() {
        return new JsonObject()
                .put("deliveryType", "automated")
                .put("snapshotId", SNAPSHOT)
                .put("targetGroupId", PROJECT)
                .put("targetClusterName", "orders-standby");
    }

    static JsonObject pointInTime() {
        return new JsonObject()
                .put("deliveryType", "pointInTime")
                .put("targetGroupId", PROJECT)
                .put("targetClusterName", "orders-standby");
    }

    static JsonObject json(HttpResponse<String> response) {
        return new JsonObject(response.body());
    }

    static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("(none)");
    }

    /** The id of a new job. */
    String create(JsonObject order) throws IOException {
        return json(caller.post(JOBS, order)).getString("id");
    }

    JsonObject job(String id) throws IOException {
        return json(caller.get(JOBS + "/" + id));
    }
}
