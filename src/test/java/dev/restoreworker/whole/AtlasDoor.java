package dev.restoreworker.whole;

import dev.restoreworker.whole.agent.Point;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What one worker takes for Atlas: it passes calls on to the simulated one and answers back, and
 * stands outside both, as a load balancer does. Here a create call is held when it has left the
 * worker, or when it had its effect and nobody was told; here answers are lost and spoilt. A call
 * whose caller died while it was held is passed on all the same: it was on its way.
 */
final class AtlasDoor implements AutoCloseable {

    private final URI atlas;
    private final Consumer<Point> reached;
    private final Function<HttpText, Mishap> weather;
    private final ServerSocket server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    /** {@code weather} says what becomes of the answer to a call. */
    AtlasDoor(URI atlas, Consumer<Point> reached, Function<HttpText, Mishap> weather) {
        this.atlas = atlas;
        this.reached = reached;
        this.weather = weather;
        try {
            server = new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().name("door").start(this::listen);
    }

    URI url() {
        return URI.create("http://localhost:" + server.getLocalPort());
    }

    private void listen() {
        while (!server.isClosed()) {
            try {
                var caller = server.accept();
                Thread.ofVirtual().start(() -> serve(caller));
            } catch (IOException _) {
                // It was closed, which the loop sees.
            }
        }
    }

    /** All calls of one connection, one after the other, over a connection of their own. */
    private void serve(Socket caller) {
        open.add(caller);
        try (caller;
                var onward = new Socket(atlas.getHost(), atlas.getPort())) {
            caller.setTcpNoDelay(true);
            onward.setTcpNoDelay(true);
            var calls = new BufferedInputStream(caller.getInputStream());
            var answers = new BufferedInputStream(onward.getInputStream());
            for (var call = HttpText.read(calls); call != null; call = HttpText.read(calls)) {
                reached(call, Point.WRITTEN);
                call.writeTo(onward.getOutputStream());
                var answer = HttpText.read(answers);
                if (answer == null) {
                    return;
                }
                reached(call, Point.EFFECTED);
                if (!weather.apply(call).befall(answer, caller.getOutputStream())) {
                    return;
                }
            }
        } catch (IOException _) {
            // One of both ended its connection: so does the other.
        } finally {
            open.remove(caller);
        }
    }

    private void reached(HttpText call, Point point) {
        if (call.isCreate()) {
            reached.accept(point);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            for (var each : open) {
                each.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
