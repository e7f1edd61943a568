package dev.restoreworker.atlas;

import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.core.SubmitReply;
import dev.restoreworker.core.SubmitReply.Created;
import dev.restoreworker.core.SubmitReply.NotNow;
import dev.restoreworker.core.WaitsFor;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When a call is written and when not, as a server without any HTTP sees it. */
@Timeout(60)
class SendGateTest {

    private static final NotNow OBJECTION =
            NotNow.notSent(WaitsFor.SENDING_PAUSED, "the operator paused sending");

    @Test
    void head_and_body_leave_in_one_write() throws Exception {
        BlockingQueue<String> reads = new LinkedBlockingQueue<>();
        try (var server =
                        new RawServer(
                                socket -> {
                                    reads.add(RawServer.read(socket.getInputStream()));
                                    RawServer.write(socket, RawServer.JOB);
                                });
                var bench = Bench.of(server.url(), 2, Duration.ofSeconds(20))) {
            var reply = bench.submit(Requests.automated());

            assertThat(reply).isInstanceOf(Created.class);
            assertThat(reads)
                    .singleElement()
                    .asString()
                    .startsWith("POST /api/atlas/v2/groups/" + Requests.PROJECT)
                    .contains("\r\n\r\n{\"deliveryType\":\"automated\"")
                    .endsWith("}");
        }
    }

    @Test
    void an_objection_is_the_reply_and_gives_the_connection_back() throws Exception {
        var reads = new AtomicInteger();
        try (var server =
                        new RawServer(
                                socket -> {
                                    while (!RawServer.read(socket.getInputStream()).isEmpty()) {
                                        reads.incrementAndGet();
                                        RawServer.write(socket, RawServer.JOB);
                                    }
                                });
                var bench = Bench.of(server.url(), 2, Duration.ofSeconds(20))) {
            var replies = new ArrayList<SubmitReply>();
            for (var i = 0; i < 100; i++) {
                replies.add(
                        bench.client.submit(Requests.automated(), () -> Optional.of(OBJECTION)));
            }
            var begun = new ArrayList<Future<SubmitReply>>();
            for (var i = 0; i < 3; i++) {
                begun.add(bench.begin(Requests.automated(), Bench.FREE));
            }

            assertThat(replies).containsOnly(OBJECTION);
            for (var reply : begun) {
                assertThat(reply.get()).isInstanceOf(Created.class);
            }
            assertThat(reads).hasValue(3);
            assertThat(server.connections()).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void a_last_check_that_breaks_down_sends_nothing() throws Exception {
        try (var server = new RawServer(socket -> RawServer.read(socket.getInputStream()));
                var bench = Bench.of(server.url(), 2, Duration.ofSeconds(20))) {
            var reply =
                    bench.client.submit(
                            Requests.automated(),
                            () -> {
                                throw new IllegalStateException("no clock");
                            });

            assertThat(reply)
                    .isInstanceOfSatisfying(
                            NotNow.class,
                            it -> assertThat(it.waitsFor()).isEqualTo(WaitsFor.ATLAS));
        }
    }

    @Test
    void the_last_check_is_asked_when_the_connection_is_there() throws Exception {
        var answer = new Semaphore(0);
        var reads = new Semaphore(0);
        var budgetLeft = new AtomicBoolean(true);
        var asked = new AtomicInteger();
        try (var server =
                        new RawServer(
                                socket -> {
                                    while (!RawServer.read(socket.getInputStream()).isEmpty()) {
                                        reads.release();
                                        answer.acquire();
                                        RawServer.write(socket, RawServer.JOB);
                                    }
                                });
                var bench = Bench.of(server.url(), 1, Duration.ofSeconds(30))) {
            var first = bench.begin(Requests.automated(), Bench.FREE);
            reads.acquire();
            var second =
                    bench.begin(
                            Requests.download(),
                            () -> {
                                asked.incrementAndGet();
                                return budgetLeft.get() ? Optional.empty() : Optional.of(OBJECTION);
                            });
            var early = pollFor(second, Duration.ofMillis(300));
            var askedEarly = asked.get();
            budgetLeft.set(false);
            answer.release(2);

            assertThat(early).isEmpty();
            assertThat(askedEarly).isZero();
            assertThat(first.get()).isInstanceOf(Created.class);
            assertThat(second.get()).isEqualTo(OBJECTION);
            assertThat(reads.availablePermits()).isZero();
        }
    }

    @Test
    void a_call_that_gets_no_connection_in_time_is_not_sent_then_or_later() throws Exception {
        var answer = new Semaphore(0);
        var reads = new Semaphore(0);
        try (var server =
                        new RawServer(
                                socket -> {
                                    while (!RawServer.read(socket.getInputStream()).isEmpty()) {
                                        reads.release();
                                        answer.acquire();
                                        RawServer.write(socket, RawServer.JOB);
                                    }
                                });
                var patient = Bench.of(server.url(), 1, Duration.ofSeconds(30));
                var impatient = impatient(patient, server.url())) {
            var first = patient.begin(Requests.automated(), Bench.FREE);
            reads.acquire();

            var second = impatient.submit();
            answer.release(1);
            var firstReply = first.get();
            var third = patient.begin(Requests.automated(), Bench.FREE);
            reads.acquire();
            answer.release(1);

            assertThat(second).isInstanceOf(ExchangeException.NotSent.class);
            assertThat(firstReply).isInstanceOf(Created.class);
            assertThat(third.get()).isInstanceOf(Created.class);
            assertThat(reads.availablePermits()).isZero();
        }
    }

    @Test
    void a_call_for_which_even_the_queue_is_full_is_not_sent() throws Exception {
        var answer = new Semaphore(0);
        var reads = new Semaphore(0);
        try (var server =
                        new RawServer(
                                socket -> {
                                    while (!RawServer.read(socket.getInputStream()).isEmpty()) {
                                        reads.release();
                                        answer.acquire();
                                        RawServer.write(socket, RawServer.JOB);
                                    }
                                });
                var bench = Bench.of(server.url(), 1, Duration.ofSeconds(30))) {
            var begun = new ArrayList<Future<SubmitReply>>();
            begun.add(bench.begin(Requests.automated(), Bench.FREE));
            reads.acquire();
            for (var i = 0; i < 5; i++) {
                begun.add(bench.begin(Requests.automated(), Bench.FREE));
            }
            // One waits in the queue; the others come back while nothing is answered.
            var refused = 0;
            while (refused < 4) {
                refused = (int) begun.stream().filter(Future::isDone).count();
                Thread.onSpinWait();
            }
            answer.release(2);
            var replies = new ArrayList<SubmitReply>();
            for (var reply : begun) {
                replies.add(reply.get());
            }

            assertThat(replies).filteredOn(Created.class::isInstance).hasSize(2);
            assertThat(replies)
                    .filteredOn(NotNow.class::isInstance)
                    .hasSize(4)
                    .allSatisfy(
                            it ->
                                    assertThat(((NotNow) it).detail())
                                            .contains("ConnectionPoolTooBusyException"));
            assertThat(reads.availablePermits()).isOne();
        }
    }

    /** A call through the same connections as another's, with less time. */
    private record Impatient(AtlasHttp http, Call call) implements AutoCloseable {

        Object submit() {
            try {
                return http.exchange(
                        new Send(call, Bench.FREE, null, Deadline.in(Duration.ofMillis(200))));
            } catch (ExchangeException e) {
                return e;
            }
        }

        @Override
        public void close() {}
    }

    private static Impatient impatient(Bench bench, URI url) {
        return new Impatient(bench.http, new AtlasRequests(url, "v2").create(Requests.automated()));
    }

    private static Optional<SubmitReply> pollFor(Future<SubmitReply> reply, Duration time)
            throws Exception {
        try {
            return Optional.of(reply.get(time.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException _) {
            return Optional.empty();
        }
    }
}
