package dev.restoreworker.ledger;

import dev.restoreworker.OutgoingEvent;
import dev.restoreworker.core.Decision;
import dev.restoreworker.core.LedgerEntry;
import java.util.List;

/** A move that somebody wants. */
record Wish(LedgerEntry from, Decision decision, List<OutgoingEvent> events) {

    Wish {
        events = List.copyOf(events);
    }

    String requestId() {
        return from.request().id();
    }
}
