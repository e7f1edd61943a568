package dev.restoreworker;

import static java.lang.System.Logger.Level.WARNING;
import static java.util.Objects.requireNonNull;

import dev.restoreworker.Ledger.History;
import dev.restoreworker.Ledger.Move;
import dev.restoreworker.core.Ending;
import dev.restoreworker.core.LedgerEntry;
import dev.restoreworker.core.LedgerEntry.Stage.Followed;
import dev.restoreworker.core.LedgerEntry.Stage.Tracked;
import dev.restoreworker.core.Lifecycle;
import dev.restoreworker.core.Resolution;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Takes an operator's word on what became of a request whose outcome is unknown. */
@Singleton
public class Resolutions {

    /** Whoever moves the entry between our reading and our move makes us read it again. */
    private static final int TRIES_MAX = 20;

    private final Ledger ledger;
    private final Moves moves;
    private final Lifecycle lifecycle;

    /** What became of an operator's word. */
    public sealed interface Resolved {

        /** It holds, since now or since before; this is what is known now. */
        record Done(History history) implements Resolved {}

        /** No request with this id was ever seen. */
        record Unknown() implements Resolved {}

        /** Others moved it each time; nothing was changed. */
        record Busy() implements Resolved {}

        /** It does not fit what is known, and nothing was changed. */
        record Refused(String why) implements Resolved {}
    }

    @Inject
    public Resolutions(Ledger ledger, EventWriter events, Lifecycle lifecycle) {
        this.ledger = ledger;
        this.moves = new Moves(ledger, events);
        this.lifecycle = lifecycle;
    }

    /**
     * That this is the request's job, which is then followed to its end; or, with null, that it has
     * none, which ends it. The same word again changes nothing.
     */
    public Resolved resolve(String requestId, @Nullable String jobId, Resolution resolution) {
        for (var tries = 0; tries < TRIES_MAX; tries++) {
            var found = ledger.find(requestId);
            if (found.isEmpty()) {
                return new Resolved.Unknown();
            }
            if (holds(found.get(), jobId)) {
                return new Resolved.Done(found.get());
            }
            var objection = objection(found.get(), jobId);
            if (objection.isPresent()) {
                return new Resolved.Refused(objection.get());
            }
            var entry = requireNonNull(found.get().open());
            if (move(entry, jobId, resolution) instanceof Move.JobTaken(var other)) {
                return new Resolved.Refused("job %s is that of request %s".formatted(jobId, other));
            }
        }
        return new Resolved.Busy();
    }

    private Move move(LedgerEntry entry, @Nullable String jobId, Resolution resolution) {
        var decision = lifecycle.following().resolve((Followed) entry.stage(), jobId, resolution);
        var move = moves.move(entry, decision);
        if (move instanceof Move.Moved) {
            tell(entry, jobId, resolution);
        }
        return move;
    }

    /** Whether it is known already, by whatever means. */
    private static boolean holds(History history, @Nullable String jobId) {
        var ending = history.ending();
        if (ending != null && jobId == null) {
            return ending.kind() == Ending.Kind.NOT_FOUND;
        }
        return jobId != null && jobId.equals(ending == null ? trackedJob(history) : ending.jobId());
    }

    private static @Nullable String trackedJob(History history) {
        var open = history.open();
        return open != null && open.stage() instanceof Tracked tracked ? tracked.jobId() : null;
    }

    private Optional<String> objection(History history, @Nullable String jobId) {
        var open = history.open();
        return open != null && open.stage() instanceof Followed
                ? lifecycle.following().objection(open, jobId)
                : Optional.of(nothingToResolve(history));
    }

    private static String nothingToResolve(History history) {
        var open = history.open();
        var ending = history.ending();
        if (ending != null) {
            return "it is over: " + ending.kind().word();
        }
        if (open != null && open.stage() instanceof Tracked tracked) {
            return "its job is " + tracked.jobId();
        }
        return open == null
                ? "its outcome is known"
                : "it has no outcome yet, its stage is "
                        + open.stage().getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }

    private static void tell(LedgerEntry entry, @Nullable String jobId, Resolution resolution) {
        Told.of(
                WARNING,
                entry,
                "%s resolved it, %s: %s"
                        .formatted(
                                resolution.by(),
                                jobId == null
                                        ? "it has no job"
                                        : "jobId=" + jobId + " is followed to its end",
                                resolution.reason()));
    }
}
