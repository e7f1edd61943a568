package dev.restoreworker.sandbox.atlas;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
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

    /** Puts a document of rules in force. */
    void rules(String document) throws IOException {
        var response = caller.control("PUT", "/simulator/faults", document);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }

    /** The list of the control API's answer under a name. */
    List<JsonObject> told(String path, String name) throws IOException {
        return json(caller.control("GET", "/simulator/" + path, "")).getJsonArray(name).stream()
                .map(JsonObject.class::cast)
                .toList();
    }

    /** A create call whose end nobody waits for: its job's id, or what went wrong. */
    CompletableFuture<String> createMeanwhile(JsonObject order) {
        var result = new CompletableFuture<String>();
        Thread.ofVirtual()
                .start(
                        () -> {
                            try {
                                result.complete(create(order));
                            } catch (IOException e) {
                                result.complete("lost");
                            }
                        });
        return result;
    }

    static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(1_000_000); // the simulator needs the processor more
        }
    }

    RecordedCall lastCreate() {
        return atlas.books().calls().stream()
                .filter(it -> it.operation() == Operation.CREATE_JOB)
                .reduce((_, later) -> later)
                .orElseThrow();
    }

    /** The id of a new job. */
    String create(JsonObject order) throws IOException {
        return json(caller.post(JOBS, order)).getString("id");
    }

    JsonObject job(String id) throws IOException {
        return json(caller.get(JOBS + "/" + id));
    }
}
