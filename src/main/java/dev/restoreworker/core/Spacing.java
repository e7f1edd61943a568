package dev.restoreworker.core;

import static dev.restoreworker.core.Durations.longer;
import static dev.restoreworker.core.Durations.shorter;

import java.time.Duration;

/** How far apart Atlas is asked again about what takes long: the older the news, the seldomer. */
final class Spacing {

    /** The longest, unless even the first are further apart. */
    static final Duration MAX = Duration.ofMinutes(5);

    /** It is asked again when the time since the last news grew by this share of itself. */
    private static final int SHARE = 8;

    private Spacing() {}

    static Duration of(Duration first, Duration sinceNews) {
        return longer(first, shorter(sinceNews.dividedBy(SHARE), MAX));
    }
}
