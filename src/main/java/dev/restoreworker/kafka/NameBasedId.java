package dev.restoreworker.kafka;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/** Name-based UUIDs of version 5 (RFC 9562, 5.5): the same name has the same id everywhere. */
final class NameBasedId {

    private NameBasedId() {}

    static UUID of(UUID namespace, String name) {
        var sha1 = sha1();
        sha1.update(
                ByteBuffer.allocate(16)
                        .putLong(namespace.getMostSignificantBits())
                        .putLong(namespace.getLeastSignificantBits())
                        .flip());
        var hash = ByteBuffer.wrap(sha1.digest(name.getBytes(StandardCharsets.UTF_8)));
        var version = (hash.getLong() & 0xffffffffffff0fffL) | 0x5000L;
        var variant = (hash.getLong() & 0x3fffffffffffffffL) | 0x8000000000000000L;
        return new UUID(version, variant);
    }

    private static MessageDigest sha1() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This JDK has no SHA-1, which each must have", e);
        }
    }
}
