package dev.restoreworker;

import dev.restoreworker.core.Attempt;
import dev.restoreworker.core.Content;
import dev.restoreworker.core.Outcome;
import dev.restoreworker.core.RestoreRequest.Remarks;
import java.util.List;

/** Gives events their published form. */
public interface EventWriter {

    /** The event that says how a request ended, with its attempts so far. */
    OutgoingEvent outcome(
            String requestId,
            Content content,
            Remarks remarks,
            List<Attempt> attempts,
            Outcome outcome);
}
