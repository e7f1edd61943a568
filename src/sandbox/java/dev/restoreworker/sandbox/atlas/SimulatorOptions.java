package dev.restoreworker.sandbox.atlas;

import java.time.Duration;

/**
 * How one simulated Atlas behaves.
 *
 * @param host the interface to listen on, and the host named by {@link AtlasSimulator#url()}
 * @param port 0 takes any free one
 * @param publicKey the API key that may call; its user name in digest authentication
 * @param privateKey its secret
 * @param nonceLifetime how long a signature with one nonce is taken
 * @param restoreTakes from the creation of an automated or point-in-time job until it is finished
 * @param downloadTakes from the creation of a download until it is ready
 * @param linkLives from then until the download has expired
 * @param latency how long each answer is held back; its effect is there at once
 * @param callsKept how many calls the books keep; older ones are forgotten
 * @param account the service account that gets tokens
 * @param readWithin how long the body of a call may take to come in; later it is dropped unread
 */
public record SimulatorOptions(
        String host,
        int port,
        String publicKey,
        String privateKey,
        Duration nonceLifetime,
        Duration restoreTakes,
        Duration downloadTakes,
        Duration linkLives,
        Duration latency,
        int callsKept,
        ServiceAccount account,
        Duration readWithin) {
    public static final int CALLS_KEPT_MAX = 1_000_000;

    public SimulatorOptions {
        require(port >= 0 && port <= 65_535, "port must be 0 to 65535: " + port);
        require(!publicKey.isBlank() && !publicKey.contains(":"), "publicKey is not a user name");
        require(!privateKey.isBlank(), "privateKey is empty");
        require(nonceLifetime.isPositive(), "nonceLifetime must be positive: " + nonceLifetime);
        require(!restoreTakes.isNegative(), "restoreTakes is negative: " + restoreTakes);
        require(!downloadTakes.isNegative(), "downloadTakes is negative: " + downloadTakes);
        require(!linkLives.isNegative(), "linkLives is negative: " + linkLives);
        require(readWithin.isPositive(), "readWithin must be positive: " + readWithin);
        require(!latency.isNegative(), "latency is negative: " + latency);
        require(
                callsKept >= 1 && callsKept <= CALLS_KEPT_MAX,
                "callsKept must be 1 to " + CALLS_KEPT_MAX + ": " + callsKept);
    }

    /** Any free port, jobs of five seconds, links of an hour, answers at once. */
    public static SimulatorOptions defaults() {
        return new SimulatorOptions(
                "localhost",
                0,
                "sandbox-key",
                "7c2c0f3a-sandbox-secret",
                Duration.ofSeconds(60),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                Duration.ofHours(1),
                Duration.ZERO,
                CALLS_KEPT_MAX,
                ServiceAccount.DEFAULT,
                Duration.ofSeconds(60));
    }

    public SimulatorOptions withHost(String value) {
        return new SimulatorOptions(
                value,
                port,
                publicKey,
                privateKey,
                nonceLifetime,
                restoreTakes,
                downloadTakes,
                linkLives,
                latency,
                callsKept,
                account,
                readWithin);
    }

    public SimulatorOptions withPort(int value) {
        return new SimulatorOptions(
                host,
                value,
                publicKey,
                privateKey,
                nonceLifetime,
                restoreTakes,
                downloadTakes,
                linkLives,
                latency,
                callsKept,
                account,
                readWithin);
    }

    public SimulatorOptions withKey(String newPublicKey, String newPrivateKey) {
        return new SimulatorOptions(
                host,
                port,
                newPublicKey,
                newPrivateKey,
                nonceLifetime,
                restoreTakes,
                downloadTakes,
                linkLives,
                latency,
                callsKept,
                account,
                readWithin);
    }

    public SimulatorOptions withNonceLifetime(Duration value) {
        return new SimulatorOptions(
                host,
                port,
                publicKey,
                privateKey,
                value,
                restoreTakes,
                downloadTakes,
                linkLives,
                latency,
                callsKept,
                account,
                readWithin);
    }

    /** How fast jobs live: until a restore is finished, a download ready, and its link dead. */
    public SimulatorOptions withLifecycle(Duration restore, Duration download, Duration link) {
        return new SimulatorOptions(
                host,
                port,
                publicKey,
                privateKey,
                nonceLifetime,
                restore,
                download,
                link,
                latency,
                callsKept,
                account,
                readWithin);
    }

    public SimulatorOptions withLatency(Duration value) {
        return new SimulatorOptions(
                host,
                port,
                publicKey,
                privateKey,
                nonceLifetime,
                restoreTakes,
                downloadTakes,
                linkLives,
                value,
                callsKept,
                account,
                readWithin);
    }

    public SimulatorOptions withCallsKept(int value) {
        return new SimulatorOptions(
                host,
                port,
                publicKey,
                privateKey,
                nonceLifetime,
                restoreTakes,
                downloadTakes,
                linkLives,
                latency,
                value,
                account,
                readWithin);
    }

    public SimulatorOptions withAccount(ServiceAccount value) {
        return new SimulatorOptions(
                host,
                port,
                publicKey,
                privateKey,
                nonceLifetime,
                restoreTakes,
                downloadTakes,
                linkLives,
                latency,
                callsKept,
                value,
                readWithin);
    }

    public SimulatorOptions withReadWithin(Duration value) {
        return new SimulatorOptions(
                host,
                port,
                publicKey,
                privateKey,
                nonceLifetime,
                restoreTakes,
                downloadTakes,
                linkLives,
                latency,
                callsKept,
                account,
                value);
    }

    /** Without the secrets. */
    @Override
    public String toString() {
        return "SimulatorOptions[host=%s, port=%d, publicKey=%s, privateKey=***]"
                .formatted(host, port, publicKey);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException("Simulated Atlas: " + otherwise);
        }
    }
}
