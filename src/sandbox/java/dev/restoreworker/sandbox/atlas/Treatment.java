package dev.restoreworker.sandbox.atlas;

import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is done with one call, in this order: the clock jumps, a foreign job is made, the call is
 * held as it was read, it has its effect, it is held once more, it is answered.
 *
 * @param clock what the offsets are from now on; null leaves them
 * @param foreign a job that a person makes at about the same time; null for none
 * @param hold where it waits for its release; null lets it pass
 * @param delay from the effect to the answer, besides the simulator's latency
 * @param lag a list leaves out jobs that are younger than this
 * @param without fields that no job in the answer has
 */
record Treatment(
        @Nullable Skew clock,
        @Nullable Foreign foreign,
        @Nullable Hold hold,
        Effect effect,
        Reply reply,
        Duration delay,
        Duration lag,
        Set<String> without,
        Way way) {
    /** What the call does, apart from being answered. */
    sealed interface Effect {
        record AtOnce() implements Effect {}

        record None() implements Effect {}

        /** It comes this much later, whether or not the caller is still there. */
        record After(Duration delay) implements Effect {}
    }

    sealed interface Reply {
        /** What came of the call. */
        record Own() implements Reply {}

        record Canned(int status, Map<String, String> headers, String body) implements Reply {
            public Canned {
                headers = Map.copyOf(headers);
            }

            Answer answer() {
                return new Answer(status, headers, Buffer.buffer(body), null);
            }
        }

        /** The connection is reset. */
        record Reset() implements Reply {}

        /** The connection is closed in good order. */
        record Close() implements Reply {}

        /** Nothing comes, and the connection stays open. */
        record Silence() implements Reply {}
    }

    /** At {@code READ} the call has no effect yet; at {@code EFFECT} it has, and no answer. */
    enum Point {
        READ,
        EFFECT
    }

    /** After {@code atMost} it goes on without a release. */
    record Hold(Point at, Duration atMost) {}

    /**
     * @param at of its making, from the moment the call was read; one of the past has that creation
     *     time, and its id that second
     * @param differs fields of the create call's body that are others; null leaves one out
     */
    record Foreign(Duration at, List<Difference> differs) {
        Foreign {
            differs = List.copyOf(differs);
        }
    }

    record Difference(String field, @Nullable Object value) {}

    /**
     * How an answer goes out.
     *
     * @param garbled its body is as many bytes of noise
     * @param cutAfter so many bytes of the body, then the connection is closed; -1 is all
     * @param drip null sends it in one piece
     */
    record Way(boolean garbled, int cutAfter, @Nullable Drip drip) {
        static final Way PLAIN = new Way(false, -1, null);
    }

    record Drip(int bytes, Duration every) {}

    static final Treatment NONE = of(new Effect.AtOnce(), new Reply.Own());

    Treatment {
        without = Set.copyOf(without);
    }

    static Treatment of(Effect effect, Reply reply) {
        return new Treatment(
                null, null, null, effect, reply, Duration.ZERO, Duration.ZERO, Set.of(), Way.PLAIN);
    }

    /** The treatment that a planned fault asks for. */
    static Treatment of(Fault fault) {
        return switch (fault) {
            case Fault.DropAfterRead _ -> of(new Effect.None(), new Reply.Close());
            case Fault.DropAfterEffect _ -> of(new Effect.AtOnce(), new Reply.Close());
            case Fault.NoAnswer _ -> of(new Effect.AtOnce(), new Reply.Silence());
            case Fault.CannedAnswer(var status, var headers, var body) ->
                    of(new Effect.None(), new Reply.Canned(status, headers, body));
            case Fault.CannedAnswerAfterEffect(var status, var headers, var body) ->
                    of(new Effect.AtOnce(), new Reply.Canned(status, headers, body));
        };
    }
}
