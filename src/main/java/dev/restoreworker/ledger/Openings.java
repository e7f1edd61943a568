package dev.restoreworker.ledger;

import static java.util.Objects.requireNonNull;

import dev.restoreworker.Ledger.Opened;
import dev.restoreworker.Ledger.Opening;
import dev.restoreworker.Ledger.Queueing;
import dev.restoreworker.Ledger.Start;
import dev.restoreworker.Origin;
import dev.restoreworker.OutgoingEvent;
import dev.restoreworker.core.Attempt;
import dev.restoreworker.core.Content;
import dev.restoreworker.core.LedgerEntry;
import dev.restoreworker.core.LedgerEntry.Queue;
import dev.restoreworker.core.LedgerEntry.Stage;
import dev.restoreworker.core.Quota;
import dev.restoreworker.core.RestoreRequest;
import dev.restoreworker.ledger.OpeningRows.Placed;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Opens a batch of entries in one transaction. */
final class Openings {

    private final Connection connection;
    private final Intents intents;
    private final Quota quota;

    Openings(Connection connection, Intents intents, Quota quota) {
        this.connection = connection;
        this.intents = intents;
        this.quota = quota;
    }

    /** What is on record for an id. */
    private record Known(Content content, Origin origin, boolean purged) {}

    /** An id became known between the look at the line and the insert: all is to be done anew. */
    static final class LineChangedException extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** What became of each opening, in their order. */
    List<Opened> open(List<Opening> openings) throws SQLException {
        var firsts = new LinkedHashMap<String, Opening>();
        openings.forEach(opening -> firsts.putIfAbsent(opening.requestId(), opening));
        Locks.CANCELS.share(connection);
        var cancels = Cancellations.of(connection, firsts.keySet());
        firsts.replaceAll((id, opening) -> opening.cancelledBy(cancels.get(id)));
        var inLine = new LinePlaces(connection).of(List.copyOf(firsts.values()));
        var placed = SlotPlaces.of(connection, quota, inLine);
        var receivedAt = insert(placed);
        var starts = new HashMap<String, Placed>();
        placed.forEach(each -> starts.put(each.opening().requestId(), each));

        var unclaimed = new HashMap<>(receivedAt);
        var repeats =
                openings.stream().filter(o -> unclaimed.remove(o.requestId()) == null).toList();
        var known = known(repeats);
        var opened = new ArrayList<Opened>();
        for (var opening : openings) {
            // A new id goes to the first that names it.
            var at = receivedAt.remove(opening.requestId());
            opened.add(
                    at == null
                            ? repeated(opening, known)
                            : fresh(requireNonNull(starts.get(opening.requestId())), at));
        }
        list(openings, opened, known);
        return opened;
    }

    /** When each of those was received whose id was not known yet. */
    private Map<String, Instant> insert(List<Placed> openings) throws SQLException {
        var events = new ArrayList<OutboxRow>();
        for (var i = 0; i < openings.size(); i++) {
            for (var event : openings.get(i).opening().events()) {
                events.add(new OutboxRow(i + 1, event));
            }
            var queueing = openings.get(i).queueing();
            if (queueing != null) {
                events.add(new OutboxRow(i + 1, deferred(openings.get(i), queueing)));
            }
        }
        try (var insert = connection.prepareStatement(OpeningRows.INSERT)) {
            OpeningRows.ROWS.bind(insert, 1, openings);
            intents.bind(insert, OpeningRows.SENDER);
            OutboxRow.ROWS.bind(insert, OpeningRows.EVENTS, events);
            var receivedAt = new HashMap<String, Instant>();
            var row = insert.executeQuery();
            while (row.next()) {
                receivedAt.put(Entries.text(row, "id"), Entries.instant(row, "now"));
            }
            // Others were placed behind it, or as its repeats.
            if (openings.stream()
                    .filter(LinePlaces::countsInLine)
                    .anyMatch(each -> !receivedAt.containsKey(each.opening().requestId()))) {
                throw new LineChangedException();
            }
            return receivedAt;
        }
    }

    private static OutgoingEvent deferred(Placed placed, Queueing queueing) {
        return queueing.told().apply(placed.waitsFor(), requireNonNull(placed.slot()).place());
    }

    /**
     * What is on record for the ids of {@code openings}. A statement of its own: it sees what
     * another worker committed while our insert waited for it.
     */
    private Map<String, Known> known(List<Opening> openings) throws SQLException {
        if (openings.isEmpty()) {
            return Map.of();
        }
        try (var select =
                connection.prepareStatement(
                        "select "
                                + Entries.CONTENT
                                + ", purged_at from request where id = any(?)")) {
            var ids = openings.stream().map(Opening::requestId).distinct().toArray();
            select.setArray(1, connection.createArrayOf("text", ids));
            var known = new HashMap<String, Known>();
            var row = select.executeQuery();
            while (row.next()) {
                known.put(
                        Entries.text(row, "id"),
                        new Known(
                                Entries.content(row),
                                Entries.origin(row),
                                row.getString("purged_at") != null));
            }
            return known;
        }
    }

    private static Opened fresh(Placed placed, Instant now) {
        return switch (placed.start()) {
            case Start.Wait(var request) -> new Opened.Fresh(waits(placed, request, now));
            case Start.Submit(var request, var intent) -> {
                var leaseUntil = now.plus(Entries.kept(intent.lease()));
                var attempt =
                        new Attempt(
                                1,
                                now,
                                Entries.kept(intent.notBefore()),
                                leaseUntil,
                                new Attempt.State.Open());
                yield new Opened.Fresh(
                        new LedgerEntry(
                                request,
                                now,
                                OpeningRows.FIRST_VERSION,
                                new Stage.Submitting(),
                                false,
                                List.of(attempt),
                                leaseUntil,
                                now,
                                placed.line(),
                                null,
                                null));
            }
            case Start.Fail(var outcome) -> new Opened.Settled(outcome);
        };
    }

    /** Who holds what a download waits for is only read when that is asked for. */
    private static LedgerEntry waits(Placed placed, RestoreRequest request, Instant now) {
        var queueing = placed.queueing();
        var slot = placed.slot();
        return new LedgerEntry(
                request,
                now,
                OpeningRows.FIRST_VERSION,
                new Stage.Waiting(placed.waitsFor(), 0),
                queueing != null,
                List.of(),
                queueing == null ? now : now.plus(Entries.kept(queueing.patience())),
                now,
                placed.line(),
                slot == null || slot.isHeld() ? null : new Queue(slot.place(), List.of()),
                null);
    }

    private static Opened repeated(Opening opening, Map<String, Known> known) {
        var first = known.get(opening.requestId());
        if (first == null) {
            throw new IllegalStateException(
                    "request "
                            + opening.requestId()
                            + " is neither new nor known: was it deleted?");
        }
        return first.purged() || first.content().equals(opening.content())
                ? new Opened.Duplicate(first.origin().equals(opening.origin()))
                : new Opened.Conflict(first.origin());
    }

    /** Lists the duplicates, each record once however often it is read; none of what was purged. */
    private void list(List<Opening> openings, List<Opened> opened, Map<String, Known> known)
            throws SQLException {
        var repeats = new ArrayList<Opening>();
        for (var i = 0; i < openings.size(); i++) {
            if (opened.get(i) instanceof Opened.Duplicate(var sameRecord)
                    && !sameRecord
                    && !requireNonNull(known.get(openings.get(i).requestId())).purged()) {
                repeats.add(openings.get(i));
            }
        }
        if (!repeats.isEmpty()) {
            try (var insert = connection.prepareStatement(OpeningRows.INSERT_DUPLICATES)) {
                OpeningRows.DUPLICATES.bind(insert, 1, repeats);
                insert.execute();
            }
        }
    }
}
