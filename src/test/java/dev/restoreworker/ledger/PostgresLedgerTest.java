package dev.restoreworker.ledger;

import dev.restoreworker.Ledger;
import dev.restoreworker.LedgerContract;
import dev.restoreworker.LedgerFixture;
import dev.restoreworker.Outbox;
import dev.restoreworker.SettableClock;
import org.junit.jupiter.api.AfterEach;

class PostgresLedgerTest extends LedgerContract {

    private final SettableClock clock = TestPostgres.reset();
    private final Transactions transactions = new Transactions(TestPostgres.POOL);
    private final OutboxSignal signal = new OutboxSignal();
    private final PostgresLedger ledger =
            new PostgresLedger(
                    transactions, signal, TestPostgres.witness(), LedgerFixture.NO_QUOTA);
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

    @Override
    protected void endSessions() {
        TestPostgres.endWitnesses();
    }
}
