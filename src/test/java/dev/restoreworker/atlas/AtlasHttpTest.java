package dev.restoreworker.atlas;

import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.AtlasBackups.Listing;
import dev.restoreworker.core.SubmitReply.Created;
import dev.restoreworker.core.SubmitReply.NotNow;
import dev.restoreworker.core.SubmitReply.Unknown;
import dev.restoreworker.core.WaitsFor;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How exchanges end, as a server without any HTTP sees it. */
@Timeout(60)
class AtlasHttpTest {

    /** A long list comes slowly, and its date is that of its beginning. */
    /**
     * What else reads the clock while the head is on its way spoils a try; whoever took the end of
     * the body for the answer's time would spoil all of them.
     */
    @Test
    void an_answer_tells_the_time_at_which_its_head_came() throws Exception {
        var told = Optional.<Instant>empty();
        for (var tries = 0; tries < 10 && told.isEmpty(); tries++) {
            told = timeOfAnAnswerWhoseBodyIsLate();
        }

        assertThat(told).contains(Instant.parse("2026-01-02T12:00:09Z"));
    }

    private static Optional<Instant> timeOfAnAnswerWhoseBodyIsLate() throws Exception {
        var now = new AtomicReference<>(Instant.parse("2026-01-02T12:00:00Z"));
        var headIsOut = new AtomicBoolean();
        var headWasSeen = new CountDownLatch(1);
        var head =
                "HTTP/1.1 200 OK\r\nDate: Fri, 02 Jan 2026 12:00:00 GMT\r\nContent-Length: 15\r\n\r\n";
        try (var server =
                        new RawServer(
                                socket -> {
                                    var _ = RawServer.read(socket.getInputStream());
                                    headIsOut.set(true);
                                    RawServer.write(socket, head);
                                    if (headWasSeen.await(10, TimeUnit.SECONDS)) {
                                        now.updateAndGet(time -> time.plusSeconds(9));
                                        RawServer.write(socket, "{\"results\": []}");
                                    }
                                });
                var bench =
                        new Bench(
                                Settings.of(server.url()),
                                2,
                                () -> {
                                    var time = now.get();
                                    if (headIsOut.get()) {
                                        headWasSeen.countDown();
                                    }
                                    return time;
                                })) {
            assertThat(bench.jobs(Requests.download())).isEqualTo(new Listing.Listed(List.of()));
            return bench.atlasClock.closely(Duration.ofSeconds(30));
        }
    }

    @Test
    void a_call_whose_time_is_over_is_reset() throws Exception {
        BlockingQueue<Object> seen = new LinkedBlockingQueue<>();
        try (var server = new RawServer(socket -> seen.add(endOf(socket.getInputStream())));
                var bench = Bench.of(server.url(), 2, Duration.ofMillis(400))) {
            var reply = bench.submit(Requests.automated());

            assertThat(reply).isEqualTo(new Unknown("no whole answer came in time"));
            assertThat(seen.poll(10, TimeUnit.SECONDS)).asString().contains("reset");
        }
    }

    @Test
    void a_body_that_trickles_does_not_put_off_the_end() throws Exception {
        var gone = new CountDownLatch(1);
        try (var server =
                        new RawServer(
                                socket -> {
                                    RawServer.read(socket.getInputStream());
                                    trickle(socket);
                                    gone.countDown();
                                });
                var bench = Bench.of(server.url(), 2, Duration.ofMillis(600))) {
            var begun = System.nanoTime();

            var reply = bench.submit(Requests.automated());

            assertThat(reply).isEqualTo(new Unknown("no whole answer came in time"));
            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .isBetween(Duration.ofMillis(590), Duration.ofSeconds(10));
            assertThat(gone.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void an_answer_that_is_too_long_is_unknown_and_ends_its_connection() throws Exception {
        var gone = new CountDownLatch(1);
        try (var server =
                        new RawServer(
                                socket -> {
                                    RawServer.read(socket.getInputStream());
                                    flood(socket);
                                    gone.countDown();
                                });
                var bench = Bench.of(server.url(), 2, Duration.ofSeconds(30))) {
            var reply = bench.submit(Requests.automated());

            assertThat(reply).isEqualTo(new Unknown("the answer is too long"));
            assertThat(gone.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void an_answer_that_is_cut_is_unknown() throws Exception {
        try (var server =
                        new RawServer(
                                socket -> {
                                    RawServer.read(socket.getInputStream());
                                    RawServer.write(
                                            socket,
                                            RawServer.JOB.substring(0, RawServer.JOB.length() - 5));
                                    socket.close();
                                });
                var bench = Bench.of(server.url(), 2, Duration.ofSeconds(20))) {
            assertThat(bench.submit(Requests.automated())).isInstanceOf(Unknown.class);
        }
    }

    @Test
    void what_is_no_http_is_unknown_and_is_quoted_neither_in_the_reply_nor_in_a_log()
            throws Exception {
        var logged = new LoggedText();
        try (var server =
                        new RawServer(
                                socket -> {
                                    RawServer.read(socket.getInputStream());
                                    RawServer.write(socket, "https://5ecre7 5ecre7\r\n\r\n");
                                });
                var bench = Bench.of(server.url(), 2, Duration.ofSeconds(20));
                logged) {
            var reply = bench.submit(Requests.automated());

            assertThat(reply).isInstanceOf(Unknown.class);
            assertThat(reply + " " + logged).doesNotContainIgnoringCase("5ecre7");
        }
    }

    @Test
    void a_call_that_is_dropped_is_sent_once_on_a_fresh_and_on_a_used_connection()
            throws Exception {
        var calls = new AtomicInteger();
        try (var server =
                        new RawServer(
                                socket -> {
                                    while (!RawServer.read(socket.getInputStream()).isEmpty()) {
                                        if (calls.incrementAndGet() % 2 == 0) {
                                            socket.close();
                                            return;
                                        }
                                        RawServer.write(socket, RawServer.JOB);
                                    }
                                });
                var bench = Bench.of(server.url(), 1, Duration.ofSeconds(20))) {
            var first = bench.submit(Requests.automated());
            var onUsed = bench.submit(Requests.automated());
            calls.incrementAndGet();
            var onFresh = bench.submit(Requests.automated());

            assertThat(first).isInstanceOf(Created.class);
            assertThat(List.of(onUsed, onFresh)).hasOnlyElementsOfType(Unknown.class);
            assertThat(calls).hasValue(4);
            assertThat(server.connections()).isEqualTo(2);
        }
    }

    @Test
    void a_refused_connection_proves_that_nothing_was_sent() throws Exception {
        int port;
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = server.getLocalPort();
        }
        try (var bench =
                Bench.of(URI.create("http://localhost:" + port), 2, Duration.ofSeconds(20))) {
            assertThat(bench.submit(Requests.automated()))
                    .isInstanceOfSatisfying(
                            NotNow.class,
                            it -> {
                                assertThat(it.waitsFor()).isEqualTo(WaitsFor.ATLAS);
                                assertThat(it.detail()).contains("refused");
                            });
        }
    }

    @Test
    void a_failed_handshake_proves_that_nothing_was_sent() throws Exception {
        try (var server =
                        new RawServer(
                                socket -> {
                                    RawServer.read(socket.getInputStream());
                                    RawServer.write(socket, "HTTP/1.1 400 Bad Request\r\n\r\n");
                                    socket.close();
                                });
                var bench =
                        Bench.of(
                                URI.create("https://localhost:" + server.url().getPort()),
                                2,
                                Duration.ofSeconds(20))) {
            assertThat(bench.submit(Requests.automated()))
                    .isInstanceOfSatisfying(
                            NotNow.class,
                            it -> assertThat(it.waitsFor()).isEqualTo(WaitsFor.ATLAS));
        }
    }

    @Test
    void a_host_that_has_no_address_proves_that_nothing_was_sent() {
        try (var bench = Bench.of(URI.create("https://atlas.invalid"), 2, Duration.ofSeconds(20))) {
            assertThat(bench.submit(Requests.automated())).isInstanceOf(NotNow.class);
        }
    }

    @Test
    void an_interrupted_call_is_reset_and_the_interrupt_is_kept() throws Exception {
        BlockingQueue<Object> seen = new LinkedBlockingQueue<>();
        var read = new CountDownLatch(1);
        try (var server =
                        new RawServer(
                                socket -> {
                                    RawServer.read(socket.getInputStream());
                                    read.countDown();
                                    seen.add(endOf(socket.getInputStream()));
                                });
                var bench = Bench.of(server.url(), 2, Duration.ofSeconds(30))) {
            BlockingQueue<Object> result = new LinkedBlockingQueue<>();
            var thread =
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        result.add(bench.submit(Requests.automated()));
                                        result.add(Thread.currentThread().isInterrupted());
                                    });
            read.await();
            thread.interrupt();

            assertThat(result.poll(10, TimeUnit.SECONDS))
                    .isEqualTo(new Unknown("this worker was interrupted"));
            assertThat(result.poll(10, TimeUnit.SECONDS)).isEqualTo(true);
            assertThat(seen.poll(10, TimeUnit.SECONDS)).asString().contains("reset");
        }
    }

    private static Object endOf(InputStream in) {
        try {
            while (!RawServer.read(in).isEmpty()) {
                // What it sent is not of interest.
            }
            return "an orderly end";
        } catch (IOException e) {
            return e;
        }
    }

    private static void trickle(Socket socket) throws InterruptedException {
        try {
            RawServer.write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{");
            while (true) {
                RawServer.write(socket, " ");
                TimeUnit.MILLISECONDS.sleep(20);
            }
        } catch (IOException _) {
            // The other side has gone.
        }
    }

    private static void flood(Socket socket) {
        try {
            RawServer.write(socket, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            while (true) {
                RawServer.write(socket, "1000\r\n" + " ".repeat(0x1000) + "\r\n");
            }
        } catch (IOException _) {
            // The other side has gone.
        }
    }
}
