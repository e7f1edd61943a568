package dev.restoreworker.kafka;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.restoreworker.Blob;
import dev.restoreworker.EventWriter;
import dev.restoreworker.OutgoingEvent;
import dev.restoreworker.OutgoingEvent.Header;
import dev.restoreworker.OutgoingEvent.Kind;
import dev.restoreworker.RestoreConfig;
import dev.restoreworker.core.Attempt;
import dev.restoreworker.core.Content;
import dev.restoreworker.core.Ending;
import dev.restoreworker.core.Outcome;
import dev.restoreworker.core.Outcome.JobCreated;
import dev.restoreworker.core.Outcome.JobFailed;
import dev.restoreworker.core.RequestRules;
import dev.restoreworker.core.RestoreRequest;
import dev.restoreworker.core.RestoreRequest.Remarks;
import dev.restoreworker.core.Trace;
import dev.restoreworker.core.WaitsFor;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is told of requests, as CloudEvents 1.0 in the binary mode of their Kafka binding:
 * attributes in headers, data in the value. So they stand in the outbox; {@link EventRecords} gives
 * them the mode in which they go out, and their times, which only the outbox knows.
 */
@Singleton
class RestoreEvents implements EventWriter {

    /** The namespace of our event ids. Another one would give each event a second id. */
    private static final UUID NAMESPACE = UUID.fromString("35b3f540-d9e8-40bb-924b-8af18611632d");

    private static final Pattern NUMERIC = Pattern.compile("0|-?[1-9][0-9]{0,17}");

    private final String source;
    private final String helpUrl;
    private final boolean tellsAccepted;
    private final boolean tellsDeliveryUrl;

    @Inject
    RestoreEvents(RestoreConfig config) {
        this(
                config.events().source(),
                config.events().helpUrl(),
                config.events().accepted(),
                config.events().includeDeliveryUrl());
    }

    RestoreEvents(String source, String helpUrl, boolean tellsAccepted, boolean tellsDeliveryUrl) {
        this.source = source;
        this.helpUrl = helpUrl;
        this.tellsAccepted = tellsAccepted;
        this.tellsDeliveryUrl = tellsDeliveryUrl;
    }

    @Override
    public OutgoingEvent outcome(
            String requestId,
            Content content,
            Remarks remarks,
            List<Attempt> attempts,
            Outcome outcome) {
        var data = request(requestId, content, remarks);
        var kind =
                switch (outcome) {
                    case JobCreated created -> {
                        add(data, created);
                        yield Kind.JOB_CREATED;
                    }
                    case JobFailed failed -> {
                        add(data, failed);
                        yield Kind.JOB_FAILED;
                    }
                };
        add(data, attempts);
        return event(kind, requestId, content.projectId(), remarks.trace(), data);
    }

    @Override
    public Optional<OutgoingEvent> accepted(RestoreRequest request) {
        return tellsAccepted
                ? Optional.of(event(Kind.REQUEST_ACCEPTED, request, request(request)))
                : Optional.empty();
    }

    @Override
    public OutgoingEvent deferred(
            RestoreRequest request, WaitsFor waitsFor, Duration dueIn, @Nullable Integer place) {
        var data = request(request);
        data.put("waitsFor", waitsFor.word());
        if (place != null) {
            data.put("place", place);
        }
        return event(Kind.REQUEST_DEFERRED, request, data)
                .with(Header.of(DatedEvent.DUE_IN, dueIn.toString()));
    }

    @Override
    public OutgoingEvent finished(RestoreRequest request, Ending ending) {
        var data = request(request);
        data.put("state", ending.kind().word());
        put(data, "jobId", ending.jobId());
        put(data, "expiresAt", Objects.toString(ending.expiresAt(), null));
        if (tellsDeliveryUrl && !ending.deliveryUrls().urls().isEmpty()) {
            var urls = data.putArray("deliveryUrl");
            ending.deliveryUrls().urls().forEach(urls::add);
        }
        put(data, "duration", Objects.toString(ending.duration(), null));
        put(data, "resolvedBy", ending.resolution() == null ? null : ending.resolution().by());
        return event(Kind.JOB_FINISHED, request, data);
    }

    private OutgoingEvent event(Kind kind, RestoreRequest request, ObjectNode data) {
        return event(kind, request.id(), request.projectId(), request.remarks().trace(), data);
    }

    private OutgoingEvent event(
            Kind kind,
            String requestId,
            @Nullable String projectId,
            @Nullable Trace trace,
            ObjectNode data) {
        return new OutgoingEvent(
                kind,
                Blob.of(requestId),
                Blob.of(StrictJson.write(data)),
                headers(requestId, projectId, trace, name(kind)));
    }

    private static String name(Kind kind) {
        return switch (kind) {
            case JOB_CREATED -> "job-created";
            case JOB_FAILED -> "job-failed";
            case REQUEST_ACCEPTED -> "request-accepted";
            case REQUEST_DEFERRED -> "request-deferred";
            case JOB_FINISHED -> "job-finished";
            case DEAD_LETTER -> throw new IllegalArgumentException("A dead letter is no event");
        };
    }

    private List<Header> headers(
            String requestId, @Nullable String projectId, @Nullable Trace trace, String name) {
        var headers = new ArrayList<Header>();
        headers.add(Header.of("ce_specversion", "1.0"));
        headers.add(
                Header.of("ce_id", NameBasedId.of(NAMESPACE, name + ":" + requestId).toString()));
        headers.add(Header.of("ce_source", source));
        headers.add(Header.of("ce_type", "dev.restoreworker." + name + ".v1"));
        headers.add(Header.of("ce_subject", requestId));
        headers.add(Header.of("ce_partitionkey", requestId));
        if (projectId != null && RequestRules.isAtlasId(projectId)) {
            headers.add(Header.of("ce_projectid", projectId));
        }
        headers.add(Header.of("content-type", "application/json"));
        if (trace != null) {
            add(headers, "traceparent", trace.parent());
            add(headers, "tracestate", trace.state());
        }
        return headers;
    }

    /** Once for those who follow traces, and once for those who read CloudEvents. */
    private static void add(List<Header> headers, String name, @Nullable String value) {
        if (value != null) {
            headers.add(Header.of(name, value));
            headers.add(Header.of("ce_" + name, value));
        }
    }

    private static ObjectNode request(RestoreRequest request) {
        return request(request.id(), request.content(), request.remarks());
    }

    /** The request's own fields, as they came. */
    private static ObjectNode request(String requestId, Content content, Remarks remarks) {
        var data = JsonNodeFactory.instance.objectNode();
        data.put("requestId", requestId);
        put(data, "projectId", content.projectId());
        put(data, "clusterName", content.clusterName());
        put(data, "deliveryType", content.deliveryType());
        put(data, "snapshotId", content.snapshotId());
        put(data, "targetProjectId", content.targetProjectId());
        put(data, "targetClusterName", content.targetClusterName());
        putNumber(data, "oplogTs", content.oplogTs());
        putNumber(data, "oplogInc", content.oplogInc());
        putNumber(data, "pointInTimeUTCSeconds", content.pointInTimeUTCSeconds());
        var requestedAt = remarks.requestedAt();
        put(data, "requestedAt", requestedAt == null ? null : requestedAt.toString());
        put(data, "requestedBy", remarks.requestedBy());
        put(data, "correlationId", remarks.correlationId());
        if (remarks.context() != null) {
            // It is JSON already, and is put in as it is: to read it again could fail.
            data.putRawValue("context", new RawValue(remarks.context()));
        }
        return data;
    }

    private static void add(ObjectNode data, JobCreated created) {
        data.put("jobId", created.jobId());
        data.put("jobCreatedAt", created.createdAt().toString());
        data.put("adopted", created.adopted());
        data.putArray("links").addObject().put("rel", "self").put("href", created.link());
    }

    private void add(ObjectNode data, JobFailed failed) {
        data.put("reason", failed.reason().name());
        data.put("detail", failed.detail());
        data.put("retriable", failed.reason().retriable());
        data.put("jobMayExist", failed.reason().jobMayExist());
        data.put("help", helpUrl + "#" + failed.reason().name().toLowerCase(Locale.ROOT));
        var candidates = data.putArray("candidates");
        failed.candidates().forEach(candidates::add);
        var atlas = failed.atlas();
        if (atlas != null) {
            data.putObject("atlas")
                    .put("status", atlas.status())
                    .put("errorCode", atlas.errorCode())
                    .put("detail", atlas.detail());
        }
    }

    private static void add(ObjectNode data, List<Attempt> attempts) {
        var array = data.putArray("attempts");
        for (var attempt : attempts) {
            array.addObject().put("at", attempt.begunAt().toString()).put("answer", attempt.word());
        }
    }

    private static void put(ObjectNode data, String name, @Nullable String value) {
        if (value != null) {
            data.put(name, value);
        }
    }

    /** A time is a number, unless it was none when it was asked for. */
    private static void putNumber(ObjectNode data, String name, @Nullable String value) {
        if (value != null && NUMERIC.matcher(value).matches()) {
            data.put(name, Long.parseLong(value));
        } else {
            put(data, name, value);
        }
    }
}
