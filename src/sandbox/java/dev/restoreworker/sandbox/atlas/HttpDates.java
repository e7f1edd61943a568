package dev.restoreworker.sandbox.atlas;

import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.function.Supplier;

/** The {@code Date} header, from the simulator's clock; written anew once a second. */
final class HttpDates {
    private record Written(long second, String text) {}

    private static final DateTimeFormatter FORMAT =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
                    .withZone(ZoneOffset.UTC);

    private final InstantSource clock;
    private final Supplier<Duration> offset;
    private volatile Written latest = new Written(Long.MIN_VALUE, "");

    /** {@code offset} is how far the header is ahead of the clock. */
    HttpDates(InstantSource clock, Supplier<Duration> offset) {
        this.clock = clock;
        this.offset = offset;
    }

    String now() {
        var now = clock.instant().plus(offset.get());
        var written = latest;
        if (written.second() != now.getEpochSecond()) {
            written = new Written(now.getEpochSecond(), FORMAT.format(now));
            latest = written;
        }
        return written.text();
    }
}
