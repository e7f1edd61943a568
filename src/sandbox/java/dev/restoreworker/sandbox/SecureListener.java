package dev.restoreworker.sandbox;

/** A further way into the broker. Each has a port of its own, and asks its callers who they are. */
public enum SecureListener {
    /** Encrypted; whoever calls is nobody in particular. */
    TLS("SSL"),
    /** Encrypted; the caller shows a certificate too. */
    MUTUAL_TLS("SSL"),
    /** Encrypted; the caller proves that it knows a user's password, by SCRAM-SHA-512. */
    SCRAM("SASL_SSL"),
    /** Encrypted; the caller shows a token of the issuer. */
    OAUTH("SASL_SSL");

    private final String protocol;

    SecureListener(String protocol) {
        this.protocol = protocol;
    }

    /** The client's {@code security.protocol}. */
    public String protocol() {
        return protocol;
    }
}
