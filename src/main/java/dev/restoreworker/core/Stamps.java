package dev.restoreworker.core;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The times that came with a request: what it says itself, what its CloudEvent says, and when its
 * record was written. A producer that retries, or a topic that is mirrored, makes some of them new;
 * so the oldest tells its age.
 */
public record Stamps(
        @Nullable Instant requestedAt, @Nullable Instant time, @Nullable Instant written) {

    /** What is in the future, by more than clocks may differ, as faults of the request. */
    public List<String> faults(Instant now, Duration clockSkewMax) {
        return named().entrySet().stream()
                .filter(each -> each.getValue().isAfter(now.plus(clockSkewMax)))
                .map(
                        each ->
                                "%s is in the future: it is %s, and was received at %s"
                                        .formatted(each.getKey(), each.getValue(), now))
                .toList();
    }

    /** Why it is too old to be believed; empty if it is not. */
    public Optional<String> tooOld(Instant now, Duration maxAge) {
        return named().entrySet().stream()
                .min(Map.Entry.comparingByValue())
                .filter(oldest -> oldest.getValue().isBefore(now.minus(maxAge)))
                .map(
                        oldest ->
                                "%s is %s, and requests are taken for %s: ask again under a new id, if it is still wanted"
                                        .formatted(oldest.getKey(), oldest.getValue(), maxAge));
    }

    private Map<String, Instant> named() {
        var named = new LinkedHashMap<String, Instant>();
        put(named, "requestedAt", requestedAt);
        put(named, "time", time);
        put(named, "the record's timestamp", written);
        return named;
    }

    private static void put(Map<String, Instant> named, String name, @Nullable Instant at) {
        if (at != null) {
            named.put(name, at);
        }
    }
}
