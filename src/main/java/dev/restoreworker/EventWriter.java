package dev.restoreworker;

import dev.restoreworker.core.Attempt;
import dev.restoreworker.core.Content;
import dev.restoreworker.core.Ending;
import dev.restoreworker.core.Outcome;
import dev.restoreworker.core.RestoreRequest;
import dev.restoreworker.core.RestoreRequest.Remarks;
import dev.restoreworker.core.WaitsFor;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Gives events their published form. */
public interface EventWriter {

    /** The event that says how a request ended, with its attempts so far. */
    OutgoingEvent outcome(
            String requestId,
            Content content,
            Remarks remarks,
            List<Attempt> attempts,
            Outcome outcome);

    /** The event that says that a request was taken in; empty if nobody wants such events. */
    Optional<OutgoingEvent> accepted(RestoreRequest request);

    /**
     * The event that says what a request waits for, and that it is taken up again so long after
     * this was written down, or sooner.
     *
     * @param place in the queue of its project, if it stands there
     */
    OutgoingEvent deferred(
            RestoreRequest request, WaitsFor waitsFor, Duration dueIn, @Nullable Integer place);

    /** The event that says what became of a request's job. */
    OutgoingEvent finished(RestoreRequest request, Ending ending);
}
