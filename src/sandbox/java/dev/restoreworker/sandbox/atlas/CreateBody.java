package dev.restoreworker.sandbox.atlas;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads and validates the body of a create call. A field that its delivery has no use for is left
 * out.
 */
final class CreateBody {
    private static final int POINT_IN_TIME_MIN = 1_199_145_600; // 2008, says Atlas' schema

    static final Set<String> ATTRIBUTES =
            Set.of(
                    "deliveryType",
                    "snapshotId",
                    "targetGroupId",
                    "targetClusterName",
                    "oplogTs",
                    "oplogInc",
                    "pointInTimeUTCSeconds");

    /** What a body says: an order, or how Atlas refuses it. */
    sealed interface Wish {
        record Valid(JobOrder order) implements Wish {}

        record Invalid(ApiError refusal) implements Wish {}

        /** Null if it is invalid. */
        default @Nullable JobOrder orderOrNull() {
            return this instanceof Valid(var order) ? order : null;
        }

        /** Throws what Atlas refuses it with. */
        default JobOrder orThrow() {
            return switch (this) {
                case Valid(var order) -> order;
                case Invalid(var refusal) -> throw refusal;
            };
        }
    }

    private final String cluster;
    private final JsonObject body;

    private CreateBody(String cluster, JsonObject body) {
        this.cluster = cluster;
        this.body = body;
    }

    static Wish parse(Buffer buffer, String sourceCluster) {
        try {
            return new Wish.Valid(new CreateBody(sourceCluster, json(buffer)).order());
        } catch (ApiError refusal) {
            return new Wish.Invalid(refusal);
        }
    }

    private static JsonObject json(Buffer buffer) {
        try {
            return new JsonObject(buffer);
        } catch (DecodeException | ClassCastException _) {
            throw new ApiError(
                    400, "INVALID_JSON", "Received JSON does not match expected format.");
        }
    }

    private JobOrder order() {
        for (var name : body.fieldNames()) {
            if (!ATTRIBUTES.contains(name)) {
                var detail = "Invalid attribute " + name + " specified.";
                throw new ApiError(400, "INVALID_ATTRIBUTE", detail, name);
            }
        }
        return switch (delivery()) {
            case DOWNLOAD -> order(Delivery.DOWNLOAD, snapshot(), null, null);
            case AUTOMATED ->
                    order(Delivery.AUTOMATED, snapshot(), targetProject(), targetCluster());
            case POINT_IN_TIME -> pointInTime();
        };
    }

    private JobOrder order(
            Delivery delivery,
            String snapshot,
            @Nullable String targetProject,
            @Nullable String targetCluster) {
        return new JobOrder(delivery, snapshot, targetProject, targetCluster, null, null, null);
    }

    private JobOrder pointInTime() {
        var seconds = number("pointInTimeUTCSeconds", POINT_IN_TIME_MIN);
        var ts = number("oplogTs", POINT_IN_TIME_MIN);
        var inc = number("oplogInc", 1);
        var asPair = ts != null && inc != null && seconds == null;
        var asSeconds = ts == null && inc == null && seconds != null;
        if (!asPair && !asSeconds) {
            throw invalidTime();
        }
        var snapshot = body.containsKey("snapshotId") ? snapshot() : null;
        return new JobOrder(
                Delivery.POINT_IN_TIME,
                snapshot,
                targetProject(),
                targetCluster(),
                ts,
                inc,
                seconds);
    }

    private Delivery delivery() {
        var name = text("deliveryType");
        if (name == null) {
            throw ApiError.missing("deliveryType");
        }
        return Delivery.named(name)
                .orElseThrow(
                        () ->
                                new ApiError(
                                        400,
                                        "INVALID_ENUM_VALUE",
                                        "An invalid enumeration value " + name + " was specified.",
                                        name));
    }

    private String snapshot() {
        var snapshot = text("snapshotId");
        if (snapshot == null) {
            throw ApiError.snapshotNotFound("null", cluster);
        }
        World.requireSnapshot(snapshot, cluster);
        return snapshot;
    }

    private String targetProject() {
        return required("targetGroupId");
    }

    private String targetCluster() {
        var target = required("targetClusterName");
        World.requireCluster(targetProject(), target);
        return target;
    }

    private String required(String attribute) {
        var value = text(attribute);
        if (value == null) {
            throw ApiError.missing(attribute);
        }
        return value;
    }

    private @Nullable String text(String attribute) {
        return switch (body.getValue(attribute)) {
            case null -> null;
            case String text -> text;
            default -> throw mismatch(attribute);
        };
    }

    private @Nullable Integer number(String attribute, int min) {
        return switch (body.getValue(attribute)) {
            case null -> null;
            case Integer number when number >= min -> number;
            case Integer _ -> throw invalidTime();
            default -> throw mismatch(attribute);
        };
    }

    private static ApiError mismatch(String attribute) {
        var detail =
                "Received JSON for the " + attribute + " attribute does not match expected format.";
        return new ApiError(400, "INVALID_JSON_ATTRIBUTE", detail, attribute);
    }

    private static ApiError invalidTime() {
        return new ApiError(
                400,
                "INVALID_PIT_RESTORE_TIME",
                "Please provide a valid UTC time or an operation time (ts).");
    }
}
