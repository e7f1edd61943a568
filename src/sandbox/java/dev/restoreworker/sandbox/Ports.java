package dev.restoreworker.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Asks the system which TCP ports of this machine can be had. */
final class Ports {
    private Ports() {}

    /** The port itself, proven to be free, or any free one in place of 0. */
    static int claim(int port) {
        if (port == 0) {
            return anyFree();
        }
        if (!isFree(port)) {
            throw new PortTakenException(port);
        }
        return port;
    }

    /** Both addresses are tried: some systems let one be bound while the other is in use. */
    static boolean isFree(int port) {
        return canBind(new InetSocketAddress(port))
                && canBind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    private static boolean canBind(InetSocketAddress address) {
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true); // what an earlier run left in TIME_WAIT is no obstacle
            socket.bind(address);
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    private static int anyFree() {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("No TCP port is free", e);
        }
    }
}
