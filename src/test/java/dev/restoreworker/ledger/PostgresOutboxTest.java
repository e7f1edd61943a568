package dev.restoreworker.ledger;

import static dev.restoreworker.LedgerFixture.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.Blob;
import dev.restoreworker.DeadLetter;
import dev.restoreworker.Ledger;
import dev.restoreworker.LedgerFixture;
import dev.restoreworker.Outbox;
import dev.restoreworker.OutboxContract;
import dev.restoreworker.OutgoingEvent;
import dev.restoreworker.SettableClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PostgresOutboxTest extends OutboxContract {

    private final SettableClock clock = TestPostgres.reset();
    private final Transactions transactions = new Transactions(TestPostgres.POOL);
    private final OutboxSignal signal = new OutboxSignal();
    private final PostgresLedger ledger =
            new PostgresLedger(transactions, signal, LedgerFixture.NO_QUOTA);
    private final PostgresOutbox outbox = new PostgresOutbox(transactions, signal);

    @AfterEach
    void close() throws InterruptedException {
        ledger.close();
    }

    @Override
    protected Ledger ledger() {
        return ledger;
    }

    @Override
    protected Outbox outbox() {
        return outbox;
    }

    @Override
    protected SettableClock clock() {
        return clock;
    }

    @Test
    void the_number_of_a_prepared_batch_is_durable_before_it_may_be_published() {
        ledger.open(List.of(failing("r-1")));
        outbox.lead("a", Duration.ofSeconds(5));

        var batch = outbox.prepare("a", 9);

        assertThat(TestPostgres.count("ledger where batch = " + batch.number())).isOne();
        assertThat(TestPostgres.count("outbox where batch = " + batch.number())).isOne();
    }

    @Test
    void a_batch_of_large_events_is_a_small_one() {
        var size = PostgresOutbox.BATCH_BYTES / 4;
        ledger.bury(IntStream.range(0, 6).mapToObj(i -> letter(i, size)).toList());
        ledger.bury(List.of(letter(6, 2 * PostgresOutbox.BATCH_BYTES)));
        outbox.lead("a", Duration.ofSeconds(5));

        var sizes = new ArrayList<Integer>();
        for (var batch = outbox.prepare("a", 500);
                !batch.events().isEmpty();
                batch = outbox.prepare("a", 500)) {
            sizes.add(batch.events().size());
            outbox.published(batch.number());
        }

        assertThat(sizes).containsExactly(4, 3);
    }

    private static DeadLetter letter(int number, int size) {
        var event =
                new OutgoingEvent(
                        OutgoingEvent.Kind.DEAD_LETTER, null, Blob.of(new byte[size]), List.of());
        return new DeadLetter(DeadLetter.Reason.TOO_LARGE, "letter " + number, event);
    }

    @Test
    void an_event_that_is_set_aside_is_kept_whole_with_the_cause() {
        ledger.open(List.of(failing("r-1")));
        outbox.lead("a", Duration.ofSeconds(5));
        var event = outbox.prepare("a", 9).events().getFirst();

        outbox.setAside(event, "too large\0");

        assertThat(
                        TestPostgres.count(
                                """
                                outbox_aside
                                where kind = 'JOB_FAILED' and key = 'r-1'
                                    and value = '\\x00ff225c' and cause = 'too large\\u0000'
                                    and id = """
                                        + event.id()))
                .isOne();
    }
}
