package dev.restoreworker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ResourceBundle;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OutageTest {

    private final Heard heard = new Heard();
    private final Outage outage = new Outage(heard, "Something");
    private final RuntimeException down = new IllegalStateException("down");

    @Test
    void pauses_grow_from_100_milliseconds_to_5_seconds() {
        assertThat(Stream.generate(() -> outage.failed(down)).limit(9))
                .containsExactly(
                        Duration.ofMillis(100),
                        Duration.ofMillis(200),
                        Duration.ofMillis(400),
                        Duration.ofMillis(800),
                        Duration.ofMillis(1_600),
                        Duration.ofMillis(3_200),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(5));
        for (var i = 0; i < 1_000; i++) {
            assertThat(outage.failed(down)).isEqualTo(Duration.ofSeconds(5));
        }
    }

    @Test
    void an_outage_is_told_once_when_it_begins_and_once_when_it_is_over() {
        outage.over();
        for (var i = 0; i < 3; i++) {
            outage.failed(down);
        }
        outage.over();
        outage.over();

        assertThat(heard.loud()).hasSize(2);
        assertThat(heard.loud().getFirst()).startsWith("WARNING Something is held up");
        assertThat(heard.loud().getLast()).startsWith("INFO Something goes on").contains("3");
    }

    @Test
    void it_is_told_in_one_line_from_what_failed_to_why() {
        var refused = new IllegalArgumentException("no such authority");

        outage.failed(new IllegalStateException("handshake failed", new RuntimeException(refused)));

        assertThat(heard.loud())
                .singleElement()
                .asString()
                .contains("until it works: handshake failed <- ")
                .endsWith(" <- no such authority");
    }

    @Test
    void another_reason_is_told_too_but_not_each_of_many() {
        outage.failed(down);
        outage.failed(new IllegalStateException("not authorized"));
        outage.failed(down);
        outage.failed(new IllegalStateException("not authorized"));

        assertThat(heard.loud()).hasSize(2);
        assertThat(heard.loud().getLast()).endsWith("not authorized");

        for (var i = 0; i < 100; i++) {
            outage.failed(new IllegalStateException("at " + i));
        }

        assertThat(heard.loud()).hasSize(10);
    }

    @Test
    void the_next_outage_begins_anew() {
        outage.failed(down);
        outage.failed(down);
        outage.over();

        assertThat(outage.failed(down)).isEqualTo(Duration.ofMillis(100));
        assertThat(heard.loud()).hasSize(3);
    }

    /** Keeps what is logged. */
    static final class Heard implements System.Logger {
        private final List<String> lines = new ArrayList<>();

        List<String> loud() {
            return lines.stream().filter(line -> !line.startsWith("DEBUG")).toList();
        }

        @Override
        public String getName() {
            return "test";
        }

        @Override
        public boolean isLoggable(Level level) {
            return true;
        }

        @Override
        public void log(
                Level level,
                @Nullable ResourceBundle bundle,
                String message,
                @Nullable Throwable thrown) {
            lines.add(level + " " + message);
        }

        @Override
        public void log(
                Level level,
                @Nullable ResourceBundle bundle,
                String format,
                @Nullable Object... parameters) {
            lines.add(level + " " + format);
        }
    }
}
