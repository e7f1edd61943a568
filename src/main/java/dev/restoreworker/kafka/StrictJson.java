package dev.restoreworker.kafka;

import com.fasterxml.jackson.core.ErrorReportConfiguration;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.restoreworker.core.Text;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON, and nothing that two readers could understand in two ways: no key twice, no text
 * behind the value, no bytes that are not UTF-8. Numbers keep all of their digits.
 */
final class StrictJson {

    /** What bytes turned out to be. */
    sealed interface Parsed {

        record Json(JsonNode node) implements Parsed {}

        /** {@code detail} says what is wrong and where, with no more than a bit of the text. */
        record Unreadable(String detail) implements Parsed {}
    }

    private static final int DEPTH_MAX = 64;
    private static final int EXCERPT_MAX = 200;

    private static final JsonMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(DEPTH_MAX)
                                                    .build())
                                    .errorReportConfiguration(
                                            ErrorReportConfiguration.builder()
                                                    .maxErrorTokenLength(40)
                                                    .build())
                                    .build())
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                    .build();

    private StrictJson() {}

    static Parsed parse(byte[] bytes) {
        var in = ByteBuffer.wrap(bytes);
        var text = CharBuffer.allocate(bytes.length);
        var decoded =
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .decode(in, text, true);
        if (decoded.isError()) {
            return new Parsed.Unreadable(
                    "it is not UTF-8 from byte %d on".formatted(in.position()));
        }
        return parse(text.flip().toString());
    }

    static Parsed parse(String text) {
        try (var parser = MAPPER.createParser(text)) {
            if (parser.nextToken() == null) {
                return new Parsed.Unreadable("it holds nothing but white space");
            }
            JsonNode node = MAPPER.readTree(parser);
            return parser.nextToken() == null
                    ? new Parsed.Json(node)
                    : new Parsed.Unreadable("more text follows the JSON value" + place(parser));
        } catch (JacksonException e) {
            var message = Text.cut(Text.storable(e.getOriginalMessage()), EXCERPT_MAX);
            return new Parsed.Unreadable(
                    "it is not strict JSON%s: %s".formatted(place(e.getLocation()), message));
        } catch (NumberFormatException _) {
            return new Parsed.Unreadable("it holds a number with an exponent beyond all bounds");
        } catch (IOException e) {
            throw new UncheckedIOException("A text in memory could not be read", e);
        }
    }

    /**
     * Compact JSON. What UTF-8 or a database cannot hold, such as a lone surrogate, is written as
     * an escape: it can only stand in a string.
     */
    static String write(JsonNode node) {
        return Text.storable(node.toString());
    }

    private static String place(JsonParser parser) {
        return place(parser.currentTokenLocation());
    }

    private static String place(@Nullable JsonLocation location) {
        return location == null || location.getLineNr() < 1
                ? ""
                : " (line %d, column %d)".formatted(location.getLineNr(), location.getColumnNr());
    }
}
