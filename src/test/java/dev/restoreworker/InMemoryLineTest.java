package dev.restoreworker;

class InMemoryLineTest extends LineContract {

    private final SettableClock clock = new SettableClock(LedgerFixture.NOON);
    private final InMemoryLedger ledger = new InMemoryLedger(clock);

    @Override
    protected Ledger ledger() {
        return ledger;
    }

    @Override
    protected SettableClock clock() {
        return clock;
    }
}
