package dev.restoreworker.sandbox.atlas;

import io.vertx.core.MultiMap;

/** Which page of a list is asked for. */
record Paging(int itemsPerPage, int pageNum, boolean includeCount) {
    private static final int ITEMS_DEFAULT = 100;
    private static final int ITEMS_MAX = 500;

    static Paging of(MultiMap query) {
        if (query.contains("envelope") && !"false".equals(query.get("envelope"))) {
            throw invalid("envelope"); // it would put the status into the body
        }
        return new Paging(
                number(query, "itemsPerPage", ITEMS_DEFAULT, ITEMS_MAX),
                number(query, "pageNum", 1, Integer.MAX_VALUE),
                flag(query, "includeCount"));
    }

    Paging at(int otherPage) {
        return new Paging(itemsPerPage, otherPage, includeCount);
    }

    String query() {
        return "?includeCount=%s&pageNum=%d&itemsPerPage=%d"
                .formatted(includeCount, pageNum, itemsPerPage);
    }

    private static int number(MultiMap query, String name, int byDefault, int max) {
        var text = query.get(name);
        if (text == null) {
            return byDefault;
        }
        try {
            var number = Integer.parseInt(text);
            if (number >= 1 && number <= max) {
                return number;
            }
        } catch (NumberFormatException _) {
            // Answered like a number that is out of range.
        }
        throw invalid(name);
    }

    private static boolean flag(MultiMap query, String name) {
        return switch (query.get(name)) {
            case null -> true;
            case "true" -> true;
            case "false" -> false;
            default -> throw invalid(name);
        };
    }

    private static ApiError invalid(String name) {
        return new ApiError(
                400,
                "INVALID_QUERY_PARAMETER",
                "Invalid query parameter " + name + " specified.",
                name);
    }
}
