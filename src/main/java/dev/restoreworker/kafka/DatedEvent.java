package dev.restoreworker.kafka;

import static java.util.Objects.requireNonNull;

import dev.restoreworker.Blob;
import dev.restoreworker.OutgoingEvent;
import dev.restoreworker.OutgoingEvent.Header;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Predicate;

/**
 * Adds to an event what only the outbox knows: when it was written down, and the times that count
 * from then. They go to the end of its data as text, since to read a request's context could fail.
 */
final class DatedEvent {

    /** How long after the event a deferred request is taken up again. It is never published. */
    static final String DUE_IN = "due-in";

    private DatedEvent() {}

    static OutgoingEvent of(Instant at, OutgoingEvent event) {
        var dated = event.with(Header.of("ce_time", at.toString()));
        return switch (event.kind()) {
            case REQUEST_ACCEPTED -> with(dated, "receivedAt", at);
            case REQUEST_DEFERRED -> deferred(dated, at);
            case JOB_FINISHED -> with(dated, "observedAt", at);
            case JOB_CREATED, JOB_FAILED, DEAD_LETTER -> dated;
        };
    }

    private static OutgoingEvent deferred(OutgoingEvent event, Instant at) {
        Predicate<Header> isDueIn = header -> header.name().equals(DUE_IN);
        var dueIn = event.headers().stream().filter(isDueIn).findFirst().orElseThrow();
        var headers = event.headers().stream().filter(isDueIn.negate()).toList();
        var published = new OutgoingEvent(event.kind(), event.key(), event.value(), headers);
        var until = at.plus(Duration.parse(requireNonNull(dueIn.value()).text()));
        return with(published, "until", until);
    }

    private static OutgoingEvent with(OutgoingEvent event, String name, Instant time) {
        var data = requireNonNull(event.value()).text();
        var open = data.substring(0, data.length() - 1);
        var value = Blob.of("%s,\"%s\":\"%s\"}".formatted(open, name, time));
        return new OutgoingEvent(event.kind(), event.key(), value, event.headers());
    }
}
