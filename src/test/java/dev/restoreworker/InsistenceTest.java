package dev.restoreworker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.restoreworker.Insistence.StoppedException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class InsistenceTest {

    private final Insistence insistence = new Insistence(_ -> Duration.ZERO);

    @Test
    void a_thing_that_fails_is_done_again_until_it_is_done() {
        var failures = new AtomicInteger();

        var done =
                insistence.until(
                        "test",
                        () -> {
                            if (failures.incrementAndGet() < 100) {
                                throw new LedgerUnavailableException(
                                        "not yet", new IllegalStateException());
                            }
                            return "done";
                        });

        assertThat(done).isEqualTo("done");
        assertThat(failures).hasValue(100);
    }

    @Test
    void it_gives_up_when_the_worker_goes_down_and_says_why_it_was_not_done() {
        insistence.stop();

        assertThatThrownBy(
                        () ->
                                insistence.until(
                                        "answer to r-1",
                                        () -> {
                                            throw new LedgerUnavailableException(
                                                    "no database",
                                                    new IllegalStateException("no database"));
                                        }))
                .isInstanceOf(StoppedException.class)
                .hasMessageContaining("answer to r-1")
                .hasRootCauseMessage("no database");
    }

    @Test
    void what_is_no_trouble_of_the_ledger_is_not_tried_again() {
        var tries = new AtomicInteger();

        assertThatThrownBy(
                        () ->
                                insistence.until(
                                        "test",
                                        () -> {
                                            tries.incrementAndGet();
                                            throw new IllegalArgumentException("a fault of ours");
                                        }))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(tries).hasValue(1);
    }

    @Test
    void a_thing_that_works_is_done_even_then() {
        insistence.stop();

        assertThat(insistence.<String>until("test", () -> "done")).isEqualTo("done");
    }
}
