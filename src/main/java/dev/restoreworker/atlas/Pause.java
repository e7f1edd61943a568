package dev.restoreworker.atlas;

import dev.restoreworker.atlas.Pauses.Asker;
import dev.restoreworker.atlas.Pauses.Caller;
import dev.restoreworker.atlas.Pauses.What;
import dev.restoreworker.core.SubmitReply.NotNow;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One pause. While it lasts nobody is let in. Then one caller is, and while it is a credential that
 * was refused, each answer decides: another refusal makes a longer pause, anything else ends it.
 * Where a rate is limited each answer lets one more in at a time, so that ten thousand that waited
 * do not come together.
 *
 * <p>Not safe for use by several threads.
 */
final class Pause {

    private static final Duration FIRST = Duration.ofSeconds(10);
    private static final int RATE_DOUBLINGS_MAX = 2;
    private static final int REFUSED_DOUBLINGS_MAX = 5;

    /** So many at a time is no limit worth keeping. */
    private static final int LET_IN_MAX = 64;

    /** An answer that does not come says nothing: then the next one may try. */
    private static final Duration PROBE_MAX = Duration.ofMinutes(1);

    /** A rate that nobody tried again for so long has recovered. */
    private static final Duration RATE_FORGOTTEN_AFTER = Duration.ofMinutes(2);

    /** What nobody asks about any more is not kept for ever. */
    private static final Duration FORGOTTEN_AFTER = Duration.ofDays(1);

    private final What what;
    private final Map<Asker, Long> admitted = new HashMap<>();
    private @Nullable NotNow why;
    private String blamed = "";
    private int refusals;
    private int letInAtOnce = 1;
    private long from;
    private long until;

    Pause(What what) {
        this.what = what;
    }

    /**
     * A refusal that comes while the pause lasts belongs to the same calls as the one that began
     * it: it may ask for more time, and does not make it a longer one for itself.
     */
    void refused(Caller caller, NotNow said, long now) {
        var lasts = why != null && !hasPassed(now);
        if (!lasts) {
            refusals++;
            from = now;
            until = now;
        }
        var length = length(said.retryAfter()).toNanos();
        if (!lasts || said.retryAfter().isPositive()) {
            until = Math.max(until - now, length) + now;
        }
        why = said;
        blamed = caller.project();
        letInAtOnce = 1;
        admitted.clear();
    }

    private Duration length(Duration asked) {
        var doublings = what == What.RATE ? RATE_DOUBLINGS_MAX : REFUSED_DOUBLINGS_MAX;
        var own = FIRST.multipliedBy(1L << Math.min(refusals - 1, doublings));
        return asked.isPositive() ? asked : own;
    }

    boolean hasPassed(long now) {
        return now - until >= 0;
    }

    /** Whether it is so long ago that it says nothing any more. */
    boolean isForgotten(long now) {
        var after = what == What.RATE ? RATE_FORGOTTEN_AFTER : FORGOTTEN_AFTER;
        return now - until > after.toNanos();
    }

    /**
     * Whether this caller is let in now. For whom a credential was refused comes later than all
     * others: should it be refused for that project alone, another's call shows it. Lists are let
     * in beside the rest, as who was let in may need one first.
     */
    boolean admits(Caller caller, long now) {
        admitted.values().removeIf(since -> now - since > PROBE_MAX.toNanos());
        var later = what == What.CREDENTIAL && blamed.equals(caller.project());
        var asker = caller.asker();
        return now - until >= (later ? (until - from) / 2 : 0)
                && (admitted.containsKey(asker) || admittedLike(asker) < letInAtOnce);
    }

    private long admittedLike(Asker asker) {
        return admitted.keySet().stream()
                .filter(each -> each.isForList() == asker.isForList())
                .count();
    }

    void admit(Caller caller, long now) {
        admitted.putIfAbsent(caller.asker(), now);
    }

    /** Takes note that a call was let in; true if that ends the pause. */
    boolean letIn(Caller caller, long now) {
        if (!hasPassed(now)) {
            return false; // it was sent before
        }
        admitted.remove(caller.asker());
        letInAtOnce++;
        return what != What.RATE || letInAtOnce > LET_IN_MAX;
    }

    /** What a caller that is not let in is told. */
    NotNow putOff(long now, DoubleSupplier random) {
        var said = why;
        if (said == null) {
            throw new IllegalStateException("a pause begins with a refusal");
        }
        var left = Duration.ofNanos(Math.max(0, until - now));
        return new NotNow(
                said.waitsFor(),
                said.reason(),
                spread(left, random),
                "not asked again yet: " + said.detail(),
                null);
    }

    /** Up to a quarter more, so that those who wait do not come together. */
    private static Duration spread(Duration time, DoubleSupplier random) {
        return time.plusMillis((long) (random.getAsDouble() * time.toMillis() / 4));
    }
}
