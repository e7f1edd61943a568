package dev.restoreworker.sandbox.atlas;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One object of a document that a person wrote. Whatever is wrong is an {@link
 * IllegalArgumentException} that says where, and what would be right.
 */
final class Fields {
    /** Longer than any run of it. */
    static final Duration LONGEST = Duration.ofDays(1);

    private final String path;
    private final JsonObject json;

    /** Refuses names that are not {@code known}. */
    Fields(String path, JsonObject json, Set<String> known) {
        this.path = path;
        this.json = json;
        for (var name : json.fieldNames()) {
            if (!known.contains(name)) {
                throw wrong(name, "is not known; known are " + new TreeSet<>(known));
            }
        }
    }

    boolean has(String name) {
        return json.containsKey(name);
    }

    @Nullable Object value(String name) {
        return json.getValue(name);
    }

    @Nullable String text(String name) {
        return has(name) ? text(name, json.getValue(name)) : null;
    }

    String text(String name, String byDefault) {
        return has(name) ? text(name, json.getValue(name)) : byDefault;
    }

    private String text(String name, @Nullable Object value) {
        if (value instanceof String text && !text.isBlank()) {
            return text;
        }
        throw wrong(name, "must be a text that is not empty");
    }

    boolean flag(String name) {
        return switch (has(name) ? json.getValue(name) : Boolean.FALSE) {
            case Boolean flag -> flag;
            case null, default -> throw wrong(name, "must be true or false");
        };
    }

    int number(String name, int byDefault, int min, int max) {
        return (int) longNumber(name, byDefault, min, max);
    }

    long longNumber(String name, long byDefault, long min, long max) {
        if (!has(name)) {
            return byDefault;
        }
        if ((json.getValue(name) instanceof Integer || json.getValue(name) instanceof Long)
                && json.getLong(name) >= min
                && json.getLong(name) <= max) {
            return json.getLong(name);
        }
        throw wrong(name, "must be a whole number from " + min + " to " + max);
    }

    double probability(String name) {
        if (!has(name)) {
            return 1;
        }
        if (json.getValue(name) instanceof Number number
                && number.doubleValue() >= 0
                && number.doubleValue() <= 1) {
            return number.doubleValue();
        }
        throw wrong(name, "must be a number from 0 to 1");
    }

    Duration duration(String name, Duration byDefault, Duration min) {
        if (!has(name)) {
            return byDefault;
        }
        try {
            if (json.getValue(name) instanceof String text) {
                var duration = Duration.parse(text);
                if (duration.compareTo(min) >= 0 && duration.compareTo(LONGEST) <= 0) {
                    return duration;
                }
            }
        } catch (DateTimeException _) {
            // Answered like one that is out of range.
        }
        throw wrong(name, "must be a duration such as PT1.5S, from " + min + " to " + LONGEST);
    }

    @Nullable Instant instant(String name) {
        if (!has(name)) {
            return null;
        }
        try {
            if (json.getValue(name) instanceof String text) {
                return Instant.parse(text);
            }
        } catch (DateTimeException _) {
            // Answered like one that is no text.
        }
        throw wrong(name, "must be an instant such as 2026-08-03T03:36:18Z");
    }

    /** One of the names that stand for something, or null if there is none. */
    <T> @Nullable T choice(String name, Map<String, T> choices) {
        return has(name) ? choose(name, json.getValue(name), choices) : null;
    }

    /** One name or a list of them. */
    <T> List<T> choices(String name, Map<String, T> choices) {
        if (!has(name)) {
            return List.of();
        }
        if (!(json.getValue(name) instanceof JsonArray several)) {
            return List.of(choose(name, json.getValue(name), choices));
        }
        if (several.isEmpty()) {
            throw wrong(name, "must not be empty");
        }
        return several.stream().map(it -> choose(name, it, choices)).toList();
    }

    private <T> T choose(String name, @Nullable Object value, Map<String, T> choices) {
        var chosen = value instanceof String text ? choices.get(text) : null;
        if (chosen == null) {
            throw wrong(name, "must be one of " + new TreeSet<>(choices.keySet()));
        }
        return chosen;
    }

    List<String> texts(String name) {
        if (!has(name)) {
            return List.of();
        }
        if (json.getValue(name) instanceof JsonArray several
                && several.stream().allMatch(String.class::isInstance)) {
            return several.stream().map(String.class::cast).toList();
        }
        throw wrong(name, "must be a list of texts");
    }

    @Nullable Fields object(String name, Set<String> known) {
        return has(name) ? object(at(name), json.getValue(name), known) : null;
    }

    List<Fields> objects(String name, Set<String> known) {
        if (!has(name)) {
            return List.of();
        }
        if (!(json.getValue(name) instanceof JsonArray several)) {
            throw wrong(name, "must be a list");
        }
        return IntStream.range(0, several.size())
                .mapToObj(i -> object(at(name) + "[" + i + "]", several.getValue(i), known))
                .toList();
    }

    /** Names and values of an object, whatever they are. */
    List<Map.Entry<String, @Nullable Object>> entries() {
        var entries = new ArrayList<Map.Entry<String, @Nullable Object>>();
        json.forEach(entries::add);
        return entries;
    }

    private static Fields object(String path, @Nullable Object value, Set<String> known) {
        if (value instanceof JsonObject object) {
            return new Fields(path, object, known);
        }
        throw new IllegalArgumentException(path + " must be an object");
    }

    IllegalArgumentException wrong(String name, String why) {
        return new IllegalArgumentException(at(name) + " " + why);
    }

    private String at(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
