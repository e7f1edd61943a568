package dev.restoreworker;

import dev.restoreworker.core.Quota;

class InMemorySlotTest extends SlotContract {

    private final SettableClock clock = new SettableClock(LedgerFixture.NOON);
    private final InMemoryLedger ledger = new InMemoryLedger(clock, QUOTA);

    @Override
    protected Ledger ledger() {
        return ledger;
    }

    @Override
    protected Ledger ledger(Quota quota) {
        return ledger.with(quota);
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
