package dev.restoreworker.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.restoreworker.EventWriter;
import dev.restoreworker.Outbox;
import dev.restoreworker.OutgoingEvent;
import dev.restoreworker.RestoreConfig;
import dev.restoreworker.RestoreConfig.Mode;
import dev.restoreworker.contract.PublishedRecord;
import dev.restoreworker.core.Attempt;
import dev.restoreworker.core.Content;
import dev.restoreworker.core.Ending;
import dev.restoreworker.core.Outcome;
import dev.restoreworker.core.RestoreRequest;
import dev.restoreworker.core.RestoreRequest.Remarks;
import dev.restoreworker.core.WaitsFor;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Our events as they are written, each held to its published schema in both modes. Tests make
 * events by this alone, so that none goes unchecked.
 */
final class CheckedEvents implements EventWriter {

    static final RestoreConfig.Topics TOPICS =
            new SmallRyeConfigBuilder()
                    .withMapping(RestoreConfig.Topics.class, "restore.topics")
                    .build()
                    .getConfigMapping(RestoreConfig.Topics.class, "restore.topics");

    private final EventWriter written;

    CheckedEvents(String source, String helpUrl) {
        this(new RestoreEvents(source, helpUrl, true, false));
    }

    private CheckedEvents(EventWriter written) {
        this.written = written;
    }

    /** For those who do not want to be told that a request was accepted. */
    static CheckedEvents unaccepted(String source, String helpUrl) {
        return new CheckedEvents(new RestoreEvents(source, helpUrl, false, false));
    }

    /** For those who let all who read the topic fetch what was asked for. */
    static CheckedEvents withDeliveryUrls(String source, String helpUrl) {
        return new CheckedEvents(new RestoreEvents(source, helpUrl, true, true));
    }

    @Override
    public OutgoingEvent outcome(
            String requestId,
            Content content,
            Remarks remarks,
            List<Attempt> attempts,
            Outcome outcome) {
        return checked(written.outcome(requestId, content, remarks, attempts, outcome));
    }

    @Override
    public Optional<OutgoingEvent> accepted(RestoreRequest request) {
        return written.accepted(request).map(CheckedEvents::checked);
    }

    @Override
    public OutgoingEvent deferred(
            RestoreRequest request, WaitsFor waitsFor, Duration dueIn, @Nullable Integer place) {
        return checked(written.deferred(request, waitsFor, dueIn, place));
    }

    @Override
    public OutgoingEvent finished(RestoreRequest request, Ending ending) {
        return checked(written.finished(request, ending));
    }

    /** The same event, if it keeps the published schemas. */
    static OutgoingEvent checked(OutgoingEvent event) {
        for (var mode : Mode.values()) {
            published(sent(event, mode)).check();
        }
        return event;
    }

    /** The record that goes out. */
    static ProducerRecord<byte[], byte[]> sent(OutgoingEvent event, Mode mode) {
        var pending = new Outbox.Pending(1, FakeOutbox.WRITTEN, event);
        return new EventRecords(TOPICS, mode).event(pending);
    }

    private static PublishedRecord published(ProducerRecord<byte[], byte[]> sent) {
        var headers = new HashMap<String, String>();
        sent.headers().forEach(each -> headers.put(each.key(), text(each.value())));
        return new PublishedRecord(sent.topic(), text(sent.key()), text(sent.value()), headers);
    }

    private static String text(byte @Nullable [] bytes) {
        return bytes == null ? "" : new String(bytes, UTF_8);
    }
}
