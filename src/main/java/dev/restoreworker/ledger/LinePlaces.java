package dev.restoreworker.ledger;

import dev.restoreworker.Ledger.Opening;
import dev.restoreworker.Ledger.Start;
import dev.restoreworker.core.Content;
import dev.restoreworker.core.LedgerEntry.Line;
import dev.restoreworker.ledger.Lines.Ahead;
import dev.restoreworker.ledger.OpeningRows.Placed;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds for each opening of a batch its place in the line of its target, and whether it repeats
 * another. What wipes nothing has neither, and costs nothing here.
 */
final class LinePlaces {

    private final Connection connection;

    /** The first in this batch of each line, and of each content. */
    private final Map<String, String> firstsOfLines = new HashMap<>();

    private final Map<Content, String> firstsOfContents = new HashMap<>();

    LinePlaces(Connection connection) {
        this.connection = connection;
    }

    /** Whether others were placed in view of it. */
    static boolean countsInLine(Placed placed) {
        return placed.target() != null || placed.slot() != null;
    }

    /** No two of one id. The lines are locked when this returns. */
    List<Placed> of(List<Opening> openings) throws SQLException {
        var destructive = openings.stream().filter(each -> Lines.target(each) != null).toList();
        if (destructive.isEmpty()) {
            return openings.stream().map(LinePlaces::apart).toList();
        }
        Locks.LINES.take(connection, destructive.stream().map(Lines::target).toList());
        var ahead = Lines.ahead(connection, destructive);
        var placed = new ArrayList<Placed>();
        for (var opening : openings) {
            var found = ahead.get(opening.requestId());
            placed.add(found == null ? apart(opening) : place(opening, found));
        }
        return placed;
    }

    /** One that wipes nothing, or whose id is known. */
    private static Placed apart(Opening opening) {
        return new Placed(opening, opening.start(), null, Line.FREE, null);
    }

    private Placed place(Opening opening, Ahead ahead) {
        var id = opening.requestId();
        var target = Lines.target(opening);
        if (target == null) {
            return apart(opening);
        }
        var repeats =
                opening.repeatGuard() == null || ahead.repeats() != null
                        ? ahead.repeats()
                        : firstsOfContents.get(opening.content());
        if (repeats != null) {
            return new Placed(
                    opening, waiting(opening.start()), null, new Line(null, repeats), null);
        }
        var first = firstsOfLines.putIfAbsent(target, id);
        firstsOfContents.putIfAbsent(opening.content(), id);
        var heldBy = ahead.heldBy() == null ? first : ahead.heldBy();
        return new Placed(
                opening,
                heldBy == null ? opening.start() : waiting(opening.start()),
                target,
                new Line(heldBy, null),
                null);
    }

    static Start waiting(Start start) {
        return start instanceof Start.Submit(var request, _) ? new Start.Wait(request) : start;
    }
}
