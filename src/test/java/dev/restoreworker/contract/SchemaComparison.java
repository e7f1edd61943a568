package dev.restoreworker.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.restoreworker.contract.SchemaChange.Effect;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * How a schema differs from the one before it, keyword by keyword. It understands the keywords that
 * our schemas use; a change of any other is unclear, and so breaks.
 */
final class SchemaComparison {

    private static final JsonNode ANYTHING = JsonNodeFactory.instance.objectNode();

    /** They say nothing of what is valid. */
    private static final Set<String> REMARKS =
            Set.of(
                    "title",
                    "description",
                    "examples",
                    "default",
                    "deprecated",
                    "$comment",
                    "contentEncoding",
                    "contentMediaType",
                    "contentSchema");

    private final List<SchemaChange> changes = new ArrayList<>();

    private SchemaComparison() {}

    static List<SchemaChange> between(JsonNode before, JsonNode after) {
        var comparison = new SchemaComparison();
        comparison.compare("", before, after, true);
        return List.copyOf(comparison.changes);
    }

    /**
     * {@code named}: whether fields of this object get their names here, and not only conditions.
     */
    private void compare(String where, JsonNode before, JsonNode after, boolean named) {
        if (before.equals(after)) {
            return;
        }
        if (isNothing(before) || isNothing(after)) {
            add(isNothing(after) ? Effect.NARROWER : Effect.WIDER, where, "from or to false");
            return;
        }
        var keywords = new TreeSet<String>();
        before.fieldNames().forEachRemaining(keywords::add);
        after.fieldNames().forEachRemaining(keywords::add);
        keywords.removeAll(REMARKS);
        for (var keyword : keywords) {
            var one = before.path(keyword);
            var other = after.path(keyword);
            if (!one.equals(other) && !isEnumeration(keyword)) {
                keyword(where + "/" + keyword, keyword, one, other, named);
            }
        }
        enumeration(where, before, after);
    }

    private void keyword(
            String where, String keyword, JsonNode before, JsonNode after, boolean named) {
        switch (keyword) {
            case "type" -> types(where, before, after);
            case "required" -> texts(where, before, after, Effect.NARROWER, Effect.WIDER);
            case "minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties" ->
                    limit(where, before, after, false);
            case "maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties" ->
                    limit(where, before, after, true);
            case "pattern", "format", "multipleOf" -> rule(where, before, after);
            case "properties" -> fields(where, before, after, named);
            case "$defs" -> definitions(where, before, after, named);
            case "items", "additionalProperties", "propertyNames" ->
                    compare(where, orAnything(before), orAnything(after), true);
            case "then", "else" -> compare(where, orAnything(before), orAnything(after), false);
            case "allOf" -> parts(where, before, after, Effect.NARROWER, Effect.WIDER);
            case "anyOf" -> choices(where, before, after);
            default -> add(Effect.UNCLEAR, where, before + " became " + after);
        }
    }

    private static boolean isEnumeration(String keyword) {
        return keyword.equals("enum") || keyword.equals("const");
    }

    /** A const is an enum of one. */
    private void enumeration(String where, JsonNode before, JsonNode after) {
        var old = values(before);
        var now = values(after);
        if (old.isEmpty() != now.isEmpty()) {
            add(old.isEmpty() ? Effect.NARROWER : Effect.WIDER, where, "an enum came or went");
            return;
        }
        for (var value : now) {
            if (!old.contains(value)) {
                var wasConst = before.has("const") && after.has("const");
                add(wasConst ? Effect.GONE : Effect.NEW_NAME, where, "new value " + value);
            }
        }
        old.removeAll(now);
        old.forEach(value -> add(Effect.GONE, where, "no value " + value + " any more"));
    }

    private static Set<JsonNode> values(JsonNode schema) {
        var values = new LinkedHashSet<JsonNode>();
        schema.path("enum").forEach(values::add);
        if (schema.has("const")) {
            values.add(schema.get("const"));
        }
        return values;
    }

    private void types(String where, JsonNode before, JsonNode after) {
        if (before.isMissingNode() || after.isMissingNode()) {
            add(before.isMissingNode() ? Effect.NARROWER : Effect.WIDER, where, "came or went");
            return;
        }
        var old = typeNames(before);
        var now = typeNames(after);
        for (var type : now) {
            if (!old.contains(type)) {
                add(Effect.WIDER, where, "also " + type);
            }
        }
        old.removeAll(now);
        old.forEach(type -> add(Effect.NARROWER, where, "no " + type + " any more"));
    }

    /** Each integer is a number. */
    private static Set<String> typeNames(JsonNode type) {
        var names = type.isTextual() ? new TreeSet<>(Set.of(type.asText())) : textsOf(type);
        if (names.contains("number")) {
            names.add("integer");
        }
        return names;
    }

    /** Texts of which each one more, or less, has an effect. */
    private void texts(String where, JsonNode before, JsonNode after, Effect more, Effect less) {
        var old = textsOf(before);
        var now = textsOf(after);
        now.stream().filter(text -> !old.contains(text)).forEach(text -> add(more, where, text));
        old.stream().filter(text -> !now.contains(text)).forEach(text -> add(less, where, text));
    }

    private static TreeSet<String> textsOf(JsonNode array) {
        var texts = new TreeSet<String>();
        array.forEach(each -> texts.add(each.asText()));
        return texts;
    }

    private void limit(String where, JsonNode before, JsonNode after, boolean isUpper) {
        if (before.isMissingNode() || after.isMissingNode()) {
            rule(where, before, after);
            return;
        }
        var rises = after.decimalValue().compareTo(before.decimalValue()) > 0;
        add(rises == isUpper ? Effect.WIDER : Effect.NARROWER, where, before + " became " + after);
    }

    /** A rule that comes narrows, one that goes widens, and of two nobody can say. */
    private void rule(String where, JsonNode before, JsonNode after) {
        var effect =
                before.isMissingNode()
                        ? Effect.NARROWER
                        : after.isMissingNode() ? Effect.WIDER : Effect.UNCLEAR;
        add(effect, where, before + " became " + after);
    }

    private void fields(String where, JsonNode before, JsonNode after, boolean named) {
        for (var name : names(before, after)) {
            var place = where + "/" + name;
            if (!named) {
                compare(place, orAnything(before.path(name)), orAnything(after.path(name)), false);
            } else if (!after.has(name)) {
                add(Effect.GONE, place, "no such field any more");
            } else if (before.has(name)) {
                compare(place, before.get(name), after.get(name), true);
            } else {
                var refused = isNothing(after.get(name));
                add(refused ? Effect.NARROWER : Effect.NEW_FIELD, place, "new field");
            }
        }
    }

    /** What is defined and not used says nothing; what uses it is compared where it stands. */
    private void definitions(String where, JsonNode before, JsonNode after, boolean named) {
        for (var name : names(before, after)) {
            if (before.has(name) && after.has(name)) {
                compare(where + "/" + name, before.get(name), after.get(name), named);
            }
        }
    }

    private static Set<String> names(JsonNode before, JsonNode after) {
        var names = new TreeSet<String>();
        before.fieldNames().forEachRemaining(names::add);
        after.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private void choices(String where, JsonNode before, JsonNode after) {
        if (before.isMissingNode() || after.isMissingNode()) {
            rule(where, before, after);
        } else {
            parts(where, before, after, Effect.WIDER, Effect.NARROWER);
        }
    }

    /** In their order: a part may be changed, and may come or go at the end. */
    private void parts(String where, JsonNode before, JsonNode after, Effect more, Effect less) {
        for (var i = 0; i < Math.max(before.size(), after.size()); i++) {
            if (i >= before.size() || i >= after.size()) {
                add(i >= before.size() ? more : less, where + "/" + i, "came or went");
            } else {
                compare(where + "/" + i, before.get(i), after.get(i), false);
            }
        }
    }

    private static JsonNode orAnything(JsonNode schema) {
        return schema.isMissingNode() || schema.isBoolean() && schema.booleanValue()
                ? ANYTHING
                : schema;
    }

    private static boolean isNothing(JsonNode schema) {
        return schema.isBoolean() && !schema.booleanValue();
    }

    private void add(Effect effect, String where, String what) {
        changes.add(new SchemaChange(effect, where, what));
    }
}
