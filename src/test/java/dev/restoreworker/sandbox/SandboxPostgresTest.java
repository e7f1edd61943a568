package dev.restoreworker.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SandboxPostgresTest {
    @TempDir Path dir;

    @Test
    void a_server_that_was_stopped_comes_back_with_its_rows_on_the_same_port() throws Exception {
        try (var postgres = SandboxPostgres.start(dir.resolve("data"), 0)) {
            execute(postgres, "create table kept (word text)");
            execute(postgres, "insert into kept values ('still here')");
            var url = postgres.jdbcUrl();

            postgres.stop();
            var answersWhileStopped = answers(postgres);
            postgres.start();

            assertThat(answersWhileStopped).isFalse();
            assertThat(postgres.jdbcUrl()).isEqualTo(url);
            assertThat(query(postgres, "select word from kept")).isEqualTo("still here");
        }
    }

    @Test
    void another_server_takes_up_the_folder_of_one_that_was_closed() throws Exception {
        try (var first = SandboxPostgres.start(dir.resolve("data"), 0)) {
            execute(first, "create table kept as select 'from the first' as word");
        }

        try (var second = SandboxPostgres.start(dir.resolve("data"), 0)) {
            assertThat(query(second, "select word from kept")).isEqualTo("from the first");
        }
    }

    @Test
    void no_process_is_left_after_the_end() {
        var postgres = SandboxPostgres.start(0);
        var process = postgres.process().orElseThrow();
        var aliveBefore = process.isAlive();

        postgres.close();

        assertThat(aliveBefore).isTrue();
        assertThat(process.isAlive()).isFalse();
        assertThat(postgres.process()).isEmpty();
    }

    @Test
    void what_is_committed_is_on_disk_as_it_would_be_in_production() throws Exception {
        try (var postgres = SandboxPostgres.start(0)) {
            assertThat(query(postgres, "show fsync")).isEqualTo("on");
            assertThat(query(postgres, "show synchronous_commit")).isEqualTo("on");
            assertThat(query(postgres, "show full_page_writes")).isEqualTo("on");
            assertThat(query(postgres, "show max_connections")).isEqualTo("200");
        }
    }

    @Test
    void a_taken_port_is_named_and_never_mistaken_for_the_server() throws Exception {
        try (var other = new ServerSocket(0)) {
            var taken = other.getLocalPort();

            assertThatThrownBy(() -> SandboxPostgres.start(dir, taken))
                    .isInstanceOf(PortTakenException.class)
                    .hasMessage("Port %d is taken", taken);
            assertThat(dir).isEmptyDirectory();
        }
    }

    private static boolean answers(SandboxPostgres postgres) {
        try {
            query(postgres, "select 1");
            return true;
        } catch (SQLException _) {
            return false;
        }
    }

    private static void execute(SandboxPostgres postgres, String sql) throws SQLException {
        try (var connection =
                        DriverManager.getConnection(
                                postgres.jdbcUrl(), postgres.username(), postgres.password());
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String query(SandboxPostgres postgres, String sql) throws SQLException {
        try (var connection =
                        DriverManager.getConnection(
                                postgres.jdbcUrl(), postgres.username(), postgres.password());
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
