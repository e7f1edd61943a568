package dev.restoreworker;

import dev.restoreworker.Ledger.Move;
import dev.restoreworker.core.Decision;
import dev.restoreworker.core.LedgerEntry;
import dev.restoreworker.core.LedgerEntry.Stage;
import dev.restoreworker.core.Outcome;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Carries decisions out, each with what others are told of it. */
final class Moves {

    private final Ledger ledger;
    private final EventWriter events;

    Moves(Ledger ledger, EventWriter events) {
        this.ledger = ledger;
        this.events = events;
    }

    Move move(LedgerEntry from, Decision decision) {
        var move = ledger.move(from, decision, told(from, decision));
        if (move instanceof Move.Moved) {
            Told.moved(from, decision);
        }
        return move;
    }

    private List<OutgoingEvent> told(LedgerEntry from, Decision decision) {
        var request = from.request();
        var before = from.stage();
        return switch (decision.stage()) {
            case Stage.Settled(var outcome) -> List.of(outcome(from, decision, outcome));
            case Stage.Followed _ when before instanceof Stage.Followed -> List.of();
            case Stage.Followed(var outcome, _) -> List.of(outcome(from, decision, outcome));
            case Stage.Tracked tracked
                    when !(before instanceof Stage.Followed || before instanceof Stage.Tracked) ->
                    List.of(outcome(from, decision, tracked.outcome()));
            case Stage.Tracked tracked when tracked.ending() != null && !isTold(before) ->
                    List.of(events.finished(request, tracked.ending()));
            case Stage.Tracked _ -> List.of();
            case Stage.Over _ when isTold(before) -> List.of();
            case Stage.Over(_, var ending) -> List.of(events.finished(request, ending));
            case Stage.Waiting(var waitsFor, _) when from.firstDeferredBy(decision) ->
                    List.of(events.deferred(request, waitsFor, decision.dueIn(), place(from)));
            case Stage.Waiting _, Stage.Submitting _ -> List.of();
        };
    }

    private static @Nullable Integer place(LedgerEntry from) {
        return from.queue() == null ? null : from.queue().place();
    }

    /** Whether it was told what became of the job. */
    private static boolean isTold(Stage stage) {
        return stage instanceof Stage.Tracked tracked && tracked.ending() != null;
    }

    private OutgoingEvent outcome(LedgerEntry from, Decision decision, Outcome outcome) {
        var request = from.request();
        return events.outcome(
                request.id(),
                request.content(),
                request.remarks(),
                from.attemptsAfter(decision.change()),
                outcome);
    }
}
