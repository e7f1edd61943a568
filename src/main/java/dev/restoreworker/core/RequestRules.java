package dev.restoreworker.core;

import dev.restoreworker.core.Delivery.Target;
import dev.restoreworker.core.Delivery.Time;
import dev.restoreworker.core.RestoreRequest.OnQuota;
import dev.restoreworker.core.RestoreRequest.OnUnknown;
import dev.restoreworker.core.RestoreRequest.Remarks;
import dev.restoreworker.core.RestoreRequest.Terms;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The rules that a request must keep before it may reach Atlas. Every fault of a request is found,
 * not only the first.
 *
 * <p>The form of ids, names and times is that of the Atlas Administration API 2023-01-01. A field
 * that is null counts as absent, and so does an oplog or UTC time of 0. A field that is not known
 * here is ignored.
 */
public final class RequestRules {

    /** What was asked, in order or not. */
    public sealed interface Checked {

        record Valid(RestoreRequest request) implements Checked {}

        /** {@code faults} is not empty, and each names its field and the cure. */
        record Invalid(List<String> faults) implements Checked {}
    }

    public static final int ID_LENGTH_MAX = 255;
    private static final int REMARK_LENGTH_MAX = 255;
    private static final int CONTEXT_LENGTH_MAX = 16_384;
    private static final int PRIORITY_MAX = 1_000;

    /** The earliest point in time that Atlas takes: 2008-01-01T00:00:00Z. */
    private static final int TIME_MIN = 1_199_145_600;

    private static final Instant TIME_FIRST = Instant.parse("0000-01-01T00:00:00Z");
    private static final Instant TIME_LAST = Instant.parse("9999-12-31T23:59:59.999999999Z");

    private static final Pattern ATLAS_ID = Pattern.compile("[a-f0-9]{24}");
    private static final Pattern CLUSTER_NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9-]{0,63}");

    private final Map<String, ?> fields;
    private final @Nullable Trace trace;
    private final List<String> faults = new ArrayList<>();

    private RequestRules(Map<String, ?> fields, @Nullable Trace trace) {
        this.fields = fields;
        this.trace = trace;
    }

    /** Whether this can be the id of a request: 1 to 255 printable characters. */
    public static boolean isRequestId(String id) {
        return !id.isEmpty()
                && id.codePointCount(0, id.length()) <= ID_LENGTH_MAX
                && Text.isPrintable(id);
    }

    /** Whether this can be the id of a project, a snapshot or a job: as Atlas gives them. */
    public static boolean isAtlasId(String id) {
        return ATLAS_ID.matcher(id).matches();
    }

    /** Whether this can be the name of a cluster, and so stand in a path as it is. */
    public static boolean isClusterName(String name) {
        return CLUSTER_NAME.matcher(name).matches();
    }

    /**
     * Checks the fields of a request: JSON values as text, numbers, booleans or null; {@code
     * context} as JSON text. {@code trace} is what came beside them.
     */
    public static Checked check(String id, Map<String, ?> fields, @Nullable Trace trace) {
        return new RequestRules(fields, trace).check(id);
    }

    /** What of these fields decides what Atlas does, whether they keep the rules or not. */
    public static Content content(Map<String, ?> fields) {
        return new Content(
                asText(either(fields, "projectId", "groupId")),
                asText(fields.get("clusterName")),
                asText(fields.get("deliveryType")),
                asText(fields.get("snapshotId")),
                asText(time(fields, "oplogTs")),
                asText(time(fields, "oplogInc")),
                asText(time(fields, "pointInTimeUTCSeconds")),
                asText(either(fields, "targetProjectId", "targetGroupId")),
                asText(fields.get("targetClusterName")));
    }

    /** What of these fields comes back in every event, as far as it can be read. */
    public static Remarks remarks(Map<String, ?> fields, @Nullable Trace trace) {
        return new RequestRules(fields, trace).remarks();
    }

    private Checked check(String id) {
        var projectId = atlasId("projectId", "groupId");
        var clusterName = clusterName("clusterName");
        var delivery = delivery();
        var terms = terms();
        var remarks = remarks();
        if (delivery == null || !faults.isEmpty()) {
            return new Checked.Invalid(List.copyOf(faults));
        }
        return new Checked.Valid(
                new RestoreRequest(id, projectId, clusterName, delivery, terms, remarks));
    }

    private @Nullable Delivery delivery() {
        var value = fields.get("deliveryType");
        if (value == null) {
            faults.add("deliveryType is missing: say download, automated or pointInTime");
            return null;
        }
        return switch (value.toString()) {
            case "download" -> {
                refuse("download", "targetClusterName", "targetProjectId", "targetGroupId");
                refuseTimes("download");
                yield new Delivery.Download(atlasId("snapshotId"));
            }
            case "automated" -> {
                refuseTimes("automated");
                yield new Delivery.Automated(atlasId("snapshotId"), target());
            }
            case "pointInTime" -> {
                refuse("pointInTime", "snapshotId");
                yield new Delivery.PointInTime(pointInTime(), target());
            }
            default -> {
                faults.add(
                        "deliveryType must be download, automated or pointInTime, and is "
                                + shown(value));
                yield null;
            }
        };
    }

    private Target target() {
        return new Target(
                atlasId("targetProjectId", "targetGroupId"), clusterName("targetClusterName"));
    }

    private Time pointInTime() {
        var pair = time(fields, "oplogTs") != null || time(fields, "oplogInc") != null;
        var seconds = time(fields, "pointInTimeUTCSeconds") != null;
        if (pair == seconds) {
            faults.add(
                    "a pointInTime request takes either oplogTs with oplogInc or"
                            + " pointInTimeUTCSeconds, and has "
                            + (pair ? "both" : "neither"));
        }
        return seconds
                ? new Time.UtcSeconds(number("pointInTimeUTCSeconds", TIME_MIN, Integer.MAX_VALUE))
                : new Time.Oplog(
                        pair ? number("oplogTs", TIME_MIN, Integer.MAX_VALUE) : 0,
                        pair ? number("oplogInc", 1, Integer.MAX_VALUE) : 0);
    }

    private Terms terms() {
        return new Terms(
                patience(),
                "fail".equals(choice("onQuota", "wait", "fail")) ? OnQuota.FAIL : OnQuota.WAIT,
                "fail".equals(choice("onUnknown", "fail")) ? OnUnknown.FAIL : OnUnknown.DEFAULT,
                flag("allowRepeat"),
                fields.get("priority") == null
                        ? 0
                        : number("priority", -PRIORITY_MAX, PRIORITY_MAX));
    }

    private Remarks remarks() {
        return new Remarks(
                instant("requestedAt"),
                remark("requestedBy", REMARK_LENGTH_MAX),
                remark("correlationId", REMARK_LENGTH_MAX),
                remark("context", CONTEXT_LENGTH_MAX),
                trace);
    }

    private String atlasId(String name, String alias) {
        var one = fields.get(name);
        var other = fields.get(alias);
        if (one != null && other != null && !one.equals(other)) {
            faults.add("%s and %s name two projects: give one of them".formatted(name, alias));
        }
        return text(
                one == null && other != null ? alias : name,
                RequestRules::isAtlasId,
                "24 hexadecimal digits, in lower case");
    }

    private String atlasId(String name) {
        return text(name, RequestRules::isAtlasId, "24 hexadecimal digits, in lower case");
    }

    private String clusterName(String name) {
        return text(
                name,
                RequestRules::isClusterName,
                "1 to 64 letters, digits and hyphens, the first not a hyphen");
    }

    /** The text of a field that must be there; anything at all if it is at fault. */
    private String text(String name, Predicate<String> rule, String ruleInWords) {
        var value = fields.get(name);
        if (value == null) {
            faults.add("%s is missing: it must be %s".formatted(name, ruleInWords));
        } else if (!(value instanceof String text) || !rule.test(text)) {
            faults.add("%s must be %s, and is %s".formatted(name, ruleInWords, shown(value)));
        } else {
            return text;
        }
        return "";
    }

    private int number(String name, int min, int max) {
        var value = fields.get(name);
        if (value instanceof Number) {
            try {
                var number = new BigDecimal(value.toString()).intValueExact();
                if (number >= min && number <= max) {
                    return number;
                }
            } catch (ArithmeticException | NumberFormatException _) {
                // Not a whole number of 32 bits: the fault below says so.
            }
        }
        faults.add(
                "%s must be a whole number from %d to %d, and is %s"
                        .formatted(name, min, max, shown(value)));
        return 0;
    }

    private boolean flag(String name) {
        return switch (fields.get(name)) {
            case null -> false;
            case Boolean flag -> flag;
            case Object other -> {
                faults.add("%s must be true or false, and is %s".formatted(name, shown(other)));
                yield false;
            }
        };
    }

    private @Nullable String choice(String name, String... choices) {
        var value = fields.get(name);
        if (value == null || List.of(choices).contains(value)) {
            return (String) value;
        }
        faults.add(
                "%s must be %s, and is %s"
                        .formatted(name, String.join(" or ", choices), shown(value)));
        return null;
    }

    private @Nullable Duration patience() {
        var value = fields.get("patience");
        if (value == null) {
            return null;
        }
        try {
            if (value instanceof String text) {
                var patience = Duration.parse(text);
                if (patience.isPositive()) {
                    return patience;
                }
            }
        } catch (DateTimeParseException | ArithmeticException _) {
            // Not a duration: the fault below says so.
        }
        faults.add(
                "patience must be a positive ISO 8601 duration such as PT2H, and is "
                        + shown(value));
        return null;
    }

    private @Nullable Instant instant(String name) {
        var value = fields.get(name);
        if (value == null) {
            return null;
        }
        try {
            if (value instanceof String text) {
                var time = OffsetDateTime.parse(text).toInstant();
                // Others read our events: their years have four digits.
                if (!time.isBefore(TIME_FIRST) && !time.isAfter(TIME_LAST)) {
                    return time;
                }
            }
        } catch (DateTimeException _) {
            // Not a time: the fault below says so.
        }
        faults.add(
                "%s must be a time such as 2026-01-31T12:00:00Z, and is %s"
                        .formatted(name, shown(value)));
        return null;
    }

    private @Nullable String remark(String name, int lengthMax) {
        var value = fields.get(name);
        if (value == null) {
            return null;
        }
        if (value instanceof String text && text.length() <= lengthMax) {
            return Text.storable(text);
        }
        faults.add(
                "%s must be %s of at most %d characters"
                        .formatted(name, name.equals("context") ? "JSON" : "text", lengthMax));
        return null;
    }

    private void refuse(String delivery, String... names) {
        for (var name : names) {
            if (fields.get(name) != null) {
                faults.add("%s does not go with %s: leave it out".formatted(name, delivery));
            }
        }
    }

    private void refuseTimes(String delivery) {
        for (var name : List.of("oplogTs", "oplogInc", "pointInTimeUTCSeconds")) {
            if (time(fields, name) != null) {
                faults.add("%s does not go with %s: leave it out".formatted(name, delivery));
            }
        }
    }

    /** A time of 0 is what many languages write for none. */
    private static @Nullable Object time(Map<String, ?> fields, String name) {
        var value = fields.get(name);
        return value instanceof Number number && number.doubleValue() == 0 ? null : value;
    }

    private static @Nullable Object either(Map<String, ?> fields, String name, String alias) {
        var value = fields.get(name);
        return value == null ? fields.get(alias) : value;
    }

    private static @Nullable String asText(@Nullable Object value) {
        return value == null ? null : value.toString();
    }

    private static String shown(@Nullable Object value) {
        return "'" + Text.cut(Text.storable(Objects.toString(value)), 80) + "'";
    }
}
