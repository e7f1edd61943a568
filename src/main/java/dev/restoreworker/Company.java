package dev.restoreworker;

import java.time.Duration;

/**
 * How long whoever writes in batches rests after one, so that others gather for the next: a
 * transaction costs about the same for thirty as for fifty.
 *
 * @param batchMax how many go into a batch at most
 * @param rest for how long a crowd gathers
 */
public record Company(int batchMax, Duration rest) {

    /** A batch of so many is followed by one of as many soon. */
    private static final int CROWD = 8;

    /** Zero after a few, and after a full batch, behind which others wait already. */
    public Duration after(int written) {
        return written >= CROWD && written < batchMax ? rest : Duration.ZERO;
    }
}
