package dev.restoreworker.ledger;

import static dev.restoreworker.LedgerFixture.submitting;
import static dev.restoreworker.LedgerFixture.waiting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.restoreworker.Ledger.Move;
import dev.restoreworker.Ledger.Opened;
import dev.restoreworker.LedgerFixture;
import dev.restoreworker.LedgerUnavailableException;
import dev.restoreworker.core.FixedRetryPolicy;
import dev.restoreworker.core.LedgerEntry.Stage;
import dev.restoreworker.core.Lifecycle;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The connection breaks while a transaction commits: it is done, or not, and nobody says which. */
class LostConfirmationTest {

    private enum Fate {
        CONFIRMED,
        DONE_AND_NOT_CONFIRMED,
        NOT_DONE
    }

    private final Lifecycle lifecycle = new Lifecycle(FixedRetryPolicy.DEFAULT);
    private Fate next = Fate.CONFIRMED;
    private PostgresLedger ledger;

    @BeforeEach
    void start() {
        TestPostgres.reset();
        ledger =
                new PostgresLedger(
                        new Transactions(shaky()), new OutboxSignal(), LedgerFixture.NO_QUOTA);
    }

    @AfterEach
    void stop() throws InterruptedException {
        ledger.close();
    }

    @Test
    void an_intent_that_was_written_down_is_told_as_such() {
        ledger.open(List.of(waiting("r-1")));
        var entry = ledger.claim(1, Duration.ofMinutes(1)).getFirst();
        next = Fate.DONE_AND_NOT_CONFIRMED;

        var move = ledger.move(entry, lifecycle.begin(Instant.EPOCH), List.of());

        assertThat(move)
                .isInstanceOfSatisfying(
                        Move.Moved.class,
                        it -> assertThat(it.entry().stage()).isInstanceOf(Stage.Submitting.class));
    }

    @Test
    void requests_that_were_opened_as_submitting_are_told_as_such() {
        next = Fate.DONE_AND_NOT_CONFIRMED;

        var opened = ledger.open(List.of(submitting("r-1"), waiting("r-2")));

        assertThat(opened).hasSize(2).allMatch(Opened.Fresh.class::isInstance);
    }

    @Test
    void what_was_not_done_is_a_failure() {
        next = Fate.NOT_DONE;

        assertThatThrownBy(() -> ledger.open(List.of(submitting("r-1"))))
                .isInstanceOf(LedgerUnavailableException.class);
        assertThat(ledger.open(List.of(submitting("r-1"))))
                .singleElement()
                .isInstanceOf(Opened.Fresh.class);
    }

    @Test
    void what_wrote_no_intent_down_may_be_given_again_and_is_a_failure() {
        next = Fate.DONE_AND_NOT_CONFIRMED;

        assertThatThrownBy(() -> ledger.open(List.of(waiting("r-1"))))
                .isInstanceOf(LedgerUnavailableException.class);
        assertThat(ledger.open(List.of(waiting("r-1"))))
                .containsExactly(new Opened.Duplicate(true));
    }

    /** Commits as the test says, once; all else is the real pool's. */
    private DataSource shaky() {
        return proxy(
                DataSource.class,
                TestPostgres.POOL,
                (name, result) ->
                        name.equals("getConnection")
                                ? proxy(Connection.class, (Connection) result, (_, it) -> it)
                                : result);
    }

    private interface Wrapping {
        Object wrap(String method, Object result);
    }

    private <T> T proxy(Class<T> type, T real, Wrapping wrapping) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (_, method, arguments) -> {
                            var fate = next;
                            if (method.getName().equals("commit") && fate != Fate.CONFIRMED) {
                                next = Fate.CONFIRMED;
                                if (fate == Fate.DONE_AND_NOT_CONFIRMED) {
                                    ((Connection) real).commit();
                                }
                                throw new SQLException("the connection broke", "08006");
                            }
                            try {
                                return wrapping.wrap(
                                        method.getName(), method.invoke(real, arguments));
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        }));
    }
}
