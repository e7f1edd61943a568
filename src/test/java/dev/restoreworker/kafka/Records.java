package dev.restoreworker.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.DeadLetter;
import dev.restoreworker.OutgoingEvent;
import dev.restoreworker.ReceivedCancel;
import dev.restoreworker.ReceivedRecord;
import dev.restoreworker.kafka.RequestReader.Read;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/** Records as the consumer gets them, and what the reader makes of them. */
final class Records {

    static final String VALID =
            """
            {"requestId": "dr-1", "projectId": "5e2211c17a3e5a48f5497de3", "clusterName": "orders",
             "deliveryType": "automated", "snapshotId": "5e4e593f70dfbf1010295836",
             "targetProjectId": "5e2211c17a3e5a48f5497de3", "targetClusterName": "standby"}
            """;

    /** Takes one type more than are built in. */
    static final RequestReader READER = new RequestReader(Set.of(" com.example.restore "));

    private Records() {}

    static ConsumerRecord<byte[], byte[]> record(String value) {
        return record(value.getBytes(UTF_8));
    }

    static ConsumerRecord<byte[], byte[]> record(byte[] value) {
        return record("key".getBytes(UTF_8), value, 7);
    }

    @SuppressWarnings("NullAway") // Kafka has records without a value, and says so nowhere
    static ConsumerRecord<byte[], byte[]> tombstone() {
        return record("key".getBytes(UTF_8), null, 7);
    }

    static ConsumerRecord<byte[], byte[]> record(byte[] key, byte[] value, long offset) {
        return new ConsumerRecord<>(
                "requests",
                3,
                offset,
                1_700_000_000_000L,
                TimestampType.CREATE_TIME,
                -1,
                -1,
                key,
                value,
                new RecordHeaders(),
                Optional.empty());
    }

    /** The valid request with one more field in front. */
    static ConsumerRecord<byte[], byte[]> validWith(String field) {
        return record(VALID.replaceFirst("\\{", "{" + field.replace("\\", "\\\\") + ","));
    }

    static ReceivedRecord request(ConsumerRecord<byte[], byte[]> record) {
        return switch (READER.read(record)) {
            case Read.Request(var incoming) -> incoming;
            case Read.Cancel(var incoming) ->
                    throw new AssertionError("It cancels " + incoming.requestId());
            case Read.Dead(var letter) ->
                    throw new AssertionError(letter.reason() + ": " + detail(letter));
        };
    }

    static ReceivedCancel cancel(ConsumerRecord<byte[], byte[]> record) {
        return switch (READER.read(record)) {
            case Read.Cancel(var incoming) -> incoming;
            case Read.Request(var incoming) ->
                    throw new AssertionError("It was read as " + incoming.requestId());
            case Read.Dead(var letter) ->
                    throw new AssertionError(letter.reason() + ": " + detail(letter));
        };
    }

    static DeadLetter letter(ConsumerRecord<byte[], byte[]> record) {
        return switch (READER.read(record)) {
            case Read.Dead(var letter) -> checked(letter);
            case Read.Request(var incoming) ->
                    throw new AssertionError("It was read as " + incoming.requestId());
            case Read.Cancel(var incoming) ->
                    throw new AssertionError("It cancels " + incoming.requestId());
        };
    }

    /** The same letter, if it is what the published schema says. */
    static DeadLetter checked(DeadLetter letter) {
        CheckedEvents.checked(letter.event());
        return letter;
    }

    static String detail(DeadLetter letter) {
        return header(letter.event(), "dead-letter-detail");
    }

    /** The last header of this name, as a consumer reads it. */
    static String header(OutgoingEvent event, String name) {
        return event.headers().stream()
                .filter(header -> header.name().equals(name))
                .reduce((_, last) -> last)
                .map(header -> there(header.value()).text())
                .orElseThrow();
    }

    static <T> T there(@Nullable T value) {
        assertThat(value).isNotNull();
        return Objects.requireNonNull(value);
    }

    static Map<String, Object> with(Map<String, Object> settings, String name, Object value) {
        var changed = new HashMap<>(settings);
        changed.put(name, value);
        return changed;
    }
}
