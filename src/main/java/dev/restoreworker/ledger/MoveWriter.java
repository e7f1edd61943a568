package dev.restoreworker.ledger;

import static java.util.Objects.requireNonNull;

import dev.restoreworker.Company;
import dev.restoreworker.Ledger.Move;
import dev.restoreworker.LedgerUnavailableException;
import dev.restoreworker.core.Quota;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Writes all that gathered while the last commit ran in one transaction. So a move costs a small
 * part of a transaction when there are many, for which it waits a few milliseconds then, and does
 * not wait for company when there are few.
 *
 * <p>One thread writes. Whoever asks for a move is always answered: the time of each statement is
 * limited, and what goes wrong with a batch is thrown to all that were in it.
 */
final class MoveWriter {

    /** Keeps one statement well under its time limit, whatever has gathered. */
    private static final int BATCH_MAX = 500;

    /** A crowd gathers beside the time of a commit, for less than a call to Atlas takes. */
    private static final Company COMPANY = new Company(BATCH_MAX, Duration.ofMillis(10));

    private final Transactions transactions;
    private final OutboxSignal signal;
    private final String worker;
    private final SessionWitness witness;
    private final Quota quota;
    private final Thread thread;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private Deque<Asked> gathered = new ArrayDeque<>();
    private boolean closed;

    private final LongAdder batches = new LongAdder();
    private final LongAdder moves = new LongAdder();

    /** A wish, and where its answer goes. */
    private record Asked(Wish wish, CompletableFuture<Move> answer) {}

    MoveWriter(
            Transactions transactions,
            OutboxSignal signal,
            String worker,
            SessionWitness witness,
            Quota quota) {
        this.transactions = transactions;
        this.signal = signal;
        this.worker = worker;
        this.witness = witness;
        this.quota = quota;
        // A thread of the system's: it must get its turn however many virtual ones are busy.
        this.thread = Thread.ofPlatform().name("ledger-moves").daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /**
     * Blocks until the move is durable, or is known to have failed. An interrupt does not end the
     * wait, since nobody could then say what became of the move; it is kept for the caller.
     */
    Move write(Wish wish) {
        var asked = new Asked(wish, new CompletableFuture<>());
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException(
                        "The ledger is closed: nothing is written any more");
            }
            gathered.add(asked);
            changed.signal();
        } finally {
            lock.unlock();
        }
        try {
            return asked.answer.join();
        } catch (CompletionException e) {
            throw failure(wish, requireNonNull(e.getCause()));
        }
    }

    private static RuntimeException failure(Wish wish, Throwable cause) {
        var what = "to move request " + wish.requestId();
        return cause instanceof SQLException e
                ? Transactions.failure(what, e)
                : new LedgerUnavailableException("The ledger failed " + what, cause);
    }

    /** Writes what has gathered, and nothing after that. */
    void close() throws InterruptedException {
        lock.lock();
        try {
            closed = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
        thread.join();
    }

    private void run() {
        for (var batch = next(); !batch.isEmpty(); batch = next()) {
            write(batch);
            LockSupport.parkNanos(COMPANY.after(batch.size()).toNanos());
        }
    }

    /** Waits for moves, and takes as many as go into one batch; none once closed. */
    private List<Asked> next() {
        lock.lock();
        try {
            while (gathered.isEmpty() && !closed) {
                changed.awaitUninterruptibly();
            }
            var batch = new ArrayList<Asked>();
            var requests = new HashSet<String>();
            var later = new ArrayDeque<Asked>();
            for (var asked : gathered) {
                // One statement changes a row once: a second move of a request is for the next.
                var fits = batch.size() < BATCH_MAX && requests.add(asked.wish.requestId());
                (fits ? batch : later).add(asked);
            }
            gathered = later;
            return batch;
        } finally {
            lock.unlock();
        }
    }

    private void write(List<Asked> batch) {
        try {
            commit(batch);
        } catch (SQLException e) {
            if (Transactions.isRefusal(e)) {
                batch.forEach(this::writeAlone);
            } else {
                fail(batch, e);
            }
        } catch (Throwable e) { // whatever it is: those who wait must be told, and the next served
            fail(batch, e);
        }
    }

    /** So that what one is refused for does not stop the others. */
    private void writeAlone(Asked asked) {
        try {
            commit(List.of(asked));
        } catch (SQLException e) {
            if (Transactions.isTaken(e)) {
                answerJobTaken(asked, e);
            } else {
                fail(List.of(asked), e);
            }
        } catch (Throwable e) { // as above
            fail(List.of(asked), e);
        }
    }

    private void answerJobTaken(Asked asked, SQLException refusal) {
        try {
            var owner = transactions.read(c -> MoveStatement.jobOwner(c, asked.wish));
            owner.ifPresentOrElse(
                    requestId -> asked.answer.complete(new Move.JobTaken(requestId)),
                    () -> fail(List.of(asked), refusal));
        } catch (Throwable e) { // as above
            fail(List.of(asked), e);
        }
    }

    private void commit(List<Asked> batch) throws SQLException {
        var wishes = batch.stream().map(Asked::wish).toList();
        var intents =
                Intents.of(
                        worker,
                        witness,
                        wishes.stream().filter(Wish::begins).map(Wish::requestId).toList());
        var written =
                intents.write(
                        transactions,
                        connection -> new MoveStatement(connection, intents, quota).write(wishes));
        batches.increment();
        moves.add(batch.size());
        for (var i = 0; i < batch.size(); i++) {
            batch.get(i).answer.complete(written.get(i));
        }
        if (wishes.stream().anyMatch(wish -> !wish.events().isEmpty())) {
            signal.raise();
        }
    }

    private static void fail(List<Asked> batch, Throwable cause) {
        batch.forEach(asked -> asked.answer.completeExceptionally(cause));
    }

    /** How many batches were committed. */
    long batches() {
        return batches.sum();
    }

    /** How many moves there were in them. */
    long moves() {
        return moves.sum();
    }

    /** How many moves wait for the next batch. */
    int waiting() {
        lock.lock();
        try {
            return gathered.size();
        } finally {
            lock.unlock();
        }
    }
}
