package dev.restoreworker.ledger;

import static dev.restoreworker.LedgerFixture.HOLD;
import static dev.restoreworker.LedgerFixture.LEASE;
import static dev.restoreworker.LedgerFixture.submitting;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.LedgerFixture;
import dev.restoreworker.core.LedgerEntry;
import dev.restoreworker.ledger.WitnessSession.Announced;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A session that tells of its holder, on a real PostgreSQL, and what tells nothing. */
@Timeout(60)
class SessionWitnessTest {

    private static final Duration NEVER = Duration.ofHours(1);
    private static final String WITNESSES =
            "pg_stat_activity where application_name like 'atlas-restore-worker witness%'";

    private SessionWitness witness;

    @BeforeEach
    void start() {
        TestPostgres.reset();
        witness = TestPostgres.witness();
        witness.start();
    }

    @AfterEach
    void stop() throws InterruptedException {
        witness.close();
    }

    @Test
    void it_holds_one_session_that_says_what_it_is_for_until_it_is_closed() throws Exception {
        assertThat(TestPostgres.count(WITNESSES)).isOne();
        assertThat(ended(held())).isEmpty();
        var name = held();

        witness.close();
        untilNone(WITNESSES);

        assertThat(witness.current()).isNull();
        assertThat(ended(name)).containsExactly(name);
    }

    @Test
    void a_session_that_was_lost_is_followed_by_another() throws SQLException {
        var lost = held();
        TestPostgres.endWitnesses();

        witness.look();
        assertThat(witness.current()).as("until the next look").isNull();
        witness.look();

        assertThat(held()).isNotEqualTo(lost);
        assertThat(ended(lost, held())).containsExactly(lost);
        assertThat(TestPostgres.count(WITNESSES)).isOne();
    }

    @Test
    void one_that_is_looked_after_keeps_its_name() {
        var name = held();

        witness.look();

        assertThat(held()).isEqualTo(name);
    }

    @Test
    void a_server_that_ends_silent_sessions_does_not_end_it() throws SQLException {
        TestPostgres.execute("alter database postgres set idle_session_timeout = '50ms'");
        try (var other = TestPostgres.connect()) {
            var silent = TestPostgres.witness();
            try {
                silent.start();
                var plain = pid(other);
                untilNone("pg_stat_activity where pid = " + plain);

                assertThat(ended(requireNonNull(silent.current()))).isEmpty();
            } finally {
                close(silent);
            }
        } finally {
            TestPostgres.execute("alter database postgres reset idle_session_timeout");
        }
    }

    @Test
    void on_the_way_to_another_machine_silence_is_borne_for_days() throws SQLException {
        var session = WitnessSession.open(SessionWitness.beside(TestPostgres.POOL).get());
        try (var statement = session.connection().createStatement()) {
            session.prepare("test");
            try (var row = statement.executeQuery("show tcp_user_timeout")) {
                row.next();
                assertThat(row.getString(1)).isEqualTo("604800000");
            }
        } finally {
            session.end();
        }
    }

    @Test
    void a_paused_sender_keeps_its_session_though_its_lease_is_over() throws Exception {
        var clock = TestPostgres.reset();
        var ledger = ledger(TestPostgres.witness());
        ledger.open(List.of(submitting("r-1")));
        clock.advance(LEASE.multipliedBy(30));

        assertThat(ledger.claim(1, HOLD)).noneMatch(SessionWitnessTest::senderIsGone);
        ledger.close();
    }

    @Test
    void an_attempt_names_the_session_that_was_held_when_it_was_written_down() throws Exception {
        var clock = TestPostgres.reset();
        var own = TestPostgres.witness();
        var ledger = ledger(own);
        ledger.open(List.of(submitting("r-1")));
        TestPostgres.endWitnesses();
        own.look();
        ledger.open(List.of(submitting("r-2")));
        own.look();
        ledger.open(List.of(submitting("r-3")));
        clock.advance(LEASE);

        assertThat(ledger.claim(3, HOLD))
                .filteredOn(SessionWitnessTest::senderIsGone)
                .extracting(entry -> entry.request().id())
                .containsExactly("r-1");
        assertThat(TestPostgres.count("attempt where session is null")).isOne();
        ledger.close();
    }

    @Test
    void behind_a_pooler_there_is_no_witness_and_no_session_is_touched() throws Exception {
        var pooled =
                new SessionWitness(
                        SessionWitness.beside(TestPostgres.POOL), NEVER, connection -> 4711);
        try {
            pooled.start();

            assertThat(pooled.current()).isNull();
            assertThat(pooled.look()).as("it is not tried again").isEmpty();
            assertThat(TestPostgres.count(WITNESSES)).as("ours alone").isOne();
        } finally {
            pooled.close();
        }
    }

    @Test
    void a_pooler_that_is_noticed_later_ends_it() throws Exception {
        var served = new int[] {0};
        Announced wandering =
                connection -> Announced.byProtocol().pid(connection) + (served[0]++ > 0 ? 1 : 0);
        var pooled = new SessionWitness(SessionWitness.beside(TestPostgres.POOL), NEVER, wandering);
        try {
            pooled.start();
            assertThat(pooled.current()).isNotNull();

            assertThat(pooled.look()).isEmpty();

            assertThat(pooled.current()).isNull();
        } finally {
            pooled.close();
        }
    }

    @Test
    void without_a_witness_nothing_is_known_of_a_sender() throws Exception {
        var clock = TestPostgres.reset();
        var ledger = ledger(SessionWitness.none());
        ledger.open(List.of(submitting("r-1")));
        clock.advance(LEASE);

        assertThat(ledger.claim(1, HOLD)).noneMatch(SessionWitnessTest::senderIsGone);
        ledger.close();
    }

    @Test
    void a_session_of_another_start_of_the_server_is_not_known_to_have_ended() throws Exception {
        var name = held();
        var server = name.substring(name.indexOf('@'));
        witness.close();
        untilNone(WITNESSES);

        assertThat(ended(name)).containsExactly(name);
        assertThat(ended(name + "0", name.replace(server, "@1/2"), "99/1@", "", "x", "@", "/@/"))
                .isEmpty();
    }

    @Test
    void a_session_that_only_has_the_process_id_of_an_older_one_is_another() throws SQLException {
        var name = held();
        var older = name.replaceFirst("/\\d+@", "/1@");

        assertThat(ended(name, older)).containsExactly(older);
    }

    @Test
    void who_may_not_see_when_a_session_began_does_not_take_it_for_ended() throws SQLException {
        var older = held().replaceFirst("/\\d+@", "/1@");
        TestPostgres.execute("create role blind");
        try (var connection = TestPostgres.connect();
                var statement = connection.createStatement()) {
            var nobody = held().replaceFirst("^\\d+", "0");
            statement.execute("set role blind");

            assertThat(Sessions.ended(connection, Set.of(held(), older, nobody)))
                    .as("a process that is not there is gone for everybody")
                    .containsExactly(nobody);
        } finally {
            TestPostgres.execute("drop role blind");
        }
    }

    @Test
    void its_name_is_the_same_for_whoever_asks_wherever_he_is() throws SQLException {
        try (var connection = TestPostgres.connect();
                var statement = connection.createStatement()) {
            statement.execute("set timezone = 'Asia/Kathmandu'");

            assertThat(Sessions.ended(connection, Set.of(held()))).isEmpty();
        }
    }

    @Test
    void a_database_that_is_away_is_tried_again() throws Exception {
        var nowhere = TestPostgres.pool("jdbc:postgresql://127.0.0.1:1/nowhere");
        var waiting =
                new SessionWitness(SessionWitness.beside(nowhere), NEVER, Announced.byProtocol());
        try {
            assertThat(waiting.look()).isPresent();
            assertThat(waiting.current()).isNull();
        } finally {
            waiting.close();
            nowhere.close();
        }
    }

    private String held() {
        return requireNonNull(witness.current());
    }

    private static PostgresLedger ledger(SessionWitness witness) {
        return new PostgresLedger(
                new Transactions(TestPostgres.POOL),
                new OutboxSignal(),
                witness,
                LedgerFixture.NO_QUOTA);
    }

    private static boolean senderIsGone(LedgerEntry entry) {
        return entry.lastAttempt().senderGone();
    }

    private static Set<String> ended(String... names) throws SQLException {
        try (var connection = TestPostgres.connect()) {
            return Sessions.ended(connection, List.of(names));
        }
    }

    private static int pid(Connection connection) throws SQLException {
        return Announced.byProtocol().pid(connection);
    }

    /** Waits in the server, for as long as the test may take. */
    private static void untilNone(String rows) {
        while (TestPostgres.count(rows) > 0) {
            TestPostgres.execute("select pg_sleep(0.01)");
        }
    }

    private static void close(SessionWitness witness) {
        try {
            witness.close();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
