package dev.restoreworker.sandbox.atlas;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** MD5 as lower-case hex: what digest authentication at Atlas is made of. */
final class Md5 {
    private Md5() {}

    static String hex(String text) {
        try {
            var digest = MessageDigest.getInstance("MD5").digest(text.getBytes(UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform must offer MD5", e);
        }
    }
}
