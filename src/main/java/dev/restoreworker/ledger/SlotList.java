package dev.restoreworker.ledger;

import dev.restoreworker.Ledger.ProjectSlots;
import dev.restoreworker.Ledger.ProjectSlots.Foreign;
import dev.restoreworker.Ledger.ProjectSlots.Holder;
import dev.restoreworker.Ledger.ProjectSlots.Waiter;
import dev.restoreworker.core.Quota;
import dev.restoreworker.core.WaitsFor;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Reads who holds and who waits for the slots of one project, as of one time. */
final class SlotList {

    private static final String COUNTS =
            """
            select
                count(*) filter (where slot) as held,
                count(*) filter (where not slot and stage = 'WAITING') as waiting
            from work
            where source_project = ? and download is not null""";

    private static final String HOLDERS =
            """
            select request_id, source_cluster, download, job_id
            from work join request on id = request_id
            where source_project = ? and slot
            order by queue_place
            limit ?""";

    private static final String FOREIGN =
            """
            select job_id, cluster_name, snapshot_id from foreign_download
            where project_id = ?
            order by job_id
            limit ?""";

    private static final String QUEUE =
            """
            select request_id, download, waits_for, priority, received_at, due_at
            from work join request on id = request_id
            where source_project = ? and download is not null and not slot and stage = 'WAITING'
            order by priority desc, queue_place
            limit ?""";

    private interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    private SlotList() {}

    static ProjectSlots read(Connection connection, String projectId, int max, Quota quota)
            throws SQLException {
        try (var select = connection.prepareStatement(COUNTS)) {
            select.setString(1, projectId);
            var row = select.executeQuery();
            row.next();
            return new ProjectSlots(
                    quota.downloadsPerProject(projectId),
                    row.getInt("held"),
                    list(connection, HOLDERS, projectId, max, SlotList::holder),
                    list(connection, FOREIGN, projectId, max, SlotList::foreign),
                    row.getInt("waiting"),
                    list(connection, QUEUE, projectId, max, SlotList::waiter));
        }
    }

    private static <T> List<T> list(
            Connection connection, String sql, String projectId, int max, Reader<T> reader)
            throws SQLException {
        try (var select = connection.prepareStatement(sql)) {
            select.setString(1, projectId);
            select.setInt(2, max);
            var list = new ArrayList<T>();
            var row = select.executeQuery();
            while (row.next()) {
                list.add(reader.read(row));
            }
            return list;
        }
    }

    private static Holder holder(ResultSet row) throws SQLException {
        return new Holder(
                Entries.text(row, "request_id"),
                Entries.text(row, "source_cluster"),
                Entries.text(row, "download"),
                row.getString("job_id"));
    }

    private static Foreign foreign(ResultSet row) throws SQLException {
        return new Foreign(
                Entries.text(row, "job_id"),
                Entries.text(row, "cluster_name"),
                row.getString("snapshot_id"));
    }

    private static Waiter waiter(ResultSet row) throws SQLException {
        return new Waiter(
                Entries.text(row, "request_id"),
                Entries.text(row, "download"),
                WaitsFor.valueOf(Entries.text(row, "waits_for")),
                row.getInt("priority"),
                Entries.instant(row, "received_at"),
                Entries.instant(row, "due_at"));
    }
}
