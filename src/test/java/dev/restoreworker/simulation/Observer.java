package dev.restoreworker.simulation;

import dev.restoreworker.Ledger.Cancelled;
import dev.restoreworker.Ledger.Cancelling;
import dev.restoreworker.Ledger.Move;
import dev.restoreworker.Ledger.Opened;
import dev.restoreworker.Ledger.Opening;
import dev.restoreworker.core.Cancel;
import dev.restoreworker.core.Decision;
import dev.restoreworker.core.Decision.AttemptChange;
import dev.restoreworker.core.Ending;
import dev.restoreworker.core.LedgerEntry;
import dev.restoreworker.core.LedgerEntry.Stage;
import dev.restoreworker.core.Outcome;
import dev.restoreworker.core.Outcome.JobCreated;
import dev.restoreworker.core.Outcome.JobFailed;
import dev.restoreworker.core.Outcome.Reason;
import dev.restoreworker.core.RestoreRequest;
import dev.restoreworker.core.SubmitReply;
import dev.restoreworker.core.SubmitReply.NotNow;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Sees what the ledger is told and what it says, and which situations that makes. */
final class Observer {

    private final World world;

    Observer(World world) {
        this.world = world;
    }

    void onOpened(Opening opening, Opened opened) {
        world.note("opens %s from %s: %s", opening.requestId(), opening.origin(), word(opened));
        if (opened instanceof Opened.Fresh(var entry) && entry.line().repeats() == null) {
            world.promises().onOpened(entry.request());
        }
        switch (opened) {
            case Opened.Fresh(var entry) when entry.line().heldBy() != null ->
                    world.saw(Situation.HELD_BY_ITS_TARGET);
            case Opened.Fresh(var entry) when entry.stage() instanceof Stage.Submitting ->
                    intent(entry.request());
            case Opened.Fresh(var entry) when entry.queue() != null -> world.saw(Situation.QUEUED);
            case Opened.Settled(var outcome) -> {
                if (outcome.reason() == Reason.CANCELLED) {
                    world.saw(Situation.CANCELLED_WHEN_IT_CAME);
                }
                outcome(opening.requestId(), outcome);
            }
            case Opened.Duplicate(var same) ->
                    world.saw(same ? Situation.SAME_RECORD_AGAIN : Situation.DUPLICATE);
            case Opened.Conflict _ -> world.saw(Situation.CONFLICT);
            case Opened.Fresh _, Opened.Unstorable _ -> {}
        }
    }

    /** {@code met} is how far its request was; null if it is not live. */
    void onCancelled(Cancelling cancel, Cancelled cancelled, @Nullable Stage met) {
        world.note("cancels %s: %s, %s", cancel.requestId(), cancelled, String.valueOf(met));
        if (!(cancelled instanceof Cancelled.Noted(var isFirst, var effect)) || !isFirst) {
            return;
        }
        world.promises().onCancelled(cancel.requestId(), cancel.notCancellable());
        switch (met) {
            case null ->
                    world.saw(
                            effect == Cancel.Effect.TOO_LATE
                                    ? Situation.CANCELLED_TOO_LATE
                                    : Situation.CANCEL_CAME_FIRST);
            case Stage.Waiting _ -> world.saw(Situation.CANCEL_WHILE_WAITING);
            case Stage.Submitting _ -> world.saw(Situation.CANCEL_WHILE_SUBMITTING);
            case Stage.Followed _ -> world.saw(Situation.CANCEL_OF_AN_UNKNOWN_OUTCOME);
            case Stage.Tracked _, Stage.Settled _, Stage.Over _ -> {}
        }
    }

    void onMove(LedgerEntry from, Decision decision, Move move) {
        world.note("moves %s to %s: %s", World.told(from), decision, word(move));
        switch (move) {
            case Move.Moved _ -> moved(from, decision);
            case Move.Overtaken(var taken) when taken -> late(from, decision);
            case Move.Overtaken _ -> world.saw(Situation.MOVE_OVERTAKEN);
            case Move.NoRoom _ -> world.saw(Situation.NO_ROOM);
            case Move.JobTaken(var other) ->
                    throw new AssertionError(
                            "the job of %s was named for %s".formatted(other, from.request().id()));
        }
    }

    private void moved(LedgerEntry from, Decision decision) {
        var id = from.request().id();
        switch (decision.change()) {
            case AttemptChange.None _ -> {
                if (isKeptFromSending(from, decision.stage())) {
                    world.saw(Situation.KEPT_FROM_SENDING_BY_THE_LAST_LOOK);
                } else if (decision.stage() instanceof Stage.Waiting) {
                    world.tempt(from.request(), Duration.ZERO, Duration.ofSeconds(4));
                }
            }
            case AttemptChange.Begin _ -> {
                if (from.stage() instanceof Stage.Waiting(var waitsFor, _)
                        && waitsFor.isForRoom()
                        && from.queue() == null) {
                    world.saw(Situation.GRANTED);
                }
                intent(from.request());
            }
            case AttemptChange.Abandon(var number) -> {
                world.saw(Situation.ABANDONED);
                world.promises().intent(id, number).state = Intent.State.ABANDONED;
                world.tempt(from.request(), Duration.ofSeconds(13), Duration.ofMinutes(2));
            }
            case AttemptChange.Answer(var number, var reply) -> {
                answer(id, number, reply);
                if (reply instanceof NotNow && decision.stage() instanceof Stage.Submitting) {
                    world.saw(Situation.BUSY_LOOKED_INTO);
                }
            }
        }
        switch (decision.stage()) {
            case Stage.Settled(var outcome) -> {
                if (outcome instanceof JobFailed failed && failed.reason() == Reason.CANCELLED) {
                    world.saw(
                            from.attempts().isEmpty()
                                    ? Situation.CANCELLED_WHILE_IT_WAITED
                                    : Situation.CANCELLED_FOR_WANT_OF_A_JOB);
                }
                outcome(id, outcome);
            }
            case Stage.Followed _ when from.stage() instanceof Stage.Followed -> {}
            case Stage.Followed(var outcome, _) -> outcome(id, outcome);
            case Stage.Tracked _ when from.stage() instanceof Stage.Followed ->
                    world.saw(Situation.UNKNOWN_JOB_FOUND);
            case Stage.Tracked tracked when from.stage() instanceof Stage.Tracked -> {
                if (tracked.ending() != null) {
                    world.saw(Situation.DOWNLOAD_READY);
                } else if (tracked.absent() > 0) {
                    world.saw(Situation.JOB_NOT_LISTED);
                }
            }
            case Stage.Tracked tracked -> outcome(id, tracked.outcome());
            case Stage.Over(var outcome, var ending) -> {
                if (ending.kind() == Ending.Kind.CANCELLED) {
                    world.saw(Situation.JOB_CANCELLED);
                }
                world.saw(situation(outcome, ending));
            }
            case Stage.Waiting _, Stage.Submitting _ -> {}
        }
    }

    private static boolean isKeptFromSending(LedgerEntry from, Stage stage) {
        return from.stage() instanceof Stage.Waiting
                && (stage instanceof Stage.Submitting || stage instanceof Stage.Followed);
    }

    private void late(LedgerEntry from, Decision decision) {
        if (decision.change() instanceof AttemptChange.Answer(var number, var reply)) {
            var id = from.request().id();
            var isOver = world.promises().isOver(id);
            if (world.promises().intent(id, number).isUndecided()) {
                world.saw(isOver ? Situation.REPLY_AFTER_THE_END : Situation.LATE_REPLY_TAKEN);
            }
            answer(id, number, reply);
        }
    }

    private void answer(String id, int number, SubmitReply reply) {
        var intent = world.promises().intent(id, number);
        if (reply instanceof SubmitReply.Unknown) {
            if (intent.state == Intent.State.ABANDONED) {
                world.saw(Situation.CLOSED_AFTER_ABANDONED);
            }
            intent.end(Intent.State.CLOSED, world.now());
            world.tempt(intent.request, Duration.ofSeconds(12), Duration.ofMinutes(4));
        } else {
            intent.end(Intent.State.ANSWERED, world.now());
            world.promises().onAnswer(id, reply);
        }
    }

    private void intent(RestoreRequest request) {
        var before = world.promises().intents(request.id());
        if (before.stream().anyMatch(Intent::isUndecided)) {
            world.saw(Situation.SENT_AGAIN_AFTER_ABSENT);
        }
        if (world.profile().mayRestoreTwice()
                && before.stream().anyMatch(each -> each.state == Intent.State.ABANDONED)) {
            world.saw(Situation.SENT_AGAIN_AFTER_SILENCE);
        }
        world.promises().onIntent(request);
    }

    private void outcome(String id, Outcome outcome) {
        world.promises().onOver(id);
        switch (outcome) {
            case JobCreated(_, _, _, var adopted) ->
                    world.saw(adopted ? Situation.ADOPTED : Situation.CREATED);
            case JobFailed(var reason, var detail, _, var candidates) -> {
                world.saw(situation(reason, detail));
                if (reason == Reason.OUTCOME_UNKNOWN && !candidates.isEmpty()) {
                    world.saw(Situation.UNKNOWN_WITH_CANDIDATES);
                    world.atlas().jobs().stream()
                            .filter(job -> candidates.contains(job.listed().id()))
                            .filter(job -> job.by().equals(SimulatedAtlas.PERSON))
                            .forEach(_ -> world.saw(Situation.PERSONS_JOB_DOUBTED));
                }
            }
        }
    }

    private static Situation situation(Outcome outcome, Ending ending) {
        if (outcome instanceof JobCreated) {
            return ending.kind() == Ending.Kind.LOST ? Situation.JOB_LOST : Situation.JOB_OVER;
        }
        return switch (ending.kind()) {
            case NOT_FOUND -> Situation.UNKNOWN_PROVEN_TO_BE_NONE;
            case LOST -> Situation.UNKNOWN_LOST;
            case COMPLETED, READY, FAILED, CANCELLED, EXPIRED -> Situation.UNKNOWN_JOB_OVER;
        };
    }

    private static Situation situation(Reason reason, String detail) {
        return switch (reason) {
            case OUTCOME_UNKNOWN -> Situation.OUTCOME_UNKNOWN;
            case CANCELLED -> Situation.CANCELLED;
            case INVALID_REQUEST -> Situation.INVALID;
            case TARGET_NOT_ALLOWED -> Situation.NOT_ALLOWED;
            case REPEATED -> Situation.REPEATED;
            default ->
                    detail.contains("gave up after") ? Situation.PATIENCE_ENDED : Situation.REFUSED;
        };
    }

    private static String word(Object result) {
        return result.getClass().getSimpleName()
                + (result instanceof Move.Overtaken(var taken) && taken ? ", answer taken" : "");
    }
}
