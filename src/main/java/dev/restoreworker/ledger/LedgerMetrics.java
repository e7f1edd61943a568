package dev.restoreworker.ledger;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;

/** What the ledger costs, and how well moves are gathered. */
@Singleton
class LedgerMetrics implements MeterBinder {

    private final Transactions transactions;
    private final MoveWriter writer;

    @Inject
    LedgerMetrics(Transactions transactions, PostgresLedger ledger) {
        this.transactions = transactions;
        this.writer = ledger.writer();
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        FunctionCounter.builder("restore.ledger.commits", transactions, Transactions::commits)
                .description("Writing transactions that were committed, empty claims included")
                .register(registry);
        FunctionCounter.builder("restore.ledger.batches", writer, MoveWriter::batches)
                .description("Batches of moves that were committed")
                .register(registry);
        FunctionCounter.builder("restore.ledger.moves", writer, MoveWriter::moves)
                .description("Moves that were committed, each with others in its batch")
                .register(registry);
        Gauge.builder("restore.ledger.moves.waiting", writer, MoveWriter::waiting)
                .description("Moves that wait for the next batch")
                .register(registry);
    }
}
