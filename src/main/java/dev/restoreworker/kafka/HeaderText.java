package dev.restoreworker.kafka;

import dev.restoreworker.core.Text;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Headers read as text. They are bytes, and anything at all may stand in them. */
final class HeaderText {

    private static final int SHOWN_MAX = 80;

    private HeaderText() {}

    /** The last header of this name; null if there is none, or if it is not UTF-8. */
    static @Nullable String last(ConsumerRecord<byte[], byte[]> record, String name) {
        var header = record.headers().lastHeader(name);
        return header == null ? null : utf8(header.value()).orElse(null);
    }

    static Optional<String> utf8(byte @Nullable [] value) {
        if (value == null) {
            return Optional.empty();
        }
        try {
            var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value));
            return Optional.of(text.toString());
        } catch (CharacterCodingException _) {
            return Optional.empty();
        }
    }

    /** As much of a text from outside as may stand in a message. */
    static String excerpt(String text) {
        return Text.cut(Text.storable(text), SHOWN_MAX);
    }
}
