package dev.restoreworker.ledger;

import dev.restoreworker.Ledger.Opening;
import dev.restoreworker.core.Delivery;
import dev.restoreworker.core.LedgerEntry;
import dev.restoreworker.core.LedgerEntry.Queue;
import dev.restoreworker.core.LedgerEntry.Stage;
import dev.restoreworker.core.Quota;
import dev.restoreworker.core.RestoreRequest;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The slots that downloads hold, and the queues of those that wait for one.
 *
 * <p>Whoever takes a slot or gives one up holds the lock of its project, and counts in a statement
 * after it. A slot that is given up goes to the next in the same transaction, so that while any is
 * free nobody waits who could have it.
 */
final class Slots {

    /**
     * The first in the queue whose snapshot is free. What is being moved just now is passed over:
     * who moves it gives away what is left.
     */
    private static final String GRANT =
            """
            update work
            set slot = true, version = version + 1, due_at = ledger_now()
            where request_id = (
                select request_id
                from work queued
                where source_project = ? and download is not null and not slot
                    and stage = 'WAITING' and waits_for in ('SLOT', 'SNAPSHOT')
                    and (
                        select count(*) from work held
                        where held.source_project = queued.source_project
                            and held.download = queued.download and held.slot)
                        + (
                        select count(*) from foreign_download
                        where project_id = queued.source_project
                            and snapshot_id = queued.download) < ?
                    and not exists (
                        select 1 from work knocking
                        where knocking.source_project = queued.source_project
                            and knocking.download = queued.download
                            and knocking.download is not null and not knocking.slot
                            and knocking.stage = 'WAITING' and knocking.tries > 0
                            and knocking.waits_for = 'SNAPSHOT'
                            and knocking.due_at > ledger_now())
                order by priority desc, queue_place
                limit 1
                for update skip locked)""";

    /** Who waits, how many of its project are before it, and which jobs hold what it waits for. */
    private static final String QUEUED =
            """
            select
                request_id,
                (select count(*) from work ahead
                    where ahead.source_project = w.source_project
                        and ahead.download is not null and not ahead.slot
                        and ahead.stage = 'WAITING'
                        and (ahead.priority > w.priority
                            or ahead.priority = w.priority and ahead.queue_place <= w.queue_place)
                    ) as place,
                array(
                    select coalesce(request.job_id, held.request_id)
                    from work held join request on request.id = held.request_id
                    where held.source_project = w.source_project and held.slot
                        and (w.waits_for = 'SLOT' or held.download = w.download)
                    order by held.queue_place
                    limit 50) as held_by
            from work w
            where request_id = any(?) and download is not null and not slot
                and stage = 'WAITING'""";

    private static final String WAITED_FOR =
            """
            select distinct source_project from work
            where download is not null and not slot and stage = 'WAITING'""";

    private Slots() {}

    /** The snapshot that is downloaded; null for what is no download. */
    static @Nullable String snapshot(Opening opening) {
        return opening.start().asked().map(Slots::snapshot).orElse(null);
    }

    static @Nullable String snapshot(RestoreRequest request) {
        return request.delivery() instanceof Delivery.Download(var snapshot) ? snapshot : null;
    }

    /**
     * Gives what is free in these projects, whose locks are held, to those who wait for it. With
     * each project goes for how many more Atlas has room, as just seen: where it refused somebody
     * who has not asked again yet, no more than that is free.
     */
    static void grant(Connection connection, Map<String, Integer> seen, Quota quota)
            throws SQLException {
        if (seen.isEmpty()) {
            return;
        }
        var rooms = Rooms.read(connection, seen.keySet(), List.of(), quota);
        try (var grant = connection.prepareStatement(GRANT)) {
            for (var each : seen.entrySet()) {
                var project = each.getKey();
                grant.setString(1, project);
                grant.setInt(2, quota.downloadsPerSnapshot());
                for (var free = rooms.free(project, each.getValue()); free > 0; free--) {
                    if (grant.executeUpdate() == 0) {
                        break;
                    }
                }
            }
        }
    }

    /** In which projects somebody waits for a slot. */
    static List<String> waitedFor(Connection connection) throws SQLException {
        try (var select = connection.prepareStatement(WAITED_FOR)) {
            return Entries.texts(select);
        }
    }

    /**
     * The entries as they stand in the queues, looked at now; not asked of those that are known to
     * hold a slot.
     */
    static List<LedgerEntry> placed(
            Connection connection, List<LedgerEntry> entries, Set<String> holders)
            throws SQLException {
        var ids =
                entries.stream()
                        .filter(LedgerEntry::isDownload)
                        .filter(entry -> entry.stage() instanceof Stage.Waiting)
                        .map(entry -> entry.request().id())
                        .filter(id -> !holders.contains(id))
                        .toArray();
        if (ids.length == 0) {
            return entries;
        }
        try (var select = connection.prepareStatement(QUEUED)) {
            select.setArray(1, connection.createArrayOf("text", ids));
            Map<String, Queue> queues = new HashMap<>();
            var row = select.executeQuery();
            while (row.next()) {
                queues.put(
                        Entries.text(row, "request_id"),
                        new Queue(
                                row.getInt("place"),
                                List.of((String[]) row.getArray("held_by").getArray())));
            }
            return entries.stream()
                    .map(
                            entry ->
                                    Optional.ofNullable(queues.get(entry.request().id()))
                                            .map(entry::with)
                                            .orElse(entry))
                    .toList();
        }
    }
}
