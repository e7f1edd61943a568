package dev.restoreworker;

class InMemoryLedgerTest extends LedgerContract {

    private final SettableClock clock = new SettableClock(LedgerFixture.NOON);
    private final InMemoryLedger ledger = new InMemoryLedger(clock);

    @Override
    protected Ledger ledger() {
        return ledger;
    }

    @Override
    protected Outbox outbox() {
        return ledger.outbox();
    }

    @Override
    protected SettableClock clock() {
        return clock;
    }

    @Override
    protected void endSessions() {
        ledger.endSessions();
    }
}
