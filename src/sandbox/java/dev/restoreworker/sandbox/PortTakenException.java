package dev.restoreworker.sandbox;

/** Somebody else listens on a port that a part of the sandbox was told to use. */
public final class PortTakenException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    private final int port;

    PortTakenException(int port) {
        super("Port " + port + " is taken");
        this.port = port;
    }

    public int port() {
        return port;
    }
}
