package dev.restoreworker.ledger;

import dev.restoreworker.core.Ending;
import dev.restoreworker.core.LedgerEntry.Stage;
import dev.restoreworker.core.LedgerEntry.Stage.Followed;
import dev.restoreworker.core.LedgerEntry.Stage.Tracked;
import dev.restoreworker.core.Resolution;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a move writes into a request's own row, which is wide and seldom written. */
final class EndRows {

    private EndRows() {}

    /** Whether it writes anything there: most looks bring nothing new. */
    static Object isNews(Wish wish) {
        var before = wish.from().stage();
        return switch (wish.decision().stage()) {
            case Stage.Waiting _, Stage.Submitting _ -> false;
            case Followed _ -> !(before instanceof Followed);
            case Tracked tracked -> !(before instanceof Tracked) || tells(wish, tracked.ending());
            case Stage.Settled _ -> true;
            case Stage.Over(_, var ending) -> tells(wish, ending);
        };
    }

    /** Whether it says how the job ended, and nothing did before. */
    private static boolean tells(Wish wish, @Nullable Ending ending) {
        return ending != null
                && !(wish.from().stage() instanceof Tracked before && before.ending() != null);
    }

    /** Only of a request that had none so far. */
    static @Nullable Object outcome(Wish wish) {
        if (hasOutcome(wish.from().stage())) {
            return null;
        }
        return switch (wish.decision().stage()) {
            case Stage.Settled(var outcome) -> Json.write(outcome);
            case Followed followed -> Json.write(followed.outcome());
            case Tracked tracked -> Json.write(tracked.outcome());
            case Stage.Waiting _, Stage.Submitting _, Stage.Over _ -> null;
        };
    }

    private static boolean hasOutcome(Stage stage) {
        return !(stage instanceof Stage.Waiting || stage instanceof Stage.Submitting);
    }

    static @Nullable String jobId(Wish wish) {
        return switch (wish.decision().stage()) {
            case Tracked tracked -> tracked.jobId();
            case Stage.Over(_, var ending) -> ending.jobId();
            case Stage.Waiting _, Stage.Submitting _, Followed _, Stage.Settled _ -> null;
        };
    }

    static @Nullable Object jobState(Wish wish) {
        var ending = ending(wish);
        return ending == null ? null : ending.kind().name();
    }

    static @Nullable Object jobFinishedAt(Wish wish) {
        var ending = ending(wish);
        return ending == null ? null : kept(ending.finishedAt());
    }

    static @Nullable Object jobExpiresAt(Wish wish) {
        var ending = ending(wish);
        return ending == null ? null : kept(ending.expiresAt());
    }

    static @Nullable Object resolvedBy(Wish wish) {
        var resolution = resolution(wish);
        return resolution == null ? null : resolution.by();
    }

    static @Nullable Object resolvedWhy(Wish wish) {
        var resolution = resolution(wish);
        return resolution == null ? null : resolution.reason();
    }

    private static @Nullable Ending ending(Wish wish) {
        return switch (wish.decision().stage()) {
            case Stage.Over(_, var ending) -> ending;
            case Tracked tracked -> tracked.ending();
            case Stage.Waiting _, Stage.Submitting _, Followed _, Stage.Settled _ -> null;
        };
    }

    private static @Nullable Resolution resolution(Wish wish) {
        return switch (wish.decision().stage()) {
            case Tracked tracked -> tracked.resolution();
            case Stage.Over(_, var ending) -> ending.resolution();
            case Stage.Waiting _, Stage.Submitting _, Followed _, Stage.Settled _ -> null;
        };
    }

    private static @Nullable Instant kept(@Nullable Instant instant) {
        return instant == null ? null : Entries.kept(instant);
    }
}
