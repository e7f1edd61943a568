package dev.restoreworker.simulation;

import dev.restoreworker.core.RestoreRequest;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What is true of one attempt, by the one true clock. */
final class Intent {

    /** What the ledger was told of it. */
    enum State {
        OPEN,
        ABANDONED,
        CLOSED,
        ANSWERED
    }

    final RestoreRequest request;
    final Instant begunAt;
    State state = State.OPEN;
    @Nullable Instant endedAt;

    Intent(RestoreRequest request, Instant begunAt) {
        this.request = request;
        this.begunAt = begunAt;
    }

    boolean isUndecided() {
        return state != State.ANSWERED;
    }

    void end(State how, Instant at) {
        state = how;
        endedAt = at;
    }
}
