package dev.restoreworker.ledger;

import static java.util.Objects.requireNonNull;

import dev.restoreworker.Ledger.Opening;
import dev.restoreworker.core.Quota;
import dev.restoreworker.core.RestoreRequest;
import dev.restoreworker.core.WaitsFor;
import dev.restoreworker.ledger.OpeningRows.Placed;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds for each download of a batch a slot, or its place in the queue. */
final class SlotPlaces {

    private static final String KNOWN = "select id from request where id = any(?)";

    /**
     * A download that is opened: with a slot, or waiting for something.
     *
     * @param waitsFor null if it has a slot
     * @param place in the queue of its project; of one that waits for nobody's end 0
     */
    record Slot(String snapshot, int priority, @Nullable WaitsFor waitsFor, int place) {

        boolean isHeld() {
            return waitsFor == null;
        }
    }

    private SlotPlaces() {}

    /** No two of one id. The projects of the downloads are locked when this returns. */
    static List<Placed> of(Connection connection, Quota quota, List<Placed> openings)
            throws SQLException {
        var downloads =
                openings.stream().map(Placed::opening).filter(SlotPlaces::isDownload).toList();
        if (downloads.isEmpty()) {
            return openings;
        }
        var projects = downloads.stream().map(SlotPlaces::project).distinct().toList();
        Locks.SLOTS.take(connection, projects);
        var known = known(connection, downloads);
        var snapshots = downloads.stream().map(Slots::snapshot).distinct().toList();
        var rooms = Rooms.read(connection, projects, snapshots, quota);
        rooms.readQueued();
        var placed = new ArrayList<Placed>();
        for (var each : openings) {
            placed.add(
                    isDownload(each.opening()) && !known.contains(each.opening().requestId())
                            ? place(each, rooms)
                            : each);
        }
        return placed;
    }

    private static boolean isDownload(Opening opening) {
        return Slots.snapshot(opening) != null;
    }

    private static String project(Opening opening) {
        return asked(opening).projectId();
    }

    private static RestoreRequest asked(Opening opening) {
        return opening.start().asked().orElseThrow();
    }

    private static Placed place(Placed each, Rooms rooms) {
        var opening = each.opening();
        var request = asked(opening);
        var snapshot = requireNonNull(Slots.snapshot(request));
        var priority = request.terms().priority();
        var obstacle = rooms.take(request.id(), request.projectId(), snapshot);
        if (obstacle.isEmpty()) {
            return each.with(each.start(), new Slot(snapshot, priority, null, 0));
        }
        var start = LinePlaces.waiting(each.start());
        return opening.queueing() == null
                ? each.with(start, new Slot(snapshot, priority, WaitsFor.TURN, 0))
                : each.with(
                        start,
                        new Slot(
                                snapshot,
                                priority,
                                obstacle.get(),
                                rooms.queue(request.projectId(), priority)));
    }

    /** They take nothing. One that becomes known after this has all be done anew. */
    private static Set<String> known(Connection connection, List<Opening> openings)
            throws SQLException {
        try (var select = connection.prepareStatement(KNOWN)) {
            select.setArray(
                    1,
                    connection.createArrayOf(
                            "text", openings.stream().map(Opening::requestId).toArray()));
            var known = new HashSet<String>();
            var row = select.executeQuery();
            while (row.next()) {
                known.add(Entries.text(row, "id"));
            }
            return known;
        }
    }
}
