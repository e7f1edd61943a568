package dev.restoreworker;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import dev.restoreworker.AtlasBackups.LastCheck;
import dev.restoreworker.AtlasBackups.Listing;
import dev.restoreworker.AtlasBackups.Proof;
import dev.restoreworker.AtlasBackups.Readiness;
import dev.restoreworker.Ledger.Cancelled;
import dev.restoreworker.Ledger.Cancelling;
import dev.restoreworker.Ledger.Move;
import dev.restoreworker.Ledger.Opened;
import dev.restoreworker.Ledger.Opening;
import dev.restoreworker.Ledger.Start;
import dev.restoreworker.Sending.Turn;
import dev.restoreworker.core.Decision;
import dev.restoreworker.core.Decision.AttemptChange;
import dev.restoreworker.core.JobMatcher;
import dev.restoreworker.core.JobMatcher.Findings;
import dev.restoreworker.core.LedgerEntry;
import dev.restoreworker.core.LedgerEntry.Stage;
import dev.restoreworker.core.Lifecycle;
import dev.restoreworker.core.Lifecycle.Look;
import dev.restoreworker.core.Lifecycle.Step;
import dev.restoreworker.core.ListedJob;
import dev.restoreworker.core.SubmitReply;
import dev.restoreworker.core.SubmitReply.Unknown;
import dev.restoreworker.core.TargetPolicy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Carries a request from its arrival to its outcome.
 *
 * <p>{@link #receive} puts requests on record, {@link #advanceDue} takes up what is due. Every
 * decision is {@link Lifecycle}'s; this class only does what was decided and writes down what came
 * of it. What it keeps in memory is under way and no more, so it may be stopped anywhere, and any
 * number of workers may share one ledger.
 */
@Singleton
public class RestoreWorker {

    private static final System.Logger LOG = System.getLogger(RestoreWorker.class.getName());

    private final Ledger ledger;
    private final AtlasBackups atlas;
    private final Moves moves;
    private final Intake intake;
    private final Lifecycle lifecycle;
    private final JobMatcher matcher;
    private final TargetPolicy targets;
    private final Sending sending;
    private final Insistence insistence;
    private final ExecutorService threads;
    private final SecondJobs secondJobs;

    @Inject
    public RestoreWorker(
            Ledger ledger,
            AtlasBackups atlas,
            EventWriter events,
            Lifecycle lifecycle,
            JobMatcher matcher,
            TargetPolicy targets,
            Sending sending,
            Insistence insistence) {
        this(
                ledger,
                atlas,
                events,
                lifecycle,
                matcher,
                targets,
                sending,
                insistence,
                Executors.newVirtualThreadPerTaskExecutor());
    }

    /** {@code threads} run one step of one request each, and are the worker's to end. */
    RestoreWorker(
            Ledger ledger,
            AtlasBackups atlas,
            EventWriter events,
            Lifecycle lifecycle,
            JobMatcher matcher,
            TargetPolicy targets,
            Sending sending,
            Insistence insistence,
            ExecutorService threads) {
        this.ledger = ledger;
        this.atlas = atlas;
        this.moves = new Moves(ledger, events);
        this.intake = new Intake(atlas, events, lifecycle, targets);
        this.lifecycle = lifecycle;
        this.matcher = matcher;
        this.targets = targets;
        this.sending = sending;
        this.insistence = insistence;
        this.threads = threads;
        this.secondJobs = new SecondJobs(ledger, atlas, lifecycle.policy(), insistence);
    }

    /**
     * Takes requests in. When this returns all of them are on record, as entries or as dead
     * letters, and their records can be forgotten. When it throws, all of them may be given again.
     *
     * <p>What can be sent at once is opened as submitting, and is on its way when this returns.
     */
    public void receive(List<ReceivedRecord> incoming) {
        var budget = sending.budget();
        var turns = new ArrayDeque<>(sending.takeTurns(sending.mayNotSend() ? 0 : incoming.size()));
        var letters = new ArrayList<DeadLetter>();
        try {
            var taken = new ArrayList<ReceivedRecord>();
            var openings = openings(incoming, turns.size(), taken, letters);
            var opened = ledger.open(openings);
            for (var i = 0; i < taken.size(); i++) {
                switch (opened.get(i)) {
                    case Opened.Fresh(var entry) when entry.stage() instanceof Stage.Submitting ->
                            send(entry, budget, turns.remove());
                    case Opened.Conflict(var first) ->
                            letters.add(
                                    taken.get(i)
                                            .letter(
                                                    DeadLetter.Reason.REQUEST_CONFLICT,
                                                    "the record at %s claimed this id with other content"
                                                            .formatted(first)));
                    case Opened.Unstorable(var cause) ->
                            letters.add(taken.get(i).letter(DeadLetter.Reason.UNSTORABLE, cause));
                    case Opened.Fresh _, Opened.Settled _, Opened.Duplicate _ ->
                            Told.opened(openings.get(i), opened.get(i));
                }
            }
            bury(letters);
        } finally {
            turns.forEach(Turn::close);
        }
    }

    /**
     * Has requests cancelled: what was not sent is not sent any more, and a download that runs is
     * cancelled at Atlas. When this returns all of it is on record, as with {@link #receive}. Of
     * records that came together, those that cancel are to be given first: then none of the others
     * is sent for nothing.
     */
    public void cancel(List<ReceivedCancel> incoming) {
        var cancels = incoming.stream().map(RestoreWorker::cancelling).toList();
        var cancelled = ledger.cancel(cancels);
        var letters = new ArrayList<DeadLetter>();
        for (var i = 0; i < incoming.size(); i++) {
            switch (cancelled.get(i)) {
                case Cancelled.Noted noted -> Told.cancelled(incoming.get(i), noted);
                case Cancelled.Unstorable(var cause) ->
                        letters.add(incoming.get(i).letter(DeadLetter.Reason.UNSTORABLE, cause));
            }
        }
        bury(letters);
    }

    private void bury(List<DeadLetter> letters) {
        if (!letters.isEmpty()) {
            ledger.bury(letters);
        }
    }

    private static Cancelling cancelling(ReceivedCancel one) {
        return new Cancelling(
                one.requestId(),
                one.requestedBy(),
                one.reason(),
                one.origin(),
                one.letter(
                        DeadLetter.Reason.NOT_CANCELLABLE,
                        "request %s has a job that restores into a cluster, and Atlas cannot cancel such a job"
                                .formatted(one.requestId())));
    }

    /**
     * What is to be opened, and for which records. One that the worker itself fails on is a dead
     * letter: it would fail again, and must not keep the others waiting.
     */
    private List<Opening> openings(
            List<ReceivedRecord> incoming,
            int room,
            List<ReceivedRecord> taken,
            List<DeadLetter> letters) {
        var openings = new ArrayList<Opening>();
        var now = ledger.time();
        var left = room;
        for (var one : incoming) {
            try {
                var opening = intake.opening(one, now, left > 0);
                left -= opening.start() instanceof Start.Submit ? 1 : 0;
                openings.add(opening);
                taken.add(one);
            } catch (RuntimeException e) {
                LOG.log(ERROR, "ALARM: the worker fails on request " + one.requestId(), e);
                letters.add(
                        one.letter(
                                DeadLetter.Reason.UNSTORABLE,
                                "the worker itself fails on it: " + e.getClass().getSimpleName()));
            }
        }
        return openings;
    }

    /**
     * Takes up to {@code max} requests that are due, each as far as it will go now and on a thread
     * of its own. Returns how many were taken, having waited at most {@code atMost} for room.
     */
    public int advanceDue(int max, Duration atMost) throws InterruptedException {
        var turns = new ArrayDeque<>(sending.awaitTurns(max, atMost));
        try {
            var claimed =
                    turns.isEmpty()
                            ? List.<LedgerEntry>of()
                            : ledger.claim(turns.size(), lifecycle.policy().lease());
            for (var entry : claimed) {
                var turn = turns.remove();
                onOwnThread(entry, turn, () -> advance(entry, turn));
            }
            return claimed.size();
        } finally {
            turns.forEach(Turn::close);
        }
    }

    /** Takes one claimed request as far as it will go now. */
    private void advance(LedgerEntry entry, Turn turn) {
        switch (lifecycle.next(entry)) {
            case Step.Submit() -> submit(entry, turn);
            // A job that another request got meanwhile is ruled out by the next look.
            case Step.Look() -> move(entry, lifecycle.afterLook(entry, look(entry)));
            case Step.Move(var decision) -> {
                switch (move(entry, decision)) {
                    case Move.Moved _ -> {
                        turn.close();
                        secondJobs.afterMove(entry, decision);
                    }
                    case Move.JobTaken(var other) ->
                            jobTaken(entry, other, new AttemptChange.None());
                    case Move.Overtaken _, Move.NoRoom _ -> {}
                }
            }
            case Step.Rest() -> Told.of(DEBUG, entry, "nothing to do yet");
        }
    }

    /**
     * Looks at Atlas' list. What speaks for others is read after it, so that none is missed. No
     * permit is held meanwhile: one list serves all who wait for it.
     */
    private Look look(LedgerEntry entry) {
        // What is absent must not be so for the order in which Atlas lists.
        return switch (atlas.jobs(entry.request().source(), Instant.MIN)) {
            case Listing.Unseen(var why) -> new Look.Blind(why);
            case Listing.Listed(var jobs) -> {
                var rivals = ledger.rivals(entry, jobs.stream().map(ListedJob::id).toList());
                yield seen(entry, matcher.match(entry, jobs, rivals));
            }
        };
    }

    /** Whether the list is that of the source matters only if nothing was found in it. */
    private Look seen(LedgerEntry entry, Findings findings) {
        if (!findings.nothing()) {
            return new Look.Seen(findings, false);
        }
        return switch (sending.underPermit(() -> atlas.proveSource(entry.request()))) {
            case Proof.Known(var proven) -> new Look.Seen(findings, proven);
            case Proof.Unseen(var why) -> new Look.Blind(why);
        };
    }

    private void submit(LedgerEntry waiting, Turn turn) {
        var objection = sending.objection();
        if (objection.isPresent()) {
            move(waiting, lifecycle.afterNotSent(waiting, objection.get()));
            return;
        }
        // The list may have changed since the request came.
        var notAllowed = targets.objection(waiting.request().delivery());
        if (notAllowed.isPresent()) {
            move(waiting, lifecycle.afterNotAllowed(waiting, notAllowed.get()));
            return;
        }
        switch (atlas.prepare(waiting.request())) {
            case Readiness.Unready(var why) -> move(waiting, lifecycle.afterNotSent(waiting, why));
            case Readiness.Ready(var notBefore) -> begin(waiting, notBefore, turn);
        }
    }

    private void begin(LedgerEntry waiting, Instant notBefore, Turn turn) {
        var budget = sending.budget();
        var decision =
                lifecycle.looksBeforeSending(waiting)
                        // The budget runs from before the look: what it saw must be fresh.
                        ? lifecycle
                                .afterLookBeforeSending(waiting, look(waiting))
                                .or(
                                        () ->
                                                budget.objection()
                                                        .map(
                                                                why ->
                                                                        lifecycle.afterNotSent(
                                                                                waiting, why)))
                        : Optional.<Decision>empty();
        if (decision.isPresent()) {
            move(waiting, decision.get());
            return;
        }
        // The look took its time, and has shown what Atlas' clock says now.
        var latest = atlas.ready(waiting.request().projectId()).orElse(notBefore);
        // The intent is durable when this returns: only then may a byte go out.
        switch (move(waiting, lifecycle.begin(latest))) {
            case Move.Moved(var submitting) -> exchange(submitting, budget, turn);
            case Move.NoRoom(var waitsFor) ->
                    move(waiting, lifecycle.afterNoRoom(waiting, waitsFor));
            case Move.Overtaken _, Move.JobTaken _ -> {}
        }
    }

    private void send(LedgerEntry submitting, LastCheck budget, Turn turn) {
        onOwnThread(submitting, turn, () -> exchange(submitting, budget, turn));
    }

    /** Sends what is submitting, and writes down what came of it for as long as it takes. */
    private void exchange(LedgerEntry submitting, LastCheck budget, Turn turn) {
        var attempt = submitting.lastAttempt().number();
        var reply = sending.underPermit(() -> atlas.submit(submitting.request(), budget));
        turn.close();
        var decision = lifecycle.afterSubmit(submitting, attempt, reply);
        switch (writeDown(submitting, decision)) {
            case Move.Moved _, Move.NoRoom _ -> {}
            case Move.Overtaken(var answerTaken) when answerTaken -> cameLate(submitting, reply);
            // It was closed for a lost session meanwhile, or has an answer: this one adds nothing.
            case Move.Overtaken _ when reply instanceof Unknown ->
                    Told.of(WARNING, submitting, "the end of its exchange came late: " + reply);
            case Move.Overtaken _ ->
                    Told.of(
                            ERROR,
                            submitting,
                            "ALARM: attempt "
                                    + attempt
                                    + " has another answer already, and this one is "
                                    + reply);
            case Move.JobTaken(var other) ->
                    jobTaken(
                            submitting,
                            other,
                            new AttemptChange.Answer(attempt, new Unknown(reply.toString())));
        }
    }

    /** Whoever looks next decides with it; after the end there is nobody, but an alarm. */
    private void cameLate(LedgerEntry submitting, SubmitReply reply) {
        Told.of(WARNING, submitting, "the answer " + reply.word() + " came late and was kept");
        secondJobs.afterLateReply(submitting, reply);
    }

    /** Atlas named a job that is another request's: nobody may believe it. */
    private void jobTaken(LedgerEntry entry, String other, AttemptChange change) {
        Told.of(ERROR, entry, "ALARM: Atlas answered with the job of request " + other);
        writeDown(entry, lifecycle.afterJobTaken(entry, other, change));
    }

    /** For what must not be lost, however long the ledger is away. */
    private Move writeDown(LedgerEntry from, Decision decision) {
        return insistence.until(
                "Writing down the answer to " + from.request().id(), () -> move(from, decision));
    }

    private Move move(LedgerEntry from, Decision decision) {
        return moves.move(from, decision);
    }

    private void onOwnThread(LedgerEntry entry, Turn turn, Runnable step) {
        Runnable guarded =
                () -> {
                    try (turn) {
                        step.run();
                    } catch (RuntimeException e) {
                        LOG.log(
                                WARNING,
                                "requestId="
                                        + entry.request().id()
                                        + " is left until it is due again",
                                e);
                    }
                };
        try {
            threads.execute(guarded);
        } catch (RejectedExecutionException _) {
            guarded.run(); // going down: the last check objects, and the intent is given back
        }
    }

    /**
     * Ends the work in order: nothing is sent any more, intents that were not sent are given back,
     * and calls that are out are waited for, at most so long, and written down. True if nothing was
     * left under way.
     */
    public boolean stop(Duration atMost) throws InterruptedException {
        sending.stop();
        threads.shutdown();
        var ended = threads.awaitTermination(atMost.toMillis(), TimeUnit.MILLISECONDS);
        insistence.stop();
        return ended;
    }
}
