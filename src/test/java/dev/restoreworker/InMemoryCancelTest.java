package dev.restoreworker;

class InMemoryCancelTest extends CancelContract {

    private final SettableClock clock = new SettableClock(LedgerFixture.NOON);
    private final InMemoryLedger ledger = new InMemoryLedger(clock, LedgerFixture.quota(1, 1));

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
}
