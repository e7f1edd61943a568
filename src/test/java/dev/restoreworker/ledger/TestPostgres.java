package dev.restoreworker.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.LedgerFixture;
import dev.restoreworker.SettableClock;
import dev.restoreworker.ledger.WitnessSession.Announced;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.exceptionsorter.PostgreSQLExceptionSorter;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.Flyway;

/** A ledger's database on a real PostgreSQL, one server for the whole JVM. */
final class TestPostgres {

    private static final String TABLES =
            "request, work, attempt, duplicate, outbox, outbox_aside, dead_letter, lease,"
                    + " watch, foreign_download, cancellation";

    /** Sessions that wait for a lock. */
    static final String WAITERS =
            "pg_stat_activity where wait_event_type = 'Lock' and query not like '%pg_stat%'";

    /** The intents of a worker of which no more is known. */
    static final Intents ANOTHER = new Intents(List.of(), "another", null);

    /** A server that others share, instead of one of this JVM's own. */
    private static final String SHARED = "test.postgres.url";

    private static final String URL = start();

    /** The pool that the worker uses, as small as it may be in production. */
    static final AgroalDataSource POOL = pool(URL);

    private static final SettableClock CLOCK = new TableClock();

    private TestPostgres() {}

    private static String start() {
        try {
            var shared = System.getProperty(SHARED);
            var url = shared == null ? url(EmbeddedPostgres.builder().start()) : shared;
            migrate(url);
            try (var connection = DriverManager.getConnection(url);
                    var statement = connection.createStatement()) {
                statement.execute(
                        """
                        create table if not exists test_clock (now timestamptz not null);
                        delete from test_clock;
                        insert into test_clock values (now());
                        create or replace function ledger_now() returns timestamptz
                            language sql volatile
                            as 'select now from test_clock'""");
            }
            return url;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Where another database of the same server is. */
    static String url(String database) {
        return URL.replaceFirst("/[^/?]*(?=\\?)", "/" + database);
    }

    static String url(EmbeddedPostgres server) {
        return server.getJdbcUrl("postgres", "postgres");
    }

    static void migrate(String url) {
        Flyway.configure().dataSource(url, null, null).load().migrate();
    }

    static AgroalDataSource pool(String url) {
        try {
            return AgroalDataSource.from(
                    new AgroalDataSourceConfigurationSupplier()
                            .connectionPoolConfiguration(
                                    pool ->
                                            pool.maxSize(8)
                                                    .acquisitionTimeout(Duration.ofSeconds(5))
                                                    .exceptionSorter(
                                                            new PostgreSQLExceptionSorter())
                                                    .connectionFactoryConfiguration(
                                                            factory -> factory.jdbcUrl(url))));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A witness that nobody looks after: its session stays lost. */
    static SessionWitness witness() {
        return new SessionWitness(
                SessionWitness.beside(POOL), Duration.ofHours(1), Announced.byProtocol());
    }

    /** All witnesses' sessions end. */
    static void endWitnesses() {
        execute(
                """
                select pg_terminate_backend(pid, 10000) from pg_stat_activity
                where application_name like 'atlas-restore-worker witness%'""");
    }

    /** A connection that the ledger does not know of. */
    static Connection connect() throws SQLException {
        return DriverManager.getConnection(URL);
    }

    /** A transaction of another worker, which is held open. */
    static Connection begun() throws SQLException {
        var connection = connect();
        connection.setAutoCommit(false);
        return connection;
    }

    /** Returns when one session waits for a lock of another. */
    static void awaitWaiter() throws InterruptedException {
        for (var polls = 0; count(WAITERS) != 1; polls++) {
            assertThat(polls).as("polls").isLessThan(4_000);
            TimeUnit.MILLISECONDS.sleep(5); // the state of the server's sessions is only looked at
        }
    }

    static void execute(String sql) {
        try (var connection = connect();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    static long count(String from) {
        try (var connection = connect();
                var statement = connection.createStatement();
                var row = statement.executeQuery("select count(*) from " + from)) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** An empty ledger whose clock stands at noon. */
    static SettableClock reset() {
        execute(
                "truncate "
                        + TABLES
                        + " restart identity; update ledger set batch = 0, published = 0");
        CLOCK.set(LedgerFixture.NOON);
        return CLOCK;
    }

    /** The ledger's own clock. */
    private static final class TableClock extends SettableClock {

        TableClock() {
            super(LedgerFixture.NOON);
        }

        @Override
        public void set(Instant now) {
            super.set(now);
            execute("update test_clock set now = '" + now + "'");
        }
    }
}
