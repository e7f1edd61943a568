package dev.restoreworker.ledger;

import dev.restoreworker.OutgoingEvent;
import dev.restoreworker.core.Decision;
import dev.restoreworker.core.Decision.AttemptChange;
import dev.restoreworker.core.LedgerEntry;
import java.util.List;

/** A move that somebody wants. */
record Wish(LedgerEntry from, Decision decision, List<OutgoingEvent> events) {

    Wish {
        events = List.copyOf(events);
    }

    /** Whether it writes down that a call is about to be sent. */
    boolean begins() {
        return decision.change() instanceof AttemptChange.Begin;
    }

    String requestId() {
        return from.request().id();
    }
}
