package dev.restoreworker.sandbox.atlas;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.MessageDigest;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Verifies signed calls as RFC 7616 has it (MD5, qop=auth) and makes the challenges. A signature
 * must be right before its nonce is looked at: so a wrong secret is never called stale, and a call
 * that would have been right is told that only its nonce is old.
 */
final class DigestVerifier {
    static final String REALM = "MMS Public API";

    sealed interface Verdict {
        record Accepted(String publicKey) implements Verdict {}

        record Refused(Refusal refusal) implements Verdict {}
    }

    /** Why a call is answered 401. */
    enum Refusal {
        UNSIGNED,
        MALFORMED,
        WRONG,
        STALE,
        REPLAYED
    }

    private final Map<String, String> secretHashes;
    private final Nonces nonces;

    DigestVerifier(Map<String, String> secrets, Nonces nonces) {
        this.nonces = nonces;
        secretHashes =
                secrets.entrySet().stream()
                        .collect(
                                Collectors.toUnmodifiableMap(
                                        Map.Entry::getKey,
                                        it ->
                                                Md5.hex(
                                                        it.getKey()
                                                                + ":"
                                                                + REALM
                                                                + ":"
                                                                + it.getValue())));
    }

    /** {@code pathAndQuery} is what stands in the request line. Uses up the count it accepts. */
    Verdict verify(String method, String pathAndQuery, @Nullable String authorization) {
        if (authorization == null || !DigestHeader.isDigest(authorization)) {
            return new Verdict.Refused(Refusal.UNSIGNED);
        }
        var parsed = DigestHeader.parse(authorization);
        if (parsed.isEmpty()) {
            return new Verdict.Refused(Refusal.MALFORMED);
        }
        var header = parsed.get();
        if (!isSigned(header, method, pathAndQuery)) {
            return new Verdict.Refused(Refusal.WRONG);
        }
        return switch (nonces.use(header.nonce(), header.count())) {
            case FIRST -> new Verdict.Accepted(header.username());
            case REPLAYED -> new Verdict.Refused(Refusal.REPLAYED);
            case STALE -> new Verdict.Refused(Refusal.STALE);
        };
    }

    /** The value of a fresh {@code WWW-Authenticate}. */
    String challenge(Refusal refusal) {
        return "Digest realm=\"%s\", domain=\"\", nonce=\"%s\", algorithm=MD5, qop=\"auth\", stale=%s"
                .formatted(REALM, nonces.issue(), refusal == Refusal.STALE);
    }

    private boolean isSigned(DigestHeader header, String method, String pathAndQuery) {
        var secretHash = secretHashes.get(header.username());
        if (secretHash == null
                || !header.realm().equals(REALM)
                || !header.uri().equals(pathAndQuery)) {
            return false;
        }
        var called = Md5.hex(method + ":" + pathAndQuery);
        var expected =
                Md5.hex(
                        String.join(
                                ":",
                                secretHash,
                                header.nonce(),
                                header.nc(),
                                header.cnonce(),
                                "auth",
                                called));
        var given = header.response().toLowerCase(Locale.ROOT);
        return MessageDigest.isEqual(expected.getBytes(US_ASCII), given.getBytes(US_ASCII));
    }
}
