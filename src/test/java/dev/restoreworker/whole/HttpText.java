package dev.restoreworker.whole;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One call or one answer, as it goes over the wire.
 *
 * @param head all lines before the body, the empty one too
 */
record HttpText(String head, byte[] body) {

    private static final Pattern LENGTH = Pattern.compile("(?im)^content-length: *(\\d+) *$");
    private static final Pattern CHUNKED = Pattern.compile("(?im)^transfer-encoding:");

    /** Null where the stream ends before one begins. */
    static @Nullable HttpText read(InputStream in) throws IOException {
        var head = head(in);
        if (head.isEmpty()) {
            return null;
        }
        if (CHUNKED.matcher(head).find()) {
            throw new IllegalStateException("Only a body of known length is understood: " + head);
        }
        var length = LENGTH.matcher(head);
        return new HttpText(
                head,
                length.find() ? in.readNBytes(Integer.parseInt(length.group(1))) : new byte[0]);
    }

    private static String head(InputStream in) throws IOException {
        var head = new ByteArrayOutputStream();
        var ending = 0; // the last four bytes
        while (ending != 0x0d0a0d0a) {
            var next = in.read();
            if (next < 0) {
                if (head.size() > 0) {
                    throw new EOFException("in the middle of a head");
                }
                return "";
            }
            head.write(next);
            ending = ending << 8 | next;
        }
        return head.toString(ISO_8859_1);
    }

    boolean isCreate() {
        return head.startsWith("POST ");
    }

    byte[] headBytes() {
        return head.getBytes(ISO_8859_1);
    }

    void writeTo(OutputStream out) throws IOException {
        var all = new ByteArrayOutputStream();
        all.write(headBytes());
        all.write(body);
        out.write(all.toByteArray());
    }
}
