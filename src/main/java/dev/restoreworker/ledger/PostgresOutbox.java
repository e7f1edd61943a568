package dev.restoreworker.ledger;

import dev.restoreworker.Outbox;
import dev.restoreworker.OutgoingEvent;
import dev.restoreworker.core.Text;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** The outbox on PostgreSQL. */
@Singleton
class PostgresOutbox implements Outbox {

    /** The holder's row is renewed; another's is taken when it ran out. */
    private static final String LEAD =
            """
            insert into lease (name, holder, expires_at)
            values ('relay', ?, ledger_now() + ?::interval)
            on conflict (name) do update
            set holder = excluded.holder, expires_at = excluded.expires_at
            where lease.holder = excluded.holder or lease.expires_at <= ledger_now()""";

    private static final String RESIGN = "delete from lease where name = 'relay' and holder = ?";

    /** Locked, so that nobody else can take the lease before the batch is prepared. */
    private static final String LEADS =
            """
            select 1 from lease
            where name = 'relay' and holder = ? and expires_at > ledger_now()
            for update""";

    private static final String PREPARED =
            """
            select id, written_at, kind, key, value, headers, batch
            from outbox
            where batch is not null
            order by id""";

    /**
     * What a batch holds in memory is bounded, but for its first event: hundreds of large dead
     * letters in a row must not be more than a small worker can bear.
     */
    static final int BATCH_BYTES = 4 * 1024 * 1024;

    /** A kind that only a newer worker knows is left to that. */
    private static final String PREPARE =
            """
            with next as materialized (
                select
                    id,
                    coalesce(octet_length(key), 0) + coalesce(octet_length(value), 0)
                        + octet_length(headers) as size
                from outbox
                where batch is null and kind = any(?)
                order by id limit ?),
            chosen as materialized (
                select id
                from (select id, sum(size) over (order by id) - size as before from next) as sized
                where before < %d),
            numbered as (
                update ledger set batch = batch + 1
                where exists (select 1 from chosen)
                returning batch)
            update outbox set batch = numbered.batch
            from chosen, numbered
            where outbox.id = chosen.id"""
                    .formatted(BATCH_BYTES);

    /** An older batch may be noted late, by a relay that was paused: that changes nothing. */
    private static final String PUBLISHED =
            """
            with noted as (
                update ledger set published = ? where published < ?)
            delete from outbox where batch = ?""";

    private static final String PROGRESS =
            """
            select id, batch, published,
                exists (select 1 from outbox where outbox.batch is not null) as prepared
            from ledger""";

    private static final String SET_ASIDE =
            """
            with refused as (delete from outbox where id = ? returning *)
            insert into outbox_aside
            select id, written_at, kind, key, value, headers, ledger_now(), ? from refused""";

    private static final int CAUSE_LENGTH_MAX = 2_000;

    private final Transactions transactions;
    private final OutboxSignal signal;

    @Inject
    PostgresOutbox(Transactions transactions, OutboxSignal signal) {
        this.transactions = transactions;
        this.signal = signal;
    }

    @Override
    public Progress progress() {
        return read(
                "to say how far it is",
                PROGRESS,
                row ->
                        new Progress(
                                row.getObject("id", UUID.class),
                                row.getLong("batch"),
                                row.getLong("published"),
                                row.getBoolean("prepared")));
    }

    @Override
    public boolean lead(String holder, Duration lease) {
        return 1
                == update(
                        "to elect the relay",
                        LEAD,
                        statement -> {
                            statement.setString(1, holder);
                            statement.setString(2, Entries.kept(lease).toString());
                        });
    }

    @Override
    public void resign(String holder) {
        update("to take the relay's lease back", RESIGN, s -> s.setString(1, holder));
    }

    @Override
    public Batch prepare(String holder, int max) {
        try {
            return transactions.write(connection -> prepare(connection, holder, max));
        } catch (SQLException e) {
            throw Transactions.failure("to prepare a batch of events", e);
        }
    }

    private static Batch prepare(Connection connection, String holder, int max)
            throws SQLException {
        if (!leads(connection, holder)) {
            throw new IllegalStateException("the relay's lease is not " + holder + "'s");
        }
        var left = prepared(connection);
        if (!left.events().isEmpty()) {
            return left;
        }
        try (var prepare = connection.prepareStatement(PREPARE)) {
            prepare.setArray(1, connection.createArrayOf("text", OutgoingEvent.Kind.values()));
            prepare.setInt(2, max);
            return prepare.executeUpdate() == 0 ? left : prepared(connection);
        }
    }

    private static boolean leads(Connection connection, String holder) throws SQLException {
        try (var select = connection.prepareStatement(LEADS)) {
            select.setString(1, holder);
            return select.executeQuery().next();
        }
    }

    /** The batch that was prepared and is not marked as published; number 0 if there is none. */
    private static Batch prepared(Connection connection) throws SQLException {
        try (var select = connection.prepareStatement(PREPARED)) {
            var number = 0L;
            var events = new ArrayList<Pending>();
            var row = select.executeQuery();
            while (row.next()) {
                number = row.getLong("batch");
                events.add(
                        new Pending(
                                row.getLong("id"),
                                Entries.instant(row, "written_at"),
                                OutboxRow.event(row)));
            }
            return new Batch(number, List.copyOf(events));
        }
    }

    @Override
    public void published(long batch) {
        update(
                "to forget batch " + batch,
                PUBLISHED,
                statement -> {
                    statement.setLong(1, batch);
                    statement.setLong(2, batch);
                    statement.setLong(3, batch);
                });
    }

    @Override
    public void setAside(Pending event, String cause) {
        update(
                "to set event " + event.id() + " aside",
                SET_ASIDE,
                statement -> {
                    statement.setLong(1, event.id());
                    statement.setString(2, Text.cut(Text.storable(cause), CAUSE_LENGTH_MAX));
                });
    }

    @Override
    public void await(Duration atMost) throws InterruptedException {
        signal.await(atMost);
    }

    /** Sets the parameters of a statement. */
    @FunctionalInterface
    private interface Parameters {
        void set(PreparedStatement statement) throws SQLException;
    }

    /** Makes a value of a row. */
    @FunctionalInterface
    private interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    private int update(String what, String sql, Parameters parameters) {
        try {
            return transactions.write(
                    connection -> {
                        try (var statement = connection.prepareStatement(sql)) {
                            parameters.set(statement);
                            return statement.executeUpdate();
                        }
                    });
        } catch (SQLException e) {
            throw Transactions.failure(what, e);
        }
    }

    private <T> T read(String what, String sql, Reader<T> reader) {
        try {
            return transactions.read(
                    connection -> {
                        try (var statement = connection.prepareStatement(sql)) {
                            var row = statement.executeQuery();
                            row.next();
                            return reader.read(row);
                        }
                    });
        } catch (SQLException e) {
            throw Transactions.failure(what, e);
        }
    }
}
