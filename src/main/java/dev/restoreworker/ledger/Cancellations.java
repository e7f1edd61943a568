package dev.restoreworker.ledger;

import dev.restoreworker.DeadLetter;
import dev.restoreworker.Ledger.Cancelled;
import dev.restoreworker.Ledger.Cancelling;
import dev.restoreworker.core.Cancel;
import dev.restoreworker.core.Cancel.Effect;
import dev.restoreworker.core.LedgerEntry;
import dev.restoreworker.core.SourceCluster;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The cancels that are on record.
 *
 * <p>Whoever writes one holds {@link Locks#CANCELS} alone, and whoever opens requests holds it with
 * others: so of a request and its cancel the second sees the first. He holds the locks of the
 * lines, too, in which the requests stand, and then their rows: whoever moves one sees the cancel
 * when he looks after he got its row.
 */
final class Cancellations {

    private static final String READ =
            "select request_id, at, requested_by, reason from cancellation where request_id = any(?)";

    private static final String TARGETS =
            "select target from work where request_id = any(?) and target is not null";

    private static final String LOCK =
            """
            select
                request_id, stage = 'TRACKED' as has_job, target is not null as wipes,
                source_project, source_cluster
            from work
            where request_id = any(?)
            order by request_id
            for update""";

    /** One a statement: the letter of one may be large. */
    private static final String INSERT =
            """
            insert into cancellation (
                request_id, at, requested_by, reason,
                record_topic, record_partition, record_offset,
                letter_fingerprint, letter_key, letter_value, letter_headers)
            values (?, ledger_now(), ?, ?, ?, ?, ?, ?, ?, ?, ?)
            on conflict do nothing""";

    private static final String WAKE =
            """
            update work set version = version + 1, due_at = ledger_now()
            where request_id = any(?) and stage = 'WAITING'""";

    private static final String BURY_DUE =
            """
            with due as materialized (
                select * from cancellation
                where request_id = any(?) and letter_fingerprint is not null),
            buried as (
                insert into dead_letter (fingerprint, reason, buried_at)
                select letter_fingerprint, '%s', ledger_now() from due
                order by letter_fingerprint collate "C"
                on conflict do nothing
                returning fingerprint),
            told as (
                insert into outbox (written_at, kind, key, value, headers)
                select ledger_now(), 'DEAD_LETTER', letter_key, letter_value, letter_headers
                from due join buried on fingerprint = letter_fingerprint)
            update cancellation
            set letter_fingerprint = null, letter_key = null, letter_value = null,
                letter_headers = null
            where request_id in (select request_id from due)"""
                    .formatted(DeadLetter.Reason.NOT_CANCELLABLE);

    private Cancellations() {}

    /** An entry that is live, as it stands now that it is locked. */
    private record Live(boolean hasJob, boolean wipes, SourceCluster cluster) {}

    /** What became of each, in their order. */
    static List<Cancelled> write(Connection connection, List<Cancelling> cancels)
            throws SQLException {
        var firsts = new LinkedHashMap<String, Cancelling>();
        cancels.forEach(cancel -> firsts.putIfAbsent(cancel.requestId(), cancel));
        Locks.CANCELS.take(connection, List.of(""));
        Locks.LINES.take(connection, Entries.texts(connection, TARGETS, firsts.keySet()));
        var live = lock(connection, firsts.keySet());
        var seen = seen(connection, firsts.keySet());
        var fresh = insert(connection, List.copyOf(firsts.values()), live);
        execute(connection, WAKE, fresh);
        Watches.begin(connection, clusters(fresh, live));
        var cancelled = new ArrayList<Cancelled>();
        var letters = new ArrayList<DeadLetter>();
        for (var cancel : cancels) {
            var entry = live.get(cancel.requestId());
            var effect =
                    Effect.atFirst(
                            seen.contains(cancel.requestId()),
                            entry != null,
                            entry != null && entry.hasJob(),
                            entry != null && entry.wipes());
            if (effect == Effect.NOT_CANCELLABLE) {
                letters.add(cancel.notCancellable());
            }
            cancelled.add(new Cancelled.Noted(fresh.remove(cancel.requestId()), effect));
        }
        DeadLetters.bury(connection, letters);
        return cancelled;
    }

    private static Map<String, Live> lock(Connection connection, Collection<String> ids)
            throws SQLException {
        try (var select = connection.prepareStatement(LOCK)) {
            select.setArray(1, connection.createArrayOf("text", ids.toArray()));
            var live = new HashMap<String, Live>();
            var row = select.executeQuery();
            while (row.next()) {
                live.put(
                        Entries.text(row, "request_id"),
                        new Live(
                                row.getBoolean("has_job"),
                                row.getBoolean("wipes"),
                                new SourceCluster(
                                        Entries.text(row, "source_project"),
                                        Entries.text(row, "source_cluster"))));
            }
            return live;
        }
    }

    private static Set<String> seen(Connection connection, Collection<String> ids)
            throws SQLException {
        return Set.copyOf(
                Entries.texts(connection, "select id from request where id = any(?)", ids));
    }

    /** The ids of those that are the first of their request. */
    private static Set<String> insert(
            Connection connection, List<Cancelling> cancels, Map<String, Live> live)
            throws SQLException {
        try (var insert = connection.prepareStatement(INSERT)) {
            for (var cancel : cancels) {
                bind(insert, cancel, live.get(cancel.requestId()));
                insert.addBatch();
            }
            var counts = insert.executeBatch();
            var fresh = new HashSet<String>();
            for (var i = 0; i < counts.length; i++) {
                if (counts[i] > 0) {
                    fresh.add(cancels.get(i).requestId());
                }
            }
            return fresh;
        }
    }

    private static void bind(PreparedStatement insert, Cancelling cancel, @Nullable Live live)
            throws SQLException {
        var letter =
                live != null && live.wipes() && !live.hasJob() ? cancel.notCancellable() : null;
        insert.setString(1, cancel.requestId());
        insert.setString(2, cancel.requestedBy());
        insert.setString(3, cancel.reason());
        insert.setString(4, cancel.origin().topic());
        insert.setInt(5, cancel.origin().partition());
        insert.setLong(6, cancel.origin().offset());
        insert.setString(7, letter == null ? null : letter.fingerprint());
        insert.setBytes(8, letter == null ? null : OutboxRow.bytes(letter.event().key()));
        insert.setBytes(9, letter == null ? null : OutboxRow.bytes(letter.event().value()));
        insert.setString(10, letter == null ? null : Json.write(letter.event().headers()));
    }

    /** Where a download's job is to be cancelled, which is done with the next list. */
    private static Map<SourceCluster, Duration> clusters(
            Collection<String> fresh, Map<String, Live> live) {
        return live.entrySet().stream()
                .filter(each -> fresh.contains(each.getKey()))
                .map(Map.Entry::getValue)
                .filter(each -> each.hasJob() && !each.wipes())
                .map(Live::cluster)
                .distinct()
                .collect(Collectors.toMap(Function.identity(), _ -> Duration.ZERO));
    }

    /**
     * Those requests were just given a job: whoever wanted one cancelled that cannot be is told.
     */
    static void buryDue(Connection connection, Collection<String> ids) throws SQLException {
        execute(connection, BURY_DUE, ids);
    }

    private static void execute(Connection connection, String sql, Collection<String> ids)
            throws SQLException {
        if (ids.isEmpty()) {
            return;
        }
        try (var statement = connection.prepareStatement(sql)) {
            statement.setArray(1, connection.createArrayOf("text", ids.toArray()));
            statement.execute();
        }
    }

    /** By request. */
    static Map<String, Cancel> of(Connection connection, Collection<String> ids)
            throws SQLException {
        try (var select = connection.prepareStatement(READ)) {
            select.setArray(1, connection.createArrayOf("text", ids.toArray()));
            var cancels = new HashMap<String, Cancel>();
            var row = select.executeQuery();
            while (row.next()) {
                cancels.put(Entries.text(row, "request_id"), cancel(row));
            }
            return cancels;
        }
    }

    private static Cancel cancel(ResultSet row) throws SQLException {
        return new Cancel(
                Entries.instant(row, "at"), row.getString("requested_by"), row.getString("reason"));
    }

    /** The entries with the cancels that are on record now. */
    static List<LedgerEntry> known(Connection connection, List<LedgerEntry> entries)
            throws SQLException {
        var cancels = of(connection, entries.stream().map(entry -> entry.request().id()).toList());
        return cancels.isEmpty()
                ? entries
                : entries.stream()
                        .map(entry -> entry.cancelledBy(cancels.get(entry.request().id())))
                        .toList();
    }
}
