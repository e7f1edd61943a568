package dev.restoreworker.kafka;

import static dev.restoreworker.kafka.Records.VALID;
import static dev.restoreworker.kafka.Records.checked;
import static dev.restoreworker.kafka.Records.header;
import static dev.restoreworker.kafka.Records.letter;
import static dev.restoreworker.kafka.Records.record;
import static dev.restoreworker.kafka.Records.request;
import static dev.restoreworker.kafka.Records.there;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.Blob;
import dev.restoreworker.DeadLetter;
import dev.restoreworker.DeadLetter.Reason;
import dev.restoreworker.OutgoingEvent;
import dev.restoreworker.OutgoingEvent.Header;
import dev.restoreworker.OutgoingEvent.Kind;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DeadLettersTest {

    private static final byte[] KEY = "key".getBytes(UTF_8);
    private static final int TOPIC_DEFAULT_MAX = 1024 * 1024;

    @Test
    void a_letter_shows_the_record_as_it_came_and_why_it_is_not_run() {
        var record = record("nonsense");
        record.headers().add("trace", new byte[] {1, -1});
        record.headers().add("empty", null);
        var event = letter(record).event();

        assertThat(event.kind()).isEqualTo(Kind.DEAD_LETTER);
        assertThat(event.key()).isEqualTo(Blob.of("key"));
        assertThat(event.value()).isEqualTo(Blob.of("nonsense"));
        assertThat(event.headers())
                .startsWith(
                        new Header("trace", Blob.of(new byte[] {1, -1})),
                        new Header("empty", null));
        assertThat(header(event, "dead-letter-reason")).isEqualTo("UNREADABLE");
        assertThat(header(event, "dead-letter-detail")).contains("nonsense");
        assertThat(header(event, "dead-letter-topic")).isEqualTo("requests");
        assertThat(header(event, "dead-letter-partition")).isEqualTo("3");
        assertThat(header(event, "dead-letter-offset")).isEqualTo("7");
        assertThat(header(event, "dead-letter-timestamp")).isEqualTo("2023-11-14T22:13:20Z");
        assertThat(header(event, "dead-letter-length")).isEqualTo("8");
    }

    @Test
    void a_request_can_become_a_letter_later() {
        var incoming = request(record(VALID));
        var letter = checked(incoming.letter(Reason.REQUEST_CONFLICT, "see\nrequests-0@1"));

        assertThat(letter.reason()).isEqualTo(Reason.REQUEST_CONFLICT);
        assertThat(letter.event().value()).isEqualTo(Blob.of(VALID));
        assertThat(header(letter.event(), "dead-letter-reason")).isEqualTo("REQUEST_CONFLICT");
        assertThat(header(letter.event(), "dead-letter-detail"))
                .isEqualTo("see\\u000arequests-0@1");
    }

    @Test
    void a_letter_of_a_letter_tells_its_own_reason_last() {
        var record = record("nonsense");
        record.headers().add("dead-letter-reason", "NO_ID".getBytes(UTF_8));

        assertThat(header(letter(record).event(), "dead-letter-reason")).isEqualTo("UNREADABLE");
    }

    @Test
    void the_largest_record_still_fits_into_a_topic() {
        var record = record(new byte[900_000], new byte[900_000], 1);
        for (var i = 0; i < 1_000; i++) {
            record.headers().add("h" + i, new byte[1_000]);
        }
        var event = letter(record).event();

        assertThat(size(event)).isLessThan(TOPIC_DEFAULT_MAX / 2);
        assertThat(there(event.value()).length()).isEqualTo(DeadLetters.VALUE_LENGTH_MAX);
        assertThat(there(event.key()).length()).isEqualTo(DeadLetters.KEY_LENGTH_MAX);
        assertThat(header(event, "dead-letter-reason")).isEqualTo("TOO_LARGE");
        assertThat(header(event, "dead-letter-length")).isEqualTo("900000");
        assertThat(header(event, "dead-letter-key-length")).isEqualTo("900000");
        assertThat(Integer.parseInt(header(event, "dead-letter-headers-left-out")))
                .isGreaterThan(900);
    }

    @Test
    void many_small_headers_are_bounded_too() {
        var record = record("nonsense");
        for (var i = 0; i < 5_000; i++) {
            record.headers().add("h", null);
        }
        var event = letter(record).event();

        assertThat(event.headers()).hasSizeLessThan(DeadLetters.HEADERS_MAX + 10);
        assertThat(header(event, "dead-letter-headers-left-out")).isEqualTo("4900");
    }

    @Test
    void a_header_name_that_no_database_takes_is_written_differently() {
        var record = record("nonsense");
        record.headers().add("a\u0000b", null);

        assertThat(letter(record).event().headers()).startsWith(new Header("a\\u0000b", null));
    }

    @Test
    void the_same_id_and_bytes_have_one_fingerprint_wherever_they_stand() {
        assertThat(conflict(VALID, 1)).isEqualTo(conflict(VALID, 2)).matches("[0-9a-f]{64}");
        assertThat(conflict(VALID, 1)).isNotEqualTo(conflict(VALID + " ", 1));
        assertThat(conflict(VALID, 1)).isNotEqualTo(conflict(VALID.replace("dr-1", "dr-2"), 1));
    }

    @Test
    void without_an_id_it_is_the_place_that_counts() {
        assertThat(fingerprint("nonsense", 1))
                .isEqualTo(fingerprint("nonsense", 1))
                .isNotEqualTo(fingerprint("nonsense", 2));
    }

    @Test
    void key_value_and_headers_are_told_apart() {
        var plain = record("ab".getBytes(UTF_8), "c".getBytes(UTF_8), 1);
        var shifted = record("a".getBytes(UTF_8), "bc".getBytes(UTF_8), 1);
        var withHeader = record("ab".getBytes(UTF_8), "c".getBytes(UTF_8), 1);
        withHeader.headers().add("h", null);
        var withEmptyHeader = record("ab".getBytes(UTF_8), "c".getBytes(UTF_8), 1);
        withEmptyHeader.headers().add("h", new byte[0]);

        assertThat(
                        Stream.of(plain, shifted, withHeader, withEmptyHeader)
                                .map(Records::letter)
                                .map(DeadLetter::fingerprint))
                .doesNotHaveDuplicates();
    }

    private static String conflict(String value, long offset) {
        return request(record(KEY, value.getBytes(UTF_8), offset))
                .letter(Reason.REQUEST_CONFLICT, "")
                .fingerprint();
    }

    private static String fingerprint(String value, long offset) {
        return letter(record(KEY, value.getBytes(UTF_8), offset)).fingerprint();
    }

    private static int size(OutgoingEvent event) {
        var headers =
                event.headers().stream()
                        .mapToInt(
                                header ->
                                        header.name().length()
                                                + (header.value() == null
                                                        ? 0
                                                        : header.value().length()))
                        .sum();
        return there(event.key()).length() + there(event.value()).length() + headers;
    }
}
