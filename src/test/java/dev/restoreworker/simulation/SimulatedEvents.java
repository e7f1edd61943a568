package dev.restoreworker.simulation;

import dev.restoreworker.Blob;
import dev.restoreworker.EventWriter;
import dev.restoreworker.OutgoingEvent;
import dev.restoreworker.OutgoingEvent.Header;
import dev.restoreworker.OutgoingEvent.Kind;
import dev.restoreworker.core.Attempt;
import dev.restoreworker.core.Content;
import dev.restoreworker.core.Ending;
import dev.restoreworker.core.Outcome;
import dev.restoreworker.core.Outcome.JobCreated;
import dev.restoreworker.core.Outcome.JobFailed;
import dev.restoreworker.core.RestoreRequest;
import dev.restoreworker.core.RestoreRequest.Remarks;
import dev.restoreworker.core.WaitsFor;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An event says which it is, of which request, with which job or reason, and of what content. */
final class SimulatedEvents implements EventWriter {

    @Override
    public OutgoingEvent outcome(
            String requestId,
            Content content,
            Remarks remarks,
            List<Attempt> attempts,
            Outcome outcome) {
        return switch (outcome) {
            case JobCreated(var jobId, _, _, _) ->
                    event(Kind.JOB_CREATED, requestId, jobId, content);
            case JobFailed(var reason, _, _, _) ->
                    event(Kind.JOB_FAILED, requestId, reason.name(), content);
        };
    }

    @Override
    public Optional<OutgoingEvent> accepted(RestoreRequest request) {
        return Optional.of(
                event(Kind.REQUEST_ACCEPTED, request.id(), "accepted", request.content()));
    }

    @Override
    public OutgoingEvent deferred(
            RestoreRequest request, WaitsFor waitsFor, Duration dueIn, @Nullable Integer place) {
        return event(Kind.REQUEST_DEFERRED, request.id(), waitsFor.word(), request.content());
    }

    @Override
    public OutgoingEvent finished(RestoreRequest request, Ending ending) {
        var says = ending.jobId() == null ? ending.kind().word() : ending.jobId();
        return event(Kind.JOB_FINISHED, request.id(), says, request.content());
    }

    private static OutgoingEvent event(Kind kind, String key, String says, Content content) {
        return new OutgoingEvent(
                kind,
                Blob.of(key),
                Blob.of(says),
                List.of(Header.of("content", content.toString())));
    }
}
