package dev.restoreworker.ledger;

import static java.lang.System.Logger.Level.DEBUG;

import io.agroal.api.AgroalDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.postgresql.PGConnection;

/**
 * A connection that is held for what its session tells of its holder: it ends when the holder's
 * process does, and not before.
 */
record WitnessSession(AgroalDataSource source, Connection connection) {

    private static final System.Logger LOG = System.getLogger(WitnessSession.class.getName());

    /** Far longer than an attempt is ever looked for. */
    private static final Duration OUTLASTS = Duration.ofDays(7);

    private static final int NETWORK_TIMEOUT_MILLIS = 30_000;

    /**
     * So that the server does not end the session of a machine that is suspended. The user time-out
     * of TCP alone decides how long that may be silent, for probes and for what was sent to it and
     * not confirmed; the frequent probes keep whatever is on the way from forgetting the connection
     * of a process that is stopped. On a local socket they are without effect.
     */
    private static final String PREPARE =
            """
            select
                set_config('application_name', ?, false),
                set_config('idle_session_timeout', '0', false),
                set_config('client_connection_check_interval', '0', false),
                set_config('tcp_keepalives_idle', '60', false),
                set_config('tcp_keepalives_interval', '60', false),
                set_config('tcp_keepalives_count', '127', false),
                set_config('tcp_user_timeout', '%d', false)"""
                    .formatted(OUTLASTS.toMillis());

    /** A machine that is suspended takes both ends of a local connection along. */
    private static final String READ =
            """
            select
                %s as name,
                current_setting('tcp_user_timeout') = '%d'
                    or client_addr is null
                    or client_addr <<= '127.0.0.0/8'
                    or client_addr = '::1' as lasts
            from pg_stat_activity
            where pid = pg_backend_pid()"""
                    .formatted(Sessions.NAME, OUTLASTS.toMillis());

    /** Which process of the server it was told to be when the connection was made. */
    @FunctionalInterface
    interface Announced {
        int pid(Connection connection) throws SQLException;

        static Announced byProtocol() {
            return connection -> connection.unwrap(PGConnection.class).getBackendPID();
        }
    }

    /** The only connection of {@code source}, which ends with it. */
    static WitnessSession open(AgroalDataSource source) throws SQLException {
        try {
            var connection = source.getConnection();
            connection.setNetworkTimeout(Runnable::run, NETWORK_TIMEOUT_MILLIS);
            return new WitnessSession(source, connection);
        } catch (SQLException | RuntimeException e) {
            source.close();
            throw e;
        }
    }

    /** Whether somebody stands between us and the server, whose sessions are shared. */
    boolean isPooled(Announced announced) throws SQLException {
        try (var select = connection.createStatement();
                var row = select.executeQuery("select pg_backend_pid()")) {
            row.next();
            return row.getInt(1) != announced.pid(connection);
        }
    }

    /** Makes the session last. */
    void prepare(String applicationName) throws SQLException {
        try (var prepare = connection.prepareStatement(PREPARE)) {
            prepare.setString(1, applicationName);
            prepare.execute();
        }
    }

    /** Its name; empty if it tells nothing of its holder, since others could end it. */
    Optional<String> name() throws SQLException {
        try (var select = connection.createStatement();
                var row = select.executeQuery(READ)) {
            return row.next() && row.getBoolean("lasts")
                    ? Optional.ofNullable(row.getString("name"))
                    : Optional.empty();
        }
    }

    /** Ends it without asking: it may be that nobody answers any more. */
    void end() {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            LOG.log(DEBUG, "It was lost already", e);
        }
        source.close();
    }
}
