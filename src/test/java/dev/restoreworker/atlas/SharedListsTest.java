package dev.restoreworker.atlas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.restoreworker.AtlasBackups.Listing;
import dev.restoreworker.AtlasBackups.Listing.Listed;
import dev.restoreworker.AtlasBackups.Listing.Unseen;
import dev.restoreworker.core.ListedJob;
import dev.restoreworker.core.SourceCluster;
import dev.restoreworker.core.SubmitReply.NotNow;
import dev.restoreworker.core.WaitsFor;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class SharedListsTest {

    private static final SourceCluster ORDERS = new SourceCluster("p-1", "orders");
    private static final Instant EARLY = Instant.parse("2026-01-02T12:00:00Z");
    private static final Instant LATE = EARLY.plusSeconds(60);

    /** A read that has begun, and ends when it is let go with what it is to bring. */
    private static final class Held {
        final SourceCluster cluster;
        final Instant since;
        final CountDownLatch go = new CountDownLatch(1);
        volatile Listing brings = new Listed(List.of());

        Held(SourceCluster cluster, Instant since) {
            this.cluster = cluster;
            this.since = since;
        }

        void letGo(Listing listing) {
            brings = listing;
            go.countDown();
        }
    }

    private final Queue<Held> reads = new ConcurrentLinkedQueue<>();
    private final SharedLists lists = new SharedLists(this::held);
    private final List<Thread> started = new ArrayList<>();
    private final ExecutorService threads =
            Executors.newThreadPerTaskExecutor(
                    task -> {
                        var thread = Thread.ofVirtual().unstarted(task);
                        started.add(thread);
                        return thread;
                    });

    @AfterEach
    void close() {
        threads.shutdownNow();
    }

    @Test
    void all_who_ask_while_a_list_is_read_share_the_next_one() throws Exception {
        var first = ask(ORDERS);
        var running = read(1);
        var others = IntStream.range(0, 50).mapToObj(_ -> ask(ORDERS)).toList();
        awaitAllWait();
        running.letGo(listed("a"));
        var next = read(2);
        next.letGo(listed("b"));

        assertThat(first.get()).isEqualTo(listed("a"));
        for (var each : others) {
            assertThat(each.get()).as("begun after it asked").isEqualTo(listed("b"));
        }
        assertThat(reads).hasSize(2);
    }

    @Test
    void each_who_asks_later_gets_a_later_list() throws Exception {
        for (var number = 1; number <= 3; number++) {
            var asked = ask(ORDERS);
            read(number).letGo(listed("job " + number));
            assertThat(asked.get()).isEqualTo(listed("job " + number));
        }
        assertThat(reads).hasSize(3);
    }

    @Test
    void a_list_reaches_back_as_far_as_anybody_wants_who_shares_it() {
        ask(ORDERS, LATE);
        var running = read(1);
        ask(ORDERS, LATE);
        awaitAllWait();
        ask(ORDERS, EARLY);
        ask(ORDERS, LATE);
        awaitAllWait();
        running.letGo(listed("a"));

        assertThat(running.since).isEqualTo(LATE);
        assertThat(read(2).since).isEqualTo(EARLY);
    }

    @Test
    void those_who_share_a_list_share_why_it_could_not_be_seen() throws Exception {
        var unseen = new Unseen(NotNow.notSent(WaitsFor.ATLAS, "Atlas is away"));
        ask(ORDERS);
        var running = read(1);
        var others = IntStream.range(0, 5).mapToObj(_ -> ask(ORDERS)).toList();
        awaitAllWait();
        running.letGo(listed("a"));
        read(2).letGo(unseen);

        for (var each : others) {
            assertThat(each.get()).isEqualTo(unseen);
        }
        assertThat(reads).hasSize(2);
    }

    @Test
    void one_clusters_list_does_not_wait_for_anothers() throws Exception {
        ask(ORDERS);
        read(1);
        var other = ask(new SourceCluster("p-2", "orders"));
        read(2).letGo(listed("b"));

        assertThat(other.get()).isEqualTo(listed("b"));
    }

    @Test
    void so_many_lists_are_read_at_once_and_the_rest_wait() throws Exception {
        var asked =
                IntStream.rangeClosed(0, SharedLists.AT_ONCE)
                        .mapToObj(i -> ask(new SourceCluster("p-1", "c-" + i)))
                        .toList();
        awaitAllWait();

        assertThat(reads).hasSize(SharedLists.AT_ONCE);

        for (var i = 1; i <= asked.size(); i++) {
            read(i).letGo(listed("a"));
        }
        for (var each : asked) {
            assertThat(each.get()).isEqualTo(listed("a"));
        }
    }

    @Test
    void a_read_that_breaks_down_is_told_to_all_and_keeps_nobody_back() throws Exception {
        var broken = new SharedLists((_, _) -> breakDown());

        assertThatThrownBy(() -> broken.jobs(ORDERS, EARLY)).hasRootCauseMessage("broken");
        assertThatThrownBy(() -> broken.jobs(ORDERS, EARLY)).hasRootCauseMessage("broken");
        assertThat(broken.count()).isZero();
    }

    @Test
    void nothing_is_kept_of_what_is_over() throws Exception {
        var asked = new ArrayList<Future<Listing>>();
        for (var i = 1; i <= 3; i++) {
            asked.add(ask(ORDERS));
            read(1);
            asked.add(ask(ORDERS));
            awaitAllWait();
        }
        read(1).letGo(listed("a"));
        read(2).letGo(listed("b"));
        for (var each : asked) {
            each.get();
        }

        threads.close();
        assertThat(lists.count()).isZero();
    }

    private static Listing breakDown() {
        throw new IllegalStateException("broken");
    }

    private Listing held(SourceCluster cluster, Instant since) {
        var held = new Held(cluster, since);
        reads.add(held);
        try {
            held.go.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return held.brings;
    }

    private Future<Listing> ask(SourceCluster cluster) {
        return ask(cluster, Instant.MIN);
    }

    private Future<Listing> ask(SourceCluster cluster, Instant since) {
        return threads.submit(() -> lists.jobs(cluster, since));
    }

    /** The read of this number, once it has begun. */
    private Held read(int number) {
        while (reads.size() < number) {
            spin();
        }
        return List.copyOf(reads).get(number - 1);
    }

    /** Until nobody can go on who is not let go. */
    private void awaitAllWait() {
        while (started.stream().anyMatch(SharedListsTest::isRunning)) {
            spin();
        }
    }

    /** Lets a test that waits in vain end. */
    private static void spin() {
        if (Thread.interrupted()) {
            throw new AssertionError("interrupted");
        }
        Thread.onSpinWait();
    }

    private static boolean isRunning(Thread thread) {
        return switch (thread.getState()) {
            case WAITING, TERMINATED -> false;
            case NEW, RUNNABLE, BLOCKED, TIMED_WAITING -> true;
        };
    }

    private static Listing listed(String job) {
        return new Listed(
                List.of(
                        new ListedJob(
                                job, "https://atlas", null, null, null, null, null, null, null)));
    }
}
