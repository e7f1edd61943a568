package dev.restoreworker.ledger;

import static java.lang.System.Logger.Level.DEBUG;

import dev.restoreworker.DeadLetter;
import dev.restoreworker.Ledger;
import dev.restoreworker.OutgoingEvent;
import dev.restoreworker.core.Attempt.State;
import dev.restoreworker.core.Cancel;
import dev.restoreworker.core.Decision;
import dev.restoreworker.core.Decision.AttemptChange;
import dev.restoreworker.core.JobMatcher.Rivals;
import dev.restoreworker.core.LedgerEntry;
import dev.restoreworker.core.ListedJob;
import dev.restoreworker.core.Quota;
import dev.restoreworker.core.SourceCluster;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The ledger on PostgreSQL. Nothing of it is kept in memory but the moves that wait for the next
 * commit.
 */
@Singleton
class PostgresLedger implements Ledger {

    private static final System.Logger LOG = System.getLogger(PostgresLedger.class.getName());

    private final Transactions transactions;
    private final OutboxSignal signal;
    private final SessionWitness witness;
    private final Quota quota;
    private final MoveWriter writer;

    /** Process and host: for people who ask who sent an attempt. */
    private final String worker = ManagementFactory.getRuntimeMXBean().getName();

    @Inject
    PostgresLedger(
            Transactions transactions, OutboxSignal signal, SessionWitness witness, Quota quota) {
        this.transactions = transactions;
        this.signal = signal;
        this.witness = witness;
        this.quota = quota;
        this.writer = new MoveWriter(transactions, signal, worker, witness, quota);
        witness.start(); // before anything is written down that is to name its session
        writer.start();
    }

    /** A ledger whose attempts name no session. */
    PostgresLedger(Transactions transactions, OutboxSignal signal, Quota quota) {
        this(transactions, signal, SessionWitness.none(), quota);
    }

    @PreDestroy
    void close() throws InterruptedException {
        writer.close();
        witness.close(); // when all is written down that this worker knows
    }

    @Override
    public Instant time() {
        try {
            return transactions.read(PostgresLedger::time);
        } catch (SQLException e) {
            throw Transactions.failure("to ask what time it is", e);
        }
    }

    private static Instant time(Connection connection) throws SQLException {
        try (var select = connection.prepareStatement("select ledger_now() as now")) {
            var row = select.executeQuery();
            row.next();
            return Entries.instant(row, "now");
        }
    }

    @Override
    public List<Opened> open(List<Opening> openings) {
        if (openings.isEmpty()) {
            return List.of();
        }
        try {
            return openTogether(openings);
        } catch (SQLException e) {
            if (!Transactions.isRefusal(e)) {
                throw Transactions.failure("to open requests", e);
            }
            var opened = new ArrayList<Opened>();
            openings.forEach(opening -> opened.add(openAlone(opening)));
            return opened;
        }
    }

    private Opened openAlone(Opening opening) {
        try {
            return openTogether(List.of(opening)).getFirst();
        } catch (SQLException e) {
            if (Transactions.isRefusal(e)) {
                return new Opened.Unstorable(Transactions.cause(e));
            }
            throw Transactions.failure("to open request " + opening.requestId(), e);
        }
    }

    private List<Opened> openTogether(List<Opening> openings) throws SQLException {
        var intents =
                Intents.of(
                        worker,
                        witness,
                        openings.stream()
                                .filter(opening -> opening.start() instanceof Start.Submit)
                                .map(Opening::requestId)
                                .toList());
        var opened = openAnew(openings, intents);
        if (opened.stream().anyMatch(Opened.Settled.class::isInstance)) {
            signal.raise();
        }
        return opened;
    }

    /** Each time it is done anew one more of the ids is known for good. */
    private List<Opened> openAnew(List<Opening> openings, Intents intents) throws SQLException {
        while (true) {
            try {
                return intents.write(
                        transactions, c -> new Openings(c, intents, quota).open(openings));
            } catch (Openings.LineChangedException _) {
                LOG.log(DEBUG, "an id was just taken by another batch: all is looked at anew");
            }
        }
    }

    @Override
    public List<Cancelled> cancel(List<Cancelling> cancels) {
        if (cancels.isEmpty()) {
            return List.of();
        }
        try {
            return cancelTogether(cancels);
        } catch (SQLException e) {
            if (!Transactions.isRefusal(e)) {
                throw Transactions.failure("to cancel requests", e);
            }
            return cancels.stream().map(this::cancelAlone).toList();
        }
    }

    private Cancelled cancelAlone(Cancelling cancel) {
        try {
            return cancelTogether(List.of(cancel)).getFirst();
        } catch (SQLException e) {
            if (Transactions.isRefusal(e)) {
                return new Cancelled.Unstorable(Transactions.cause(e));
            }
            throw Transactions.failure("to cancel request " + cancel.requestId(), e);
        }
    }

    private List<Cancelled> cancelTogether(List<Cancelling> cancels) throws SQLException {
        var cancelled = transactions.write(c -> Cancellations.write(c, cancels));
        if (cancelled.stream().anyMatch(PostgresLedger::tellsOfIt)) {
            signal.raise();
        }
        return cancelled;
    }

    private static boolean tellsOfIt(Cancelled cancelled) {
        return cancelled instanceof Cancelled.Noted(_, var effect)
                && effect == Cancel.Effect.NOT_CANCELLABLE;
    }

    @Override
    public List<LedgerEntry> claim(int max, Duration hold) {
        if (max <= 0) {
            return List.of();
        }
        try {
            return transactions.write(c -> Claims.claim(c, max, hold));
        } catch (SQLException e) {
            throw Transactions.failure("to claim what is due", e);
        }
    }

    /** {@inheritDoc} An interrupt does not end the wait; see {@link MoveWriter#write}. */
    @Override
    public Move move(LedgerEntry from, Decision decision, List<OutgoingEvent> events) {
        if (decision.change() instanceof AttemptChange.Abandon(var number)
                && !(from.attempt(number).state() instanceof State.Open)) {
            throw new IllegalArgumentException("only an open attempt can be abandoned: " + from);
        }
        return writer.write(new Wish(from, decision, events));
    }

    @Override
    public List<Watch> claimWatches(int max, Duration hold) {
        if (max <= 0) {
            return List.of();
        }
        try {
            var claimed = transactions.write(c -> Watches.claim(c, max, hold));
            return claimed.isEmpty()
                    ? claimed
                    : transactions.read(c -> Watches.withTracked(c, claimed));
        } catch (SQLException e) {
            throw Transactions.failure("to claim the clusters whose jobs are to be listed", e);
        }
    }

    @Override
    public void rest(Watch watch, Duration dueIn) {
        try {
            transactions.write(
                    connection -> {
                        Watches.rest(connection, watch, dueIn);
                        return watch;
                    });
        } catch (SQLException e) {
            throw Transactions.failure("to put off the list of " + watch.cluster(), e);
        }
    }

    @Override
    public void sight(SourceCluster cluster, List<ListedJob> downloads) {
        try {
            transactions.write(
                    connection -> {
                        Foreigners.keep(connection, cluster, downloads, quota);
                        return cluster;
                    });
        } catch (SQLException e) {
            throw Transactions.failure("to keep who downloads from " + cluster, e);
        }
    }

    @Override
    public Rivals rivals(LedgerEntry entry, List<String> jobIds) {
        try {
            return transactions.read(connection -> RivalRows.read(connection, entry, jobIds));
        } catch (SQLException e) {
            throw Transactions.failure(
                    "to read what speaks against the jobs of " + entry.request().id(), e);
        }
    }

    @Override
    public Ledger.ProjectSlots slots(String projectId, int max) {
        try {
            return transactions.read(c -> SlotList.read(c, projectId, max, quota));
        } catch (SQLException e) {
            throw Transactions.failure("to read the slots of project " + projectId, e);
        }
    }

    @Override
    public Optional<History> find(String requestId) {
        try {
            return transactions.read(c -> Histories.find(c, requestId));
        } catch (SQLException e) {
            throw Transactions.failure("to find request " + requestId, e);
        }
    }

    @Override
    public void bury(List<DeadLetter> letters) {
        if (letters.isEmpty()) {
            return;
        }
        try {
            if (transactions.write(connection -> DeadLetters.bury(connection, letters)) > 0) {
                signal.raise();
            }
        } catch (SQLException e) {
            throw Transactions.failure("to bury dead letters", e);
        }
    }

    @Override
    public int tidy(Duration retention, int max) {
        try {
            transactions.write(Lines::rouse);
            rouseDownloads();
            return transactions.write(c -> Purge.purge(c, retention, max));
        } catch (SQLException e) {
            throw Transactions.failure("to purge what is over for long", e);
        }
    }

    /** A limit may have been raised, and an older version gives away less. */
    private void rouseDownloads() throws SQLException {
        transactions.write(
                connection -> {
                    var projects = Slots.waitedFor(connection);
                    Locks.SLOTS.take(connection, projects);
                    Slots.grant(
                            connection,
                            projects.stream().collect(Collectors.toMap(each -> each, _ -> 0)),
                            quota);
                    return projects;
                });
    }

    MoveWriter writer() {
        return writer;
    }
}
