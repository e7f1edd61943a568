package dev.restoreworker.sandbox.atlas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.ConnectException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class AtlasSimulatorTest extends SimulatorTestCase {
    @Test
    void a_port_that_is_taken_is_named_in_the_error() {
        var port = atlas.url().getPort();

        assertThatThrownBy(() -> AtlasSimulator.start(options.withPort(port), clock))
                .isInstanceOf(UncheckedIOException.class)
                .hasCauseInstanceOf(BindException.class)
                .hasMessageContaining("localhost:" + port);
    }

    @Test
    void a_closed_simulator_leaves_its_port() {
        var port = atlas.url().getPort();

        atlas.close();

        assertThatThrownBy(() -> caller.sendUnsigned("GET", JOBS))
                .isInstanceOf(ConnectException.class);
        try (var next = AtlasSimulator.start(options.withPort(port), clock)) {
            assertThat(next.url()).isEqualTo(atlas.url());
        }
    }

    @Test
    void latency_holds_back_the_answer_and_not_the_effect() throws IOException {
        var slow = options.withLatency(Duration.ofMillis(20));
        try (var late = AtlasSimulator.start(slow, clock);
                var user = Caller.of(late, slow)) {
            user.get(JOBS);
            var begun = System.nanoTime();

            var response = user.post(JOBS, download());

            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .isGreaterThanOrEqualTo(Duration.ofMillis(19));
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(late.books().jobs()).hasSize(1);
        }
    }

    @Test
    void options_are_checked_and_do_not_show_the_secret() {
        assertThat(options.toString()).doesNotContain(options.privateKey());
        assertThatThrownBy(() -> options.withPort(70_000))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> options.withNonceLifetime(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> options.withCallsKept(1_000_001))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void rate_headers_count_down_and_fill_up_again() {
        var rates = new RateBuckets(clock);

        var first = rates.take(PROJECT);
        var second = rates.take(PROJECT);
        clock.advance(Duration.ofMinutes(1));
        var later = rates.take(PROJECT);

        assertThat(first).isEqualTo(1199);
        assertThat(second).isEqualTo(1198);
        assertThat(later).isEqualTo(1199);
    }
}
