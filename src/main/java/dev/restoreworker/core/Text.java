package dev.restoreworker.core;

/** What may stand in an id, and how text from outside is made safe to store and to show. */
public final class Text {

    private Text() {}

    /**
     * Whether all of {@code text} can be printed on one line: no control or format characters, no
     * lone surrogates, no unassigned code points, and no white space but single spaces between
     * other characters.
     */
    public static boolean isPrintable(String text) {
        return text.equals(text.strip())
                && !text.contains("  ")
                && text.codePoints().allMatch(Text::isPrintable);
    }

    private static boolean isPrintable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    false;
            case Character.SPACE_SEPARATOR -> codePoint == ' ';
            default -> true;
        };
    }

    /**
     * The same text with each control character and lone surrogate written as {@code \}{@code
     * uXXXX}: no database refuses it, no log line is broken by it.
     */
    public static String storable(String text) {
        if (!needsEscape(text)) {
            return text;
        }
        var escaped = new StringBuilder();
        text.codePoints()
                .forEach(
                        codePoint -> {
                            if (needsEscape(codePoint)) {
                                escaped.append("\\u%04x".formatted(codePoint));
                            } else {
                                escaped.appendCodePoint(codePoint);
                            }
                        });
        return escaped.toString();
    }

    private static boolean needsEscape(String text) {
        for (var i = 0; i < text.length(); ) {
            var codePoint = text.codePointAt(i);
            if (needsEscape(codePoint)) {
                return true;
            }
            i += Character.charCount(codePoint);
        }
        return false;
    }

    private static boolean needsEscape(int codePoint) {
        return Character.isISOControl(codePoint)
                || Character.getType(codePoint) == Character.SURROGATE;
    }

    /**
     * At most the first {@code lengthMax} characters, with a note of how long the whole was and a
     * hash of it, so that two long values that differ still differ.
     */
    public static String cut(String text, int lengthMax) {
        if (text.length() <= lengthMax) {
            return text;
        }
        var end = Character.isHighSurrogate(text.charAt(lengthMax - 1)) ? lengthMax - 1 : lengthMax;
        return "%s… (%d characters, hash %016x)"
                .formatted(text.substring(0, end), text.length(), hash(text));
    }

    /** FNV-1a, 64 bits: it tells texts apart, and protects nothing. */
    private static long hash(String text) {
        var hash = 0xcbf29ce484222325L;
        for (var i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }
}
