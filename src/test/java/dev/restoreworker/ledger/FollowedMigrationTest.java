package dev.restoreworker.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.LedgerFixture;
import dev.restoreworker.core.Outcome;
import dev.restoreworker.core.Outcome.JobCreated;
import dev.restoreworker.core.Outcome.JobFailed;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;

/** What an earlier version of the worker left as unknown is not forgotten. */
class FollowedMigrationTest {

    private static final String DATABASE = "before_followed";

    @Test
    void what_ended_as_unknown_before_is_followed_and_nothing_else_is() throws SQLException {
        TestPostgres.execute("create database " + DATABASE);
        var url = TestPostgres.url(DATABASE);
        Flyway.configure().dataSource(url, null, null).target("5?").load().migrate();
        try (var connection = DriverManager.getConnection(url)) {
            insert(connection, "unknown", LedgerFixture.UNKNOWN_OUTCOME);
            insert(connection, "created", new JobCreated("1".repeat(24), LedgerFixture.NOON, "l"));
            insert(connection, "refused", LedgerFixture.FAILED);
            insert(
                    connection,
                    "quoting",
                    new JobFailed(
                            Outcome.Reason.INVALID_REQUEST,
                            "\"reason\":\"OUTCOME_UNKNOWN\"",
                            null));

            TestPostgres.migrate(url);

            assertThat(followed(connection)).containsExactly("unknown FOLLOWED");
        }
    }

    private static void insert(Connection connection, String id, Outcome outcome)
            throws SQLException {
        try (var insert =
                connection.prepareStatement(
                        """
                        insert into request (
                            id, format, received_at, record_topic, record_partition,
                            record_offset, project_id, cluster_name, remarks, outcome, settled_at,
                            job_id)
                        values (?, 1, now(), 't', 0, 0, 'p', 'c', '{}', ?, now(), ?)""")) {
            insert.setString(1, id);
            insert.setString(2, Json.write(outcome));
            insert.setString(3, outcome instanceof JobCreated created ? created.jobId() : null);
            insert.execute();
        }
    }

    private static List<String> followed(Connection connection) throws SQLException {
        try (var select = connection.createStatement()) {
            var found = new ArrayList<String>();
            var row = select.executeQuery("select request_id, stage from work");
            while (row.next()) {
                found.add(row.getString(1) + " " + row.getString(2));
            }
            return found;
        }
    }
}
