package dev.restoreworker.sandbox.atlas;

import dev.restoreworker.sandbox.atlas.RecordedCall.Access;
import dev.restoreworker.sandbox.atlas.RecordedCall.Ending;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All calls there were, each written down when its head arrives and completed as it goes on. The
 * latest {@code kept} of them can be read; the figures of {@link #summary} count all.
 */
final class CallBook {
    /** The line of one call. Only this book changes it. */
    static final class Line {
        private final long number;
        private RecordedCall call;

        private Line(RecordedCall call) {
            this.call = call;
            number = call.number();
        }

        long number() {
            return number;
        }
    }

    private final int kept;
    private final List<Line> ring = new ArrayList<>(); // call n stands at (n - 1) % kept
    private final Map<Operation, Long> authenticated = new EnumMap<>(Operation.class);
    private long last;
    private long challenges;
    private long stale;
    private long replays;
    private long answered;
    private long dropped;

    CallBook(int kept) {
        this.kept = kept;
    }

    synchronized Line arrived(
            Instant at,
            String method,
            String path,
            String query,
            Operation operation,
            Origin origin) {
        last++;
        var line =
                new Line(
                        new RecordedCall(
                                last,
                                at,
                                method,
                                path,
                                query,
                                operation,
                                Access.UNKNOWN,
                                0,
                                null,
                                Ending.OPEN,
                                null,
                                null,
                                null,
                                origin));
        if (ring.size() < kept) {
            ring.add(line);
        } else {
            ring.set(place(last), line);
        }
        return line;
    }

    /** {@code order} is null but for a create call that Atlas understands. */
    synchronized void authenticated(Line line, String key, @Nullable JobOrder order) {
        authenticated.merge(line.call.operation(), 1L, Long::sum);
        line.call = line.call.judged(Access.AUTHENTICATED, key);
        if (order != null) {
            line.call = line.call.asking(order);
        }
    }

    synchronized void challenged(Line line, DigestVerifier.Refusal refusal) {
        challenges++;
        if (refusal == DigestVerifier.Refusal.STALE) {
            stale++;
        } else if (refusal == DigestVerifier.Refusal.REPLAYED) {
            replays++;
        }
        line.call = line.call.judged(Access.CHALLENGED, null);
    }

    synchronized RecordedCall read(Line line) {
        return line.call;
    }

    synchronized void met(Line line, String rule) {
        line.call = line.call.meeting(rule);
    }

    /** The effect of the call, whether or not its caller will ever hear of it. */
    synchronized void made(Line line, String jobId) {
        line.call = line.call.having(jobId);
    }

    synchronized void answered(Line line, int status) {
        if (line.call.ending() == Ending.OPEN) {
            answered++;
            line.call = line.call.ended(Ending.ANSWERED, status);
        }
    }

    /** Changes nothing if the call was answered before. */
    synchronized void dropped(Line line) {
        if (line.call.ending() == Ending.OPEN) {
            dropped++;
            line.call = line.call.ended(Ending.DROPPED, 0);
        }
    }

    /**
     * The first {@code limit} calls that came after call number {@code since}; null is any method.
     */
    synchronized List<RecordedCall> calls(@Nullable String method, long since, int limit) {
        var found = new ArrayList<RecordedCall>();
        var first = Math.max(since, last - ring.size()) + 1;
        for (var number = first; number <= last && found.size() < limit; number++) {
            var call = ring.get(place(number)).call;
            if (method == null || call.method().equalsIgnoreCase(method)) {
                found.add(call);
            }
        }
        return found;
    }

    synchronized Summary summary(long jobs) {
        // Each challenge carries a nonce of its own, and nothing else gives one out.
        return new Summary(
                last,
                authenticated,
                challenges,
                stale,
                replays,
                challenges,
                jobs,
                answered,
                dropped);
    }

    synchronized void clear() {
        ring.clear();
        authenticated.clear();
        last = 0;
        challenges = 0;
        stale = 0;
        replays = 0;
        answered = 0;
        dropped = 0;
    }

    private int place(long number) {
        return (int) ((number - 1) % kept);
    }
}
