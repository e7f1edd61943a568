package dev.restoreworker.ledger;

import dev.restoreworker.core.Ending;
import dev.restoreworker.core.LedgerEntry.Stage;
import dev.restoreworker.core.LedgerEntry.Stage.Followed;
import dev.restoreworker.core.Outcome.JobCreated;
import dev.restoreworker.core.Resolution;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a move writes into a request's own row, which is wide and seldom written. */
final class EndRows {

    private EndRows() {}

    /** Whether it writes anything there: most looks at a followed request bring nothing new. */
    static Object isNews(Wish wish) {
        return switch (wish.decision().stage()) {
            case Stage.Waiting _, Stage.Submitting _ -> false;
            case Followed(_, var jobId, _, _) ->
                    !(wish.from().stage() instanceof Followed before)
                            || (before.jobId() == null && jobId != null);
            case Stage.Settled _, Stage.Over _ -> true;
        };
    }

    /** Only of a request that had none so far. */
    static @Nullable Object outcome(Wish wish) {
        return switch (wish.decision().stage()) {
            case Stage.Settled(var outcome) -> Json.write(outcome);
            case Followed followed when !(wish.from().stage() instanceof Followed) ->
                    Json.write(followed.outcome());
            case Stage.Waiting _, Stage.Submitting _, Followed _, Stage.Over _ -> null;
        };
    }

    static @Nullable String jobId(Wish wish) {
        return switch (wish.decision().stage()) {
            case Stage.Settled(JobCreated(var jobId, _, _, _)) -> jobId;
            case Followed(_, var jobId, _, _) -> jobId;
            case Stage.Over(_, var ending) -> ending.jobId();
            case Stage.Waiting _, Stage.Submitting _, Stage.Settled _ -> null;
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
        return wish.decision().stage() instanceof Stage.Over(_, var ending) ? ending : null;
    }

    private static @Nullable Resolution resolution(Wish wish) {
        return switch (wish.decision().stage()) {
            case Followed followed -> followed.resolution();
            case Stage.Over(_, var ending) -> ending.resolution();
            case Stage.Waiting _, Stage.Submitting _, Stage.Settled _ -> null;
        };
    }

    private static @Nullable Instant kept(@Nullable Instant instant) {
        return instant == null ? null : Entries.kept(instant);
    }
}
