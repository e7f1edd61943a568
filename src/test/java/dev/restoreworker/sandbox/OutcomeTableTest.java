package dev.restoreworker.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.LocalTime;
import org.junit.jupiter.api.Test;

class OutcomeTableTest {
    private static final String PROJECT = "65a1f0c2d4b38e6f7a901234";
    private static final String JOB = "6712a4b0c3d5e6f708192a3b";

    @Test
    void every_value_stands_under_its_title() {
        var event = new SeenEvent("sample-download", PROJECT, "download", Outcome.created(), JOB);

        var header = OutcomeTable.header();
        var row = OutcomeTable.row(event, "42 ms");

        assertThat(row.indexOf("sample-download")).isEqualTo(header.indexOf("REQUEST"));
        assertThat(row.indexOf(PROJECT)).isEqualTo(header.indexOf("PROJECT"));
        assertThat(row.indexOf("download", 20)).isEqualTo(header.indexOf("DELIVERY"));
        assertThat(row.indexOf("job-created")).isEqualTo(header.indexOf("OUTCOME"));
        assertThat(row.indexOf(JOB)).isEqualTo(header.indexOf("JOB"));
        assertThat(row.indexOf("42 ms")).isEqualTo(header.indexOf("TIME"));
    }

    @Test
    void a_value_that_is_too_long_does_not_move_the_columns_after_it() {
        var event = new SeenEvent("x".repeat(255), PROJECT, "download", Outcome.created(), JOB);

        var row = OutcomeTable.row(event, "42 ms");

        assertThat(row).startsWith("x".repeat(17) + "...  " + PROJECT);
        assertThat(row.indexOf("job-created")).isEqualTo(OutcomeTable.header().indexOf("OUTCOME"));
    }

    @Test
    void the_longest_reasons_are_shown_whole() {
        var failed = new SeenEvent("a", "", "", Outcome.failed("TARGET_NOT_ALLOWED"), "");
        var dead = new SeenEvent("a", "", "", Outcome.deadLetter("REQUEST_CONFLICT"), "");

        assertThat(OutcomeTable.row(failed, "1 ms")).contains("job-failed TARGET_NOT_ALLOWED ");
        assertThat(OutcomeTable.row(dead, "1 ms")).contains("dead-letter REQUEST_CONFLICT ");
    }

    @Test
    void what_an_event_does_not_have_is_a_dash() {
        var event = new SeenEvent("", "", "", Outcome.deadLetter("NO_ID"), "");

        assertThat(OutcomeTable.row(event, "12:00:00").split(" +"))
                .containsExactly("-", "-", "-", "dead-letter", "NO_ID", "-", "12:00:00");
    }

    @Test
    void nothing_that_was_published_can_steer_the_terminal() {
        var event = new SeenEvent("\u001b[2Jgone\n", PROJECT, "", Outcome.created(), JOB);

        assertThat(OutcomeTable.row(event, "42 ms")).startsWith("?[2Jgone? ");
    }

    @Test
    void times_are_milliseconds_since_publishing_or_the_clock() {
        assertThat(OutcomeTable.since(Duration.ofMillis(1234))).isEqualTo("1234 ms");
        assertThat(OutcomeTable.clock(LocalTime.of(9, 5, 0, 999))).isEqualTo("09:05:00");
    }
}
