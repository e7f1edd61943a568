package dev.restoreworker.sandbox.atlas;

import java.time.Instant;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ids as Atlas makes them: 24 hex digits, of which the first eight are the second of creation, ten
 * are this simulator's own, and six count up, so that no two are equal.
 */
final class JobIds {
    private static final HexFormat HEX = HexFormat.of();
    private static final int COUNTER_MASK = 0xff_ffff;

    private final String own = HEX.toHexDigits(ThreadLocalRandom.current().nextLong(1L << 40), 10);
    private int counter;

    synchronized String next(Instant createdAt) {
        counter = (counter + 1) & COUNTER_MASK;
        return HEX.toHexDigits(createdAt.getEpochSecond(), 8) + own + HEX.toHexDigits(counter, 6);
    }
}
