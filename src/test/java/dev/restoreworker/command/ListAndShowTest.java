package dev.restoreworker.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ListAndShowTest extends CommandTestCase {

    private static final String EVIL = "a\u001b[2J\u0007\r\nfake line\u202e\u0000";

    @Test
    void the_list_has_a_line_for_each_and_a_count_by_reason() {
        bury(
                "UNKNOWN_TYPE",
                "orders",
                "{\"data\":{\"x\":[{\"requestId\":\"no\"}],\"requestId\":\"dr-1\"}}");
        bury(1, "NO_ID", null, "{}", Map.of(), Map.of());
        bury(
                0,
                "TOO_LARGE",
                "k",
                "{\"requestId\":\"dr-3\"",
                Map.of(),
                Map.of("dead-letter-length", "900000"));
        run("dead-letters", "replay", "0/0", "--execute");

        var result = run("dead-letters", "list");

        var lines = result.said().lines().toList();
        assertThat(result.status()).isZero();
        assertThat(lines).hasSize(5);
        assertThat(lines.get(1))
                .matches("0/0 +\\d{4}-.*Z +UNKNOWN_TYPE +\\d+ +orders +dr-1 +replayed");
        assertThat(lines.get(2))
                .matches(
                        "0/\\d +.* TOO_LARGE +900000 +k +dr-3 +can't be replayed: its value is cut; the whole record was .*/3/17");
        assertThat(lines.get(3)).matches("1/0 .* NO_ID +2 +- +- +can be replayed");
        assertThat(lines.get(4)).isEqualTo("3 dead letters: 1 NO_ID, 1 TOO_LARGE, 1 UNKNOWN_TYPE");
    }

    @Test
    void the_list_shows_what_was_chosen() {
        bury("UNKNOWN_TYPE", "a", "1");
        bury("NO_ID", "b", "2");
        bury(1, "NO_ID", "c", "3", Map.of(), Map.of());

        assertThat(count("--reason", "no_id", "--reason", "UNREADABLE")).isEqualTo(2);
        assertThat(count("--reason", "NO_ID", "--partition", "1")).isEqualTo(1);
        assertThat(count("--partition", "0", "--offset", "1")).isEqualTo(1);
        assertThat(count("0/0", "1/0", "1/99")).isEqualTo(2);
        assertThat(count("--from", "PT1H")).isEqualTo(3);
        assertThat(count("--to", "PT1H")).isZero();
        assertThat(count("--from", "2020-01-01T00:00:00Z", "--to", "2100-01-01T00:00:00+02:00"))
                .isEqualTo(3);
    }

    @Test
    void hostile_bytes_never_reach_the_terminal() {
        var headers = new LinkedHashMap<String, byte @Nullable []>();
        headers.put(EVIL, EVIL.getBytes(UTF_8));
        headers.put("none", null);
        headers.put("bytes", new byte[] {(byte) 0xff, 'x', (byte) 0xc3});
        bury(
                0,
                EVIL,
                EVIL,
                "{\"requestId\":\"\\u001b[31m\",\n\"a\":\"" + EVIL + "\"}",
                headers,
                Map.of("dead-letter-topic", EVIL, "dead-letter-length", "12345"));

        var shown = run("dead-letters", "show", "0/0");
        var all =
                shown.said()
                        + run("dead-letters", "list").said()
                        + run("dead-letters", "replay", "0/0").said()
                        + run("dead-letters", "list", EVIL).said();

        assertThat(shown.status()).isZero();
        assertThat(all.chars().filter(each -> each != '\n'))
                .noneMatch(Character::isISOControl)
                .noneMatch(each -> Character.getType(each) == Character.FORMAT);
        assertThat(all.lines()).noneMatch(line -> line.startsWith("fake"));
        assertThat(shown.said())
                .contains("header    none = null")
                .contains("header    bytes = \\xffx\\xc3")
                .contains("    {\"requestId\":\"\\u001b[31m\",\n    \"a\":\"a\\u001b[2J");
    }

    @Test
    void the_value_can_be_had_byte_by_byte() throws IOException {
        var bytes = new byte[70_000];
        for (var i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        send(new ProducerRecord<>(prefix + "dead", 0, bytes, bytes));
        var file = folder.resolve(prefix + "raw");

        var first = run("dead-letters", "show", "0/0", "--raw", file.toString());
        var second = run("dead-letters", "show", "0/0", "--raw", file.toString());

        assertThat(first.status()).isZero();
        assertThat(first.said()).contains("can't be replayed: the worker did not write it");
        assertThat(Arrays.equals(Files.readAllBytes(file), bytes)).isTrue();
        assertThat(second.status()).isEqualTo(1);
        assertThat(second.said()).contains("There is a file");
    }

    @Test
    void what_is_not_there_is_not_shown() {
        var result = run("dead-letters", "show", "1/7");

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.said()).contains("There is no dead letter 1/7");
    }

    private long count(String... filters) {
        var args = new ArrayList<>(List.of("dead-letters", "list"));
        args.addAll(Arrays.asList(filters));
        var result = run(args.toArray(String[]::new));
        assertThat(result.status()).as(result.said()).isZero();
        return result.said().lines().count() - 2;
    }
}
