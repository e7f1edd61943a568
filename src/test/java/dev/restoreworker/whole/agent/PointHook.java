package dev.restoreworker.whole.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;

/** What the worker calls at each point. */
public final class PointHook {

    private static volatile int port;

    private PointHook() {}

    static void listener(int newPort) {
        port = newPort;
    }

    /** Returns when the listener lets this thread go on, or is not there any more. */
    public static void reached(String point) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write((point + "\n").getBytes(UTF_8));
            var _ = socket.getInputStream().read();
        } catch (IOException _) {
            // The test is over: what it left behind goes on by itself.
        }
    }
}
