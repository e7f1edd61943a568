package dev.restoreworker.atlas;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Signs calls with one API key (HTTP digest, MD5, {@code qop=auth}), using a nonce for as long as
 * it lasts, so that most calls need no challenge.
 */
final class DigestAuth {

    /** What Atlas gave us to sign with. {@code uses} counts the calls that were signed with it. */
    private record Nonce(
            String realm,
            String value,
            @Nullable String opaque,
            Instant since,
            AtomicInteger uses) {}

    /** The Authorization header for one send, never for two, and the nonce that is in it. */
    static final class Signature {
        private final String header;
        private final Nonce nonce;

        private Signature(String header, Nonce nonce) {
            this.header = header;
            this.nonce = nonce;
        }

        String header() {
            return header;
        }
    }

    private static final Pattern PARAMETER =
            Pattern.compile("([A-Za-z]+)\\s*=\\s*(?:\"([^\"\\\\]*)\"|([^\\s,\"]+))");

    private final String publicKey;
    private final String privateKey;
    private final Supplier<String> cnonces;
    private @Nullable Nonce nonce;

    /** The nonce with which a call was signed and let in. */
    private @Nullable Nonce proven;

    DigestAuth(String publicKey, String privateKey) {
        this(publicKey, privateKey, randomHex());
    }

    DigestAuth(String publicKey, String privateKey, Supplier<String> cnonces) {
        this.publicKey = publicKey;
        this.privateKey = privateKey;
        this.cnonces = cnonces;
    }

    /** Whether there is a nonce that Atlas let in, and it is younger than {@code ageMax}. */
    synchronized boolean fresh(Instant now, Duration ageMax) {
        if (nonce == null || !nonce.equals(proven)) {
            return false;
        }
        var age = Duration.between(nonce.since(), now);
        // A clock that was set back tells nothing of the nonce's age.
        return !age.isNegative() && age.compareTo(ageMax) < 0;
    }

    /** Signs one send; empty before the first challenge. */
    Optional<Signature> sign(String method, String uri) {
        var current = current();
        return current == null
                ? Optional.empty()
                : Optional.of(new Signature(header(current, method, uri, cnonces.get()), current));
    }

    private synchronized @Nullable Nonce current() {
        return nonce;
    }

    /**
     * Takes in what a 401 says, when the call that it answers was signed with {@code used} (null
     * for an unsigned one). A nonce that other calls brought meanwhile is kept: it is newer. True
     * if the call may be signed once more.
     */
    synchronized boolean accept(List<String> challenges, @Nullable Signature used, Instant now) {
        if (used != null && nonce != null && !nonce.equals(used.nonce)) {
            return true;
        }
        var accepted = challenges.stream().flatMap(text -> parse(text, now).stream()).findFirst();
        accepted.ifPresent(newer -> nonce = newer);
        return accepted.isPresent();
    }

    /** Takes note that a call with this signature was let in. */
    synchronized void prove(@Nullable Signature used) {
        if (used != null && used.nonce.equals(nonce)) {
            proven = nonce;
        }
    }

    /** Forgets the nonce with which a call was signed in vain, unless a newer one is there. */
    synchronized void forget(@Nullable Signature used) {
        if (used != null && used.nonce.equals(nonce)) {
            nonce = null;
        }
    }

    private static Optional<Nonce> parse(String challenge, Instant now) {
        var scheme = "digest ";
        if (!challenge.strip().toLowerCase(Locale.ROOT).startsWith(scheme)) {
            return Optional.empty();
        }
        Map<String, String> found = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        var parameters = PARAMETER.matcher(challenge.strip().substring(scheme.length()));
        while (parameters.find()) {
            var quoted = parameters.group(2);
            found.putIfAbsent(parameters.group(1), quoted == null ? parameters.group(3) : quoted);
        }
        var realm = found.get("realm");
        var value = found.get("nonce");
        return realm != null && value != null && !value.isEmpty() && understood(found)
                ? Optional.of(
                        new Nonce(realm, value, found.get("opaque"), now, new AtomicInteger()))
                : Optional.empty();
    }

    private static boolean understood(Map<String, String> challenge) {
        return challenge.getOrDefault("algorithm", "MD5").equalsIgnoreCase("MD5")
                && List.of(challenge.getOrDefault("qop", "").split("\\s*,\\s*")).contains("auth");
    }

    private String header(Nonce nonce, String method, String uri, String cnonce) {
        var nc = HexFormat.of().toHexDigits(nonce.uses().incrementAndGet());
        var key = md5(publicKey + ":" + nonce.realm() + ":" + privateKey);
        var call = md5(method + ":" + uri);
        var response = md5(String.join(":", key, nonce.value(), nc, cnonce, "auth", call));
        var header = new StringBuilder(256).append("Digest ");
        header.append("username=\"").append(publicKey);
        header.append("\", realm=\"").append(nonce.realm());
        header.append("\", nonce=\"").append(nonce.value());
        header.append("\", uri=\"").append(uri);
        header.append("\", algorithm=MD5, qop=auth, nc=").append(nc);
        header.append(", cnonce=\"").append(cnonce);
        header.append("\", response=\"").append(response).append('"');
        if (nonce.opaque() != null) {
            header.append(", opaque=\"").append(nonce.opaque()).append('"');
        }
        return header.toString();
    }

    private static String md5(String text) {
        try {
            var digest = MessageDigest.getInstance("MD5");
            return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no MD5, which Atlas' API keys need", e);
        }
    }

    private static Supplier<String> randomHex() {
        var random = new SecureRandom();
        return () -> {
            var bytes = new byte[16];
            random.nextBytes(bytes);
            return HexFormat.of().formatHex(bytes);
        };
    }
}
