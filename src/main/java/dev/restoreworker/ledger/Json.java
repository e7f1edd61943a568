package dev.restoreworker.ledger;

import static com.fasterxml.jackson.core.json.JsonWriteFeature.ESCAPE_NON_ASCII;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.restoreworker.Blob;
import dev.restoreworker.OutgoingEvent.Header;
import dev.restoreworker.core.Outcome;
import dev.restoreworker.core.RestoreRequest.Remarks;
import dev.restoreworker.core.RestoreRequest.Terms;
import dev.restoreworker.core.SubmitReply;
import dev.restoreworker.core.Trace;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The stored form of what is read and written as a whole. It is for ever: fields may be added, and
 * what is not known is passed over, so that two versions of the worker can share a ledger.
 *
 * <p>It is written in ASCII, with escapes, so there is no text that a database could refuse.
 */
final class Json {

    /** The form of what this class writes, named in each row. */
    static final int FORMAT = 1;

    private static final ObjectMapper MAPPER =
            JsonMapper.builder()
                    .addModule(new JavaTimeModule())
                    .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                    .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .defaultPropertyInclusion(
                            JsonInclude.Value.construct(
                                    JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
                    .enable(ESCAPE_NON_ASCII)
                    .addMixIn(SubmitReply.class, ReplyTypes.class)
                    .addMixIn(Outcome.class, OutcomeTypes.class)
                    .build();

    private static final TypeReference<List<StoredHeader>> HEADERS = new TypeReference<>() {};

    private Json() {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "reply")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = SubmitReply.Created.class, name = "created"),
        @JsonSubTypes.Type(value = SubmitReply.Refused.class, name = "refused"),
        @JsonSubTypes.Type(value = SubmitReply.NotNow.class, name = "not-now"),
        @JsonSubTypes.Type(value = SubmitReply.Unknown.class, name = "unknown"),
    })
    private interface ReplyTypes {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "outcome")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Outcome.JobCreated.class, name = "job-created"),
        @JsonSubTypes.Type(value = Outcome.JobFailed.class, name = "job-failed"),
    })
    private interface OutcomeTypes {}

    /** Without the name of the requester, which has a column of its own. */
    private record StoredRemarks(
            @Nullable Instant requestedAt,
            @Nullable String correlationId,
            @Nullable String context,
            @Nullable Trace trace) {}

    private record StoredHeader(String name, @Nullable String value) {}

    static String write(SubmitReply reply) {
        return text(reply);
    }

    static SubmitReply reply(String json) {
        return value(json, SubmitReply.class);
    }

    static String write(Outcome outcome) {
        return text(outcome);
    }

    static Outcome outcome(String json) {
        return value(json, Outcome.class);
    }

    static String write(Terms terms) {
        return text(terms);
    }

    static Terms terms(String json) {
        return value(json, Terms.class);
    }

    static String write(Remarks remarks) {
        return text(
                new StoredRemarks(
                        remarks.requestedAt(),
                        remarks.correlationId(),
                        remarks.context(),
                        remarks.trace()));
    }

    static Remarks remarks(String json, @Nullable String requestedBy) {
        var stored = value(json, StoredRemarks.class);
        return new Remarks(
                stored.requestedAt(),
                requestedBy,
                stored.correlationId(),
                stored.context(),
                stored.trace());
    }

    static String write(List<Header> headers) {
        return text(headers.stream().map(Json::stored).toList());
    }

    static List<Header> headers(String json) {
        try {
            return MAPPER.readValue(json, HEADERS).stream().map(Json::header).toList();
        } catch (JsonProcessingException e) {
            throw unreadable("headers", e);
        }
    }

    private static StoredHeader stored(Header header) {
        var value = header.value();
        return new StoredHeader(
                header.name(),
                value == null ? null : Base64.getEncoder().encodeToString(value.toBytes()));
    }

    private static Header header(StoredHeader stored) {
        var value = stored.value();
        return new Header(
                stored.name(), value == null ? null : Blob.of(Base64.getDecoder().decode(value)));
    }

    private static String text(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("No stored form of a " + value.getClass(), e);
        }
    }

    private static <T> T value(String json, Class<T> type) {
        try {
            return MAPPER.readValue(json, type);
        } catch (JsonProcessingException e) {
            throw unreadable(type.getSimpleName(), e);
        }
    }

    private static IllegalStateException unreadable(String what, JsonProcessingException e) {
        e.clearLocation(); // it quotes what it read
        return new IllegalStateException("The ledger holds an unreadable form of " + what, e);
    }
}
