package dev.restoreworker.atlas;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What Atlas, or whatever stands before it, answered: the whole body, and the headers we read. */
record Answer(int status, Headers headers, String body) {

    /** {@code challenges} are the values of WWW-Authenticate. */
    record Headers(
            @Nullable String date,
            @Nullable String retryAfter,
            @Nullable String errorCode,
            List<String> challenges) {

        static final Headers NONE = new Headers(null, null, null, List.of());

        Headers {
            challenges = List.copyOf(challenges);
        }

        /** Without the challenges, which hold nonces. */
        @Override
        public String toString() {
            return "Headers[date=%s, retryAfter=%s, errorCode=%s]"
                    .formatted(date, retryAfter, errorCode);
        }
    }

    /** Without the body, which may hold a delivery URL: that URL alone grants the download. */
    @Override
    public String toString() {
        return "HTTP %d, %d characters".formatted(status, body.length());
    }
}
