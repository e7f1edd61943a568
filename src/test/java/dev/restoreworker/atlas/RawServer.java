package dev.restoreworker.atlas;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A server that has no idea of HTTP: each connection is what a test makes of its bytes. */
final class RawServer implements AutoCloseable {

    /** What is done with one connection, on a thread of its own. */
    @FunctionalInterface
    interface Visit {
        void receive(Socket socket) throws Exception;
    }

    /** An answer to a create call. */
    static final String JOB = answer("{\"id\": \"65a0f1c2d3e4f5a6b7c8d9e0\", \"deliveryUrl\": []}");

    private final ServerSocket server;
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();

    RawServer(Visit visit) throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> accept(visit));
    }

    URI url() {
        return URI.create("http://localhost:" + server.getLocalPort());
    }

    int connections() {
        return sockets.size();
    }

    private void accept(Visit visit) {
        try {
            while (true) {
                var socket = server.accept();
                sockets.add(socket);
                Thread.ofVirtual().start(() -> run(visit, socket));
            }
        } catch (IOException _) {
            // Closed: the test is over.
        }
    }

    private static void run(Visit visit, Socket socket) {
        try {
            visit.receive(socket);
        } catch (SocketException _) {
            // The other side has gone, or the test is over.
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** What one read brings; empty at the end of the stream. */
    static String read(InputStream in) throws IOException {
        var bytes = new byte[65_536];
        var length = in.read(bytes);
        return length < 0 ? "" : new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
    }

    private static String answer(String body) {
        return "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s".formatted(body.length(), body);
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (var socket : sockets) {
            socket.close();
        }
    }
}
