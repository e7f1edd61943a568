package dev.restoreworker.sandbox.atlas;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A token bucket for each project, as Atlas documents it for cloud backups: 1,200 calls, 500 more
 * each minute. It says how many are left and refuses nobody. Projects that have been idle longest
 * are forgotten beyond {@value #PROJECTS_MAX}; a forgotten one starts full.
 */
final class RateBuckets {
    static final int CAPACITY = 1200;
    private static final double REFILL_EACH_SECOND = 500 / 60.0;
    private static final int PROJECTS_MAX = 10_000;

    private record Bucket(double tokens, Instant at) {}

    private final InstantSource clock;
    private final Map<String, Bucket> buckets =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
                    return size() > PROJECTS_MAX;
                }
            };

    RateBuckets(InstantSource clock) {
        this.clock = clock;
    }

    /** Takes a token, if there is one, and says how many whole ones are left. */
    synchronized int take(String project) {
        var now = clock.instant();
        var bucket = buckets.getOrDefault(project, new Bucket(CAPACITY, now));
        var seconds = Duration.between(bucket.at(), now).toMillis() / 1000.0;
        var refilled = Math.min(CAPACITY, bucket.tokens() + seconds * REFILL_EACH_SECOND);
        var left = Math.max(0, refilled - 1);
        buckets.put(project, new Bucket(left, now));
        return (int) left;
    }
}
