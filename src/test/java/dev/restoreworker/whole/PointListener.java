package dev.restoreworker.whole;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.restoreworker.whole.agent.Point;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.function.Consumer;

/** Hears of one worker that it came to a point, and lets it go on when {@code reached} returns. */
final class PointListener implements AutoCloseable {

    private final ServerSocket server;
    private final Consumer<Point> reached;

    PointListener(Consumer<Point> reached) {
        this.reached = reached;
        try {
            server = new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().name("points").start(this::listen);
    }

    int port() {
        return server.getLocalPort();
    }

    private void listen() {
        while (!server.isClosed()) {
            try {
                var socket = server.accept();
                Thread.ofVirtual().start(() -> answer(socket));
            } catch (IOException _) {
                // It was closed, which the loop sees.
            }
        }
    }

    private void answer(Socket socket) {
        try (socket;
                var in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8))) {
            var name = in.readLine();
            if (name != null) {
                reached.accept(Point.valueOf(name));
                socket.getOutputStream().write('\n');
            }
        } catch (IOException _) {
            // The worker is gone: it was killed while it stood here.
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
