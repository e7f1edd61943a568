package dev.restoreworker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.core.WaitsFor;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class SendingTest {

    private static final Duration SEND_WITHIN = Duration.ofSeconds(10);

    private final AtomicReference<Instant> wall = new AtomicReference<>(Instant.EPOCH);
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // it may overflow
    private final AtomicBoolean paused = new AtomicBoolean();
    private final Sending sending = new Sending(4, SEND_WITHIN, paused::get, wall::get, nanos::get);

    @Test
    void unsent_intents_never_exceed_the_free_permits_and_32() {
        var turns = sending.takeTurns(1_000);

        assertThat(turns).hasSize(4 + 32);
        assertThat(sending.takeTurns(1)).isEmpty();
    }

    @Test
    void a_turn_is_given_back_once_however_often_it_is_closed() {
        var turn = sending.takeTurns(1_000).getFirst();

        turn.close();
        turn.close();

        assertThat(sending.takeTurns(1_000)).hasSize(1);
    }

    @Test
    void waiting_for_a_turn_ends() throws InterruptedException {
        sending.takeTurns(1_000);

        assertThat(sending.awaitTurns(5, Duration.ofMillis(1))).isEmpty();
    }

    @Test
    void a_budget_may_be_used_up_to_its_end() {
        var budget = sending.budget();

        pass(SEND_WITHIN, SEND_WITHIN);

        assertThat(budget.objection()).isEmpty();
    }

    @Test
    void a_budget_ends_by_the_monotonic_clock_when_the_other_was_set_back() {
        var budget = sending.budget();

        pass(Duration.ofHours(-1), SEND_WITHIN.plusNanos(1));

        assertThat(budget.objection())
                .hasValueSatisfying(why -> assertThat(why.waitsFor()).isEqualTo(WaitsFor.TURN));
    }

    @Test
    void a_budget_ends_by_the_wall_clock_when_the_machine_was_suspended() {
        var budget = sending.budget();

        pass(SEND_WITHIN.plusNanos(1), Duration.ZERO);

        assertThat(budget.objection()).isPresent();
    }

    @Test
    void a_pause_is_seen_at_the_last_check_and_so_is_its_end() {
        var budget = sending.budget();
        paused.set(true);

        assertThat(budget.objection())
                .hasValueSatisfying(
                        why -> assertThat(why.waitsFor()).isEqualTo(WaitsFor.SENDING_PAUSED));

        paused.set(false);

        assertThat(budget.objection()).isEmpty();
    }

    @Test
    void a_worker_that_goes_down_sends_nothing_more() {
        var budget = sending.budget();

        sending.stop();

        assertThat(budget.objection()).isPresent();
        assertThat(sending.mayNotSend()).isTrue();
    }

    private void pass(Duration byWall, Duration byNanos) {
        wall.updateAndGet(before -> before.plus(byWall));
        nanos.addAndGet(byNanos.toNanos());
    }
}
