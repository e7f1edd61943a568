package dev.restoreworker.ledger;

import dev.restoreworker.StartUpCheck;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Refuses to start on a database that may forget what it confirmed, or that it cannot read. */
@Singleton
class LedgerCheck implements StartUpCheck {

    private static final int VERSION_MIN = 14;
    private static final int FORMAT = 1;

    private final Transactions transactions;

    @Inject
    LedgerCheck(Transactions transactions) {
        this.transactions = transactions;
    }

    @Override
    public List<String> faults(Function<String, Optional<String>> properties) {
        try {
            return transactions.read(LedgerCheck::faults);
        } catch (SQLException e) {
            throw Transactions.failure("to check its settings", e);
        }
    }

    private static List<String> faults(Connection connection) throws SQLException {
        var faults = new ArrayList<String>();
        for (var setting : List.of("fsync", "synchronous_commit", "full_page_writes")) {
            if (text(connection, "show " + setting).equals("off")) {
                faults.add(
                        "PostgreSQL runs with %s = off: it could forget that a restore was sent; turn it on"
                                .formatted(setting));
            }
        }
        var version = Integer.parseInt(text(connection, "show server_version_num")) / 10_000;
        if (version < VERSION_MIN) {
            faults.add(
                    "PostgreSQL is version %d: version %d or newer is needed"
                            .formatted(version, VERSION_MIN));
        }
        var format = Integer.parseInt(text(connection, "select format from ledger"));
        if (format != FORMAT) {
            faults.add(
                    "The ledger has format %d and this worker reads format %d: use a worker that fits"
                            .formatted(format, FORMAT));
        }
        return faults;
    }

    private static String text(Connection connection, String query) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }
}
