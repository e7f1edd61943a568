package dev.restoreworker.kafka;

import dev.restoreworker.Outbox.Progress;
import dev.restoreworker.kafka.Marker.Last;

/**
 * What a newly elected relay makes of the ledger and of the last marker, which it reads when nobody
 * else can publish any more.
 *
 * <p>A batch is numbered only when none is prepared, so all batches before the prepared one are
 * done with, and the ledger knows the last of them that was published. The marker can be that
 * batch's, or the prepared batch's:
 *
 * <pre>
 *   marker            nothing prepared   batch N prepared
 *   last published    go on              go on: N is not published
 *   N                 -                  N is published
 *   anything else     alarm              alarm
 * </pre>
 *
 * <p>A ledger's first marker, of batch 0, goes out before its first batch is prepared: no marker is
 * what a new ledger finds, and no other. Whatever else is found, one of the two stores is not what
 * it was, and to guess could publish twice, or never.
 */
final class Recovery {

    sealed interface Verdict {

        /** The ledger is new: write its first marker, then go on. */
        record Begin() implements Verdict {}

        /** Publish what is prepared, and all that follows. */
        record GoOn(long counter) implements Verdict {}

        /** This batch is prepared, and published already: note it, then go on. */
        record Published(long batch, long counter) implements Verdict {}

        /** Publish nothing before a person has looked. */
        record Alarm(String why) implements Verdict {}
    }

    private Recovery() {}

    static Verdict of(Progress ledger, Last last) {
        return switch (last) {
            case Last.None _ ->
                    ledger.numbered() == 0
                            ? new Verdict.Begin()
                            : alarm(ledger, "there is no marker: the topic lost it, or is another");
            case Last.Found(var marker) -> of(ledger, marker);
            case Last.Unreadable(var detail) ->
                    alarm(ledger, "this worker does not understand the last marker: " + detail);
        };
    }

    private static Verdict of(Progress ledger, Marker marker) {
        if (!marker.ledger().equals(ledger.ledger())) {
            return alarm(
                    ledger,
                    "another ledger, %s, publishes to these topics".formatted(marker.ledger()));
        }
        if (marker.batch() == ledger.published()) {
            return new Verdict.GoOn(marker.counter());
        }
        if (ledger.prepared() && marker.batch() == ledger.numbered()) {
            return new Verdict.Published(marker.batch(), marker.counter());
        }
        return alarm(
                ledger,
                marker.batch() < ledger.published()
                        ? "the last marker is batch %d's: the topic lost later ones"
                                .formatted(marker.batch())
                        : "the last marker is batch %d's, which the ledger does not know as prepared: it is older than it was"
                                .formatted(marker.batch()));
    }

    private static Verdict alarm(Progress ledger, String why) {
        return new Verdict.Alarm(
                "%s. (Ledger %s: batch %d is the last that is known as published, %s)"
                        .formatted(
                                why,
                                ledger.ledger(),
                                ledger.published(),
                                ledger.prepared()
                                        ? "batch %d is prepared".formatted(ledger.numbered())
                                        : "none is prepared"));
    }
}
