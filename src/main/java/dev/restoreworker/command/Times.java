package dev.restoreworker.command;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;

/** Times, as people write them. */
final class Times {

    private Times() {}

    /**
     * An instant with its offset, or a duration that is over now.
     *
     * @throws IllegalArgumentException if it is neither
     */
    static Instant of(String text, InstantSource clock) {
        try {
            return text.startsWith("P") || text.startsWith("p")
                    ? clock.instant().minus(Duration.parse(text))
                    : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException | ArithmeticException e) {
            throw new IllegalArgumentException(
                    "a time is 2026-07-01T03:00:00Z, or PT1H for an hour ago", e);
        }
    }
}
