package dev.restoreworker.atlas;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The form in which HTTP writes a time. */
final class HttpDate {

    private HttpDate() {}

    /** Empty if there is none, or it can't be read. */
    static Optional<Instant> parse(@Nullable String value) {
        try {
            return value == null
                    ? Optional.empty()
                    : Optional.of(
                            Instant.from(
                                    DateTimeFormatter.RFC_1123_DATE_TIME.parse(value.strip())));
        } catch (DateTimeException _) {
            return Optional.empty();
        }
    }
}
