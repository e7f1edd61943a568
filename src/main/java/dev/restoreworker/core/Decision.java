package dev.restoreworker.core;

import dev.restoreworker.core.LedgerEntry.Stage;
import java.time.Duration;
import java.time.Instant;

/**
 * What an entry becomes by one move: its next stage, after how long it is due again (counted by the
 * ledger's clock from the move; meaningless once settled), and what is learned about an attempt.
 */
public record Decision(Stage stage, Duration dueIn, AttemptChange change) {

    /** True if the request has to wait for more than its turn. */
    public boolean defers() {
        return stage instanceof Stage.Waiting(var waitsFor, _) && waitsFor != WaitsFor.TURN;
    }

    /**
     * True if a download that waits for room gives up its slot. It keeps it while an attempt of its
     * may yet turn out to have made a job: {@code from} is what the decision is about.
     */
    public boolean givesUpSlot(LedgerEntry from) {
        return stage instanceof Stage.Waiting(var waitsFor, _)
                && waitsFor.isForRoom()
                && from.attemptsAfter(change).stream().noneMatch(Attempt::undecided);
    }

    /** True if Atlas itself says that there is no room for a download. */
    public boolean isRefusedRoom(LedgerEntry from) {
        return from.isDownload() && change instanceof AttemptChange.Answer && givesUpSlot(from);
    }

    /**
     * True if others may find room after it: a download ends, or gives its slot up, or had to wait
     * and asks Atlas for room no more.
     */
    public boolean mayLeaveRoom(LedgerEntry from) {
        return from.isDownload()
                && switch (stage) {
                    case Stage.Settled _, Stage.Over _ -> true;
                    case Stage.Tracked _, Stage.Followed _ -> from.deferred() && !hasOutcome(from);
                    case Stage.Waiting _ -> givesUpSlot(from);
                    case Stage.Submitting _ -> false;
                };
    }

    /**
     * True if it shows that Atlas has room for a download: a job is over, or was made for one that
     * had to wait.
     */
    public boolean showsRoom(LedgerEntry from) {
        return from.isDownload()
                && switch (stage) {
                    case Stage.Over(_, var ending) -> ending.jobId() != null;
                    case Stage.Tracked _ -> from.deferred() && !hasOutcome(from);
                    case Stage.Settled _, Stage.Followed _, Stage.Waiting _, Stage.Submitting _ ->
                            false;
                };
    }

    private static boolean hasOutcome(LedgerEntry from) {
        return from.stage() instanceof Stage.Tracked || from.stage() instanceof Stage.Followed;
    }

    /** What a move writes down about an attempt. */
    public sealed interface AttemptChange {

        record None() implements AttemptChange {}

        /**
         * A new attempt is about to be sent: {@code notBefore} in Atlas' time, {@code lease} from
         * the move.
         */
        record Begin(Instant notBefore, Duration lease) implements AttemptChange {}

        /** What came of the attempt with this number; {@code Unknown} closes it. */
        record Answer(int number, SubmitReply reply) implements AttemptChange {}

        /** The lease of the attempt with this number ran out. */
        record Abandon(int number) implements AttemptChange {}
    }
}
