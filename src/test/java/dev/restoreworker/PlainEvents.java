package dev.restoreworker;

import dev.restoreworker.OutgoingEvent.Kind;
import dev.restoreworker.core.Attempt;
import dev.restoreworker.core.Content;
import dev.restoreworker.core.Ending;
import dev.restoreworker.core.Outcome;
import dev.restoreworker.core.Outcome.JobCreated;
import dev.restoreworker.core.RestoreRequest;
import dev.restoreworker.core.RestoreRequest.Remarks;
import dev.restoreworker.core.WaitsFor;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** All that an event says is which it is and of which request, and of a wait its what. */
class PlainEvents implements EventWriter {

    @Override
    public OutgoingEvent outcome(
            String requestId,
            Content content,
            Remarks remarks,
            List<Attempt> attempts,
            Outcome outcome) {
        var kind = outcome instanceof JobCreated ? Kind.JOB_CREATED : Kind.JOB_FAILED;
        return event(kind, requestId);
    }

    @Override
    public Optional<OutgoingEvent> accepted(RestoreRequest request) {
        return Optional.of(event(Kind.REQUEST_ACCEPTED, request.id()));
    }

    @Override
    public OutgoingEvent deferred(
            RestoreRequest request, WaitsFor waitsFor, Duration dueIn, @Nullable Integer place) {
        var at = place == null ? "" : " as number " + place;
        return event(
                Kind.REQUEST_DEFERRED,
                "%s waits for %s for %s".formatted(request.id(), waitsFor, dueIn) + at);
    }

    @Override
    public OutgoingEvent finished(RestoreRequest request, Ending ending) {
        return event(Kind.JOB_FINISHED, "%s %s".formatted(request.id(), ending.kind().word()));
    }

    private static OutgoingEvent event(Kind kind, String key) {
        return new OutgoingEvent(kind, Blob.of(key), null, List.of());
    }

    /** All events that wait in the outbox, as kind and key. */
    static List<String> told(Outbox outbox) {
        outbox.lead("test", Duration.ofDays(1));
        return outbox.prepare("test", 1_000).events().stream()
                .map(Outbox.Pending::event)
                .map(
                        event ->
                                event.kind()
                                        + " "
                                        + Optional.ofNullable(event.key()).orElseThrow().text())
                .toList();
    }
}
