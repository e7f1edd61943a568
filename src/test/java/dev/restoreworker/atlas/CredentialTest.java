package dev.restoreworker.atlas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.restoreworker.AtlasBackups.Readiness;
import dev.restoreworker.AtlasBackups.Readiness.Ready;
import dev.restoreworker.AtlasBackups.Readiness.Unready;
import dev.restoreworker.core.SubmitReply.NotNow;
import dev.restoreworker.core.WaitsFor;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(30)
class CredentialTest {

    private static final Readiness READY = new Ready(Instant.EPOCH);
    private static final Readiness UNREADY =
            new Unready(NotNow.notSent(WaitsFor.ATLAS, "Atlas does not answer"));

    private final Credential credential = new Credential("eu", new DigestAuth("key", "s3cret"));
    private final AtomicInteger reads = new AtomicInteger();

    @Test
    void many_callers_cost_one_read_and_share_its_failure() throws InterruptedException {
        var results = together(20, Optional::empty, UNREADY);

        assertThat(results).hasSize(20).containsOnly(UNREADY);
        assertThat(reads).hasValue(1);
    }

    @Test
    void those_who_waited_for_anothers_failure_may_still_be_ready() throws InterruptedException {
        var leader = new AtomicInteger();

        var results =
                together(
                        5,
                        // Asked first by the one who is about to read, then by those who waited.
                        () -> leader.getAndIncrement() == 0 ? Optional.empty() : Optional.of(READY),
                        UNREADY);

        assertThat(results).containsOnlyOnce(UNREADY).contains(READY).hasSize(5);
        assertThat(reads).hasValue(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"RATE", "CREDENTIAL"})
    void what_may_hold_for_anothers_project_alone_is_tried_anew(WaitsFor waitsFor)
            throws InterruptedException {
        var met = new Unready(NotNow.notSent(waitsFor, "for another project"));

        var results = together(5, Optional::empty, met);

        assertThat(results).hasSize(5).containsOnly(met);
        assertThat(reads).hasValue(5);
    }

    @Test
    void one_who_comes_when_it_is_ready_reads_nothing() throws InterruptedException {
        assertThat(credential.prepare(() -> Optional.of(READY), this::mustNotRead))
                .isEqualTo(READY);
    }

    @Test
    void a_read_that_breaks_down_leaves_the_way_free_for_the_next() throws InterruptedException {
        assertThatThrownBy(() -> credential.prepare(Optional::empty, this::mustNotRead))
                .hasMessage("read");

        assertThat(credential.prepare(Optional::empty, () -> READY)).isEqualTo(READY);
    }

    private Readiness mustNotRead() {
        throw new IllegalStateException("read");
    }

    /** All call while the first one reads. */
    private List<Readiness> together(
            int callers, Supplier<Optional<Readiness>> ready, Readiness found)
            throws InterruptedException {
        Queue<Readiness> results = new ConcurrentLinkedQueue<>();
        var answer = new CountDownLatch(1);
        var threads = new ArrayList<Thread>();
        for (var i = 0; i < callers; i++) {
            threads.add(Thread.ofVirtual().start(() -> results.add(prepare(ready, found, answer))));
        }
        while (!threads.stream().allMatch(it -> it.getState() == Thread.State.WAITING)) {
            Thread.onSpinWait();
        }
        answer.countDown();
        for (var thread : threads) {
            thread.join();
        }
        return List.copyOf(results);
    }

    private Readiness prepare(
            Supplier<Optional<Readiness>> ready, Readiness found, CountDownLatch answer) {
        try {
            return credential.prepare(
                    ready,
                    () -> {
                        reads.incrementAndGet();
                        await(answer);
                        return found;
                    });
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
