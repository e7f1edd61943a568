package dev.restoreworker.whole;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.whole.agent.Point;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What holds workers and spoils answers does just that. */
class MatrixToolsTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String ANSWER =
            "HTTP/1.1 200 OK\r\nDate: now\r\ncontent-length: 10\r\n\r\n0123456789";
    private static final HttpText CALL = new HttpText("POST / HTTP/1.1\r\n\r\n", new byte[0]);

    @Test
    void a_worker_at_the_point_is_held_until_it_is_let_go_and_the_others_pass() throws Exception {
        var trap = new Trap();
        trap.arm(Point.MOVED, 1);
        trap.reached(1, Point.MOVED); // the first passes
        trap.reached(2, Point.OPENED); // another point

        var held = Thread.ofVirtual().start(() -> trap.reached(2, Point.MOVED));

        assertThat(trap.awaitCaught(SOON)).isEqualTo(2);
        trap.reached(1, Point.MOVED); // another worker
        assertThat(held.isAlive()).isTrue();
        trap.release();
        assertThat(held.join(SOON)).isTrue();
        trap.reached(2, Point.MOVED); // nobody is held any more
    }

    @Test
    void all_threads_of_the_worker_that_was_caught_are_held() throws Exception {
        var trap = new Trap();
        trap.arm(Point.CHECKED, 0);
        var threads =
                IntStream.range(0, 3)
                        .mapToObj(
                                _ -> Thread.ofVirtual().start(() -> trap.reached(0, Point.CHECKED)))
                        .toList();

        assertThat(trap.awaitHeld(3, SOON)).isTrue();
        trap.release();

        for (var thread : threads) {
            assertThat(thread.join(SOON)).isTrue();
        }
    }

    @Test
    void an_answer_is_passed_on_as_it_is() throws IOException {
        assertThat(befallen(Mishap.NONE)).isEqualTo(ANSWER);
        assertThat(befallen(Mishap.SLOW)).isEqualTo(ANSWER);
    }

    @Test
    void an_answer_is_spoilt_in_the_way_that_was_asked_for() throws IOException {
        assertThat(befallen(Mishap.LOST)).isEqualTo("END");
        assertThat(befallen(Mishap.CUT)).isEqualTo(ANSWER.replace("56789", "END"));
        assertThat(befallen(Mishap.SERVER_ERROR)).startsWith("HTTP/1.1 500 ").endsWith("{}");
        assertThat(befallen(Mishap.GARBAGE))
                .startsWith(ANSWER.substring(0, ANSWER.indexOf("0123")))
                .doesNotContain("0123");
    }

    @Test
    void mishaps_come_about_as_often_as_they_should() {
        var weather = Mishap.often(1);
        var counts = new EnumMap<Mishap, Integer>(Mishap.class);
        IntStream.range(0, 10_000).forEach(_ -> counts.merge(weather.apply(CALL), 1, Integer::sum));

        assertThat(counts).hasSize(Mishap.values().length);
        assertThat(counts.get(Mishap.NONE)).isBetween(7_200, 7_800);
        assertThat(counts.get(Mishap.LOST)).isBetween(400, 600);
    }

    private static String befallen(Mishap mishap) throws IOException {
        var out = new ByteArrayOutputStream();
        var answer =
                requireNonNull(HttpText.read(new ByteArrayInputStream(ANSWER.getBytes(UTF_8))));
        var goesOn = mishap.befall(answer, out);
        return out.toString(UTF_8) + (goesOn ? "" : "END");
    }
}
