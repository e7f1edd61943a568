package dev.restoreworker.sandbox.atlas;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What an {@code Authorization: Digest …} header says (RFC 7616, qop=auth), not yet believed. */
record DigestHeader(
        String username,
        String realm,
        String nonce,
        String uri,
        String nc,
        String cnonce,
        String response) {
    private static final String SCHEME = "digest ";
    private static final Pattern DIRECTIVE =
            Pattern.compile(
                    "\\s*([A-Za-z]+)\\s*=\\s*(?:\"([^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+)\"|([^\\s,\"]++))\\s*(?:,|$)");
    private static final Pattern COUNT = Pattern.compile("[0-9a-fA-F]{8}");
    private static final Set<String> NEEDED =
            Set.of("username", "realm", "nonce", "uri", "nc", "cnonce", "response", "qop");

    static boolean isDigest(@Nullable String authorization) {
        return authorization != null && authorization.toLowerCase(Locale.ROOT).startsWith(SCHEME);
    }

    /** Empty unless the header is whole, well-formed, says qop=auth and no algorithm but MD5. */
    static Optional<DigestHeader> parse(String authorization) {
        var directives = directives(authorization.substring(SCHEME.length()));
        if (directives.isEmpty() || !directives.keySet().containsAll(NEEDED)) {
            return Optional.empty();
        }
        if (!"auth".equals(directives.get("qop"))
                || !"MD5".equalsIgnoreCase(directives.getOrDefault("algorithm", "MD5"))
                || !COUNT.matcher(directives.getOrDefault("nc", "")).matches()) {
            return Optional.empty();
        }
        return Optional.of(
                new DigestHeader(
                        directives.getOrDefault("username", ""),
                        directives.getOrDefault("realm", ""),
                        directives.getOrDefault("nonce", ""),
                        directives.getOrDefault("uri", ""),
                        directives.getOrDefault("nc", ""),
                        directives.getOrDefault("cnonce", ""),
                        directives.getOrDefault("response", "")));
    }

    long count() {
        return Long.parseLong(nc, 16);
    }

    /** Empty when the text is no list of directives, or names one twice. */
    private static Map<String, String> directives(String text) {
        var found = new HashMap<String, String>();
        var matcher = DIRECTIVE.matcher(text);
        var end = 0;
        while (end < text.length()) {
            if (!matcher.find(end) || matcher.start() != end) {
                return Map.of();
            }
            var quoted = matcher.group(2);
            var value = quoted == null ? matcher.group(3) : quoted.replaceAll("\\\\(.)", "$1");
            if (found.put(matcher.group(1).toLowerCase(Locale.ROOT), value) != null) {
                return Map.of();
            }
            end = matcher.end();
        }
        return found;
    }
}
