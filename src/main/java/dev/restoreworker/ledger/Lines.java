package dev.restoreworker.ledger;

import dev.restoreworker.Ledger.Opening;
import dev.restoreworker.core.LedgerEntry;
import dev.restoreworker.core.LedgerEntry.Line;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The lines before targets.
 *
 * <p>Whoever gives or takes a place, or moves an entry that has one, holds the lock of its target
 * from before its first row to its commit. So of one who comes and one who leaves the second sees
 * what the first did, and nobody waits for a row of a line while he lacks the line's lock.
 */
final class Lines {

    private static final Rows<Opening> ROWS =
            new Rows<>(
                    "o",
                    Stream.concat(
                                    OpeningRows.CONTENT.stream(),
                                    Stream.of(
                                            new Rows.Column<Opening>(
                                                    "id", "text", Opening::requestId),
                                            new Rows.Column<Opening>(
                                                    "target", "text", Lines::target),
                                            new Rows.Column<Opening>(
                                                    "guard",
                                                    "interval",
                                                    o -> {
                                                        var guard = o.repeatGuard();
                                                        return guard == null
                                                                ? null
                                                                : Entries.kept(guard);
                                                    })))
                            .toList());

    private static final String SAME =
            "(%s) is not distinct from (%s)".formatted(content("r"), content("o"));

    /** What stands for the content of a row with this alias. */
    static String hash(String alias) {
        return "md5(row(%s)::text)::uuid".formatted(content(alias));
    }

    private static String content(String alias) {
        return OpeningRows.CONTENT.stream()
                .map(column -> alias + "." + column.name())
                .collect(Collectors.joining(", "));
    }

    /** What stands before each, if its id is new. */
    private static final String AHEAD =
            """
            select
                id,
                (select request_id from work
                    where work.target = o.target
                    order by place limit 1) as held_by,
                (select r.id from work w join request r on r.id = w.request_id
                    where guard is not null and w.content_hash = %3$s and %1$s
                    order by w.place limit 1) as live,
                (select r.id from request r
                    where r.job_id is not null and r.settled_at > ledger_now() - guard
                        and r.target_project_id = o.target_project_id
                        and r.target_cluster_name = o.target_cluster_name and %1$s
                    order by r.settled_at limit 1) as restored
            from %2$s
            where not exists (select 1 from request where request.id = o.id)"""
                    .formatted(SAME, ROWS.sql(), hash("o"));

    private static final String HELD_BY =
            """
            select
                request_id,
                (select ahead.request_id from work ahead
                    where ahead.target = work.target and ahead.place < work.place
                    order by ahead.place limit 1) as held_by
            from work
            where request_id = any(?) and target is not null""";

    /** An entry that is first is woken when one before it left, and by nobody else. */
    private static final String WAKE =
            """
            with gone as materialized (
                select target, min(place) as place
                from unnest(?::text[], ?::bigint[]) as g(target, place)
                where not exists (select 1 from work where work.target = g.target
                    and work.place = g.place)
                group by target)
            update work
            set version = version + 1, due_at = ledger_now()
            from gone
            where work.target = gone.target and work.place > gone.place and stage = 'WAITING'
                and not exists (select 1 from work ahead
                    where ahead.target = work.target and ahead.place < work.place)""";

    /** As its waiting begins; and nobody is before it who could wake it. */
    private static final String ROUSE =
            """
            update work set version = version + 1, due_at = ledger_now()
            where request_id in (
                select request_id from work
                where target is not null and stage = 'WAITING' and waits_for = 'TARGET'
                    and tries = 0 and due_at > ledger_now()
                    and not exists (select 1 from work ahead
                        where ahead.target = work.target and ahead.place < work.place)
                for update skip locked)""";

    private Lines() {}

    /** What a new entry finds: who holds its target, and whom it repeats. */
    record Ahead(@Nullable String heldBy, @Nullable String repeats) {}

    /** A place that was given up, or may have been. */
    record Place(String target, long number) {}

    /** Null for what stands in no line. */
    static @Nullable String target(Opening opening) {
        return opening.start().wipes().map(Object::toString).orElse(null);
    }

    /** The targets of those of these entries that wipe one. */
    static List<String> targets(Stream<LedgerEntry> entries) {
        return entries.flatMap(entry -> entry.request().delivery().wipes().stream())
                .map(Object::toString)
                .toList();
    }

    /** Of those whose id is not known, under the locks of their targets. */
    static Map<String, Ahead> ahead(Connection connection, List<Opening> openings)
            throws SQLException {
        try (var select = connection.prepareStatement(AHEAD)) {
            ROWS.bind(select, 1, openings);
            var ahead = new HashMap<String, Ahead>();
            var row = select.executeQuery();
            while (row.next()) {
                var live = row.getString("live");
                ahead.put(
                        Entries.text(row, "id"),
                        new Ahead(
                                row.getString("held_by"),
                                live == null ? row.getString("restored") : live));
            }
            return ahead;
        }
    }

    /** The entries as they stand in line, looked at now. */
    static List<LedgerEntry> placed(Connection connection, List<LedgerEntry> entries)
            throws SQLException {
        var ids =
                entries.stream()
                        .filter(entry -> entry.request().delivery().wipes().isPresent())
                        .map(entry -> entry.request().id())
                        .toArray();
        if (ids.length == 0) {
            return entries;
        }
        try (var select = connection.prepareStatement(HELD_BY)) {
            select.setArray(1, connection.createArrayOf("text", ids));
            var lines = new HashMap<String, Line>();
            var row = select.executeQuery();
            while (row.next()) {
                lines.put(
                        Entries.text(row, "request_id"), new Line(row.getString("held_by"), null));
            }
            return entries.stream()
                    .map(
                            entry ->
                                    entry.with(
                                            lines.getOrDefault(entry.request().id(), entry.line())))
                    .toList();
        }
    }

    /** Wakes whoever became first because the entries of these places are gone. */
    static void wake(Connection connection, List<Place> places) throws SQLException {
        if (places.isEmpty()) {
            return;
        }
        try (var wake = connection.prepareStatement(WAKE)) {
            wake.setArray(
                    1,
                    connection.createArrayOf("text", places.stream().map(Place::target).toArray()));
            wake.setArray(
                    2,
                    connection.createArrayOf(
                            "bigint", places.stream().map(Place::number).toArray()));
            wake.execute();
        }
    }

    /** Wakes who is first and was woken by nobody; returns how many. */
    static int rouse(Connection connection) throws SQLException {
        try (var rouse = connection.prepareStatement(ROUSE)) {
            return rouse.executeUpdate();
        }
    }
}
