package dev.restoreworker.command;

import dev.restoreworker.core.Text;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Bytes and texts from outside, as they may stand on a terminal: whatever is no plain character is
 * written as an escape. A record could else clear the screen, colour what follows, or turn the
 * order of characters around.
 */
final class Shown {

    static final String NOTHING = "-";

    private Shown() {}

    /** On one line. */
    static String text(String text) {
        var shown = new StringBuilder();
        text.codePoints().forEach(each -> append(shown, each));
        return shown.toString();
    }

    /** On one line; bytes that are not UTF-8 are told one by one. */
    static String bytes(byte @Nullable [] bytes) {
        if (bytes == null) {
            return "null";
        }
        var decoder =
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT);
        var in = ByteBuffer.wrap(bytes);
        var chars = CharBuffer.allocate(bytes.length);
        var shown = new StringBuilder();
        while (true) {
            var result = decoder.decode(in, chars, true);
            shown.append(text(chars.flip().toString()));
            if (!result.isError()) {
                return shown.toString();
            }
            for (var i = 0; i < result.length(); i++) {
                shown.append("\\x%02x".formatted(in.get()));
            }
            chars.clear();
            decoder.reset();
        }
    }

    /** The lines of a value, so that what is laid out for people can be read by them. */
    static List<String> lines(byte[] bytes) {
        var lines = new ArrayList<String>();
        var begin = 0;
        for (var i = 0; i <= bytes.length; i++) {
            if (i == bytes.length || bytes[i] == '\n') {
                lines.add(bytes(Arrays.copyOfRange(bytes, begin, i)));
                begin = i + 1;
            }
        }
        return lines;
    }

    /** Why it is a dead letter. */
    static String reason(Letter letter) {
        return letter.reason().map(Shown::text).orElse("?");
    }

    /** No longer than {@code lengthMax} characters. */
    static String brief(String shown, int lengthMax) {
        return shown.length() <= lengthMax ? shown : shown.substring(0, lengthMax - 1) + "…";
    }

    private static void append(StringBuilder shown, int codePoint) {
        if (codePoint == ' ' || Text.isPrintable(Character.toString(codePoint))) {
            shown.appendCodePoint(codePoint);
        } else {
            shown.append("\\u%04x".formatted(codePoint));
        }
    }
}
