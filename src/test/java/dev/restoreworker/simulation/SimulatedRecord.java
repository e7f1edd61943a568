package dev.restoreworker.simulation;

import dev.restoreworker.Blob;
import dev.restoreworker.DeadLetter;
import dev.restoreworker.Origin;
import dev.restoreworker.OutgoingEvent;
import dev.restoreworker.OutgoingEvent.Kind;
import dev.restoreworker.ReceivedCancel;
import dev.restoreworker.ReceivedRecord;
import dev.restoreworker.core.Content;
import dev.restoreworker.core.RequestRules;
import dev.restoreworker.core.RequestRules.Checked;
import dev.restoreworker.core.RestoreRequest.Remarks;
import dev.restoreworker.core.Stamps;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A record as the consumer hands it over, with when it was published. */
record SimulatedRecord(
        String requestId, Map<String, Object> fields, Origin origin, Instant publishedAt)
        implements ReceivedRecord, ReceivedCancel {

    boolean cancels() {
        return "cancel".equals(fields.get("action"));
    }

    @Override
    public @Nullable String requestedBy() {
        return remarks().requestedBy();
    }

    @Override
    public @Nullable String reason() {
        return null;
    }

    @Override
    public Content content() {
        return RequestRules.content(fields);
    }

    @Override
    public Remarks remarks() {
        return RequestRules.remarks(fields, null);
    }

    @Override
    public Checked checked() {
        return RequestRules.check(requestId, fields, null);
    }

    /** None, as the clocks here differ by more than is borne with. */
    @Override
    public Stamps stamps() {
        return new Stamps(null, null, null);
    }

    String fingerprint() {
        return cancels()
                ? "the cancel of %s at %s".formatted(requestId, origin)
                : requestId + " " + content();
    }

    @Override
    public DeadLetter letter(DeadLetter.Reason reason, String detail) {
        return new DeadLetter(
                reason,
                fingerprint(),
                new OutgoingEvent(Kind.DEAD_LETTER, Blob.of(fingerprint()), null, List.of()));
    }
}
