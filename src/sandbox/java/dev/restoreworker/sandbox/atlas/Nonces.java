package dev.restoreworker.sandbox.atlas;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.BitSet;
import java.util.LinkedHashMap;

/**
 * The nonces that are out, and which counts were used with each. At most {@value #NONCES_MAX} are
 * kept, the oldest is forgotten first; and one serves at most {@value #USES_MAX} calls. Both are
 * seen by a caller as a nonce that has gone stale.
 */
final class Nonces {
    static final int NONCES_MAX = 100_000;
    static final int USES_MAX = 1_000_000;

    /** What a nonce is worth to the call that brings it. */
    enum Use {
        FIRST,
        REPLAYED,
        STALE
    }

    private record Issued(Instant expiresAt, BitSet used) {}

    private final InstantSource clock;
    private final Duration lifetime;
    private final SecureRandom random = new SecureRandom();
    private final LinkedHashMap<String, Issued> issued = new LinkedHashMap<>();

    Nonces(Duration lifetime, InstantSource clock) {
        this.lifetime = lifetime;
        this.clock = clock;
    }

    synchronized String issue() {
        var now = clock.instant();
        while (!issued.isEmpty() && oldestIsOver(now)) {
            issued.pollFirstEntry();
        }
        var bytes = new byte[24]; // 32 characters of base 64
        random.nextBytes(bytes);
        var nonce = Base64.getEncoder().encodeToString(bytes);
        issued.put(nonce, new Issued(now.plus(lifetime), new BitSet(0)));
        return nonce;
    }

    /** Counts may come in any order, but none twice. */
    synchronized Use use(String nonce, long count) {
        var known = issued.get(nonce);
        if (known == null || !clock.instant().isBefore(known.expiresAt()) || count > USES_MAX) {
            return Use.STALE;
        }
        if (known.used().get((int) count)) {
            return Use.REPLAYED;
        }
        known.used().set((int) count);
        return Use.FIRST;
    }

    private boolean oldestIsOver(Instant now) {
        return issued.size() >= NONCES_MAX
                || !now.isBefore(issued.firstEntry().getValue().expiresAt());
    }
}
