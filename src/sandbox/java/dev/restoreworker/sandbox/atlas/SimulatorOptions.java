package dev.restoreworker.sandbox.atlas;

import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How one simulated Atlas behaves.
 *
 * @param host the interface to listen on, and the host named by {@link AtlasSimulator#url()}
 * @param port 0 takes any free one
 * @param publicKey the API key that may call; its user name in digest authentication
 * @param privateKey its secret
 * @param nonceLifetime how long a signature with one nonce is taken
 * @param lifecycle how fast jobs live
 * @param limits what there may be at once; {@link AtlasSimulator#limit} changes them later
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
        Lifecycle lifecycle,
        Limits limits,
        Duration latency,
        int callsKept,
        ServiceAccount account,
        Duration readWithin) {
    public static final int CALLS_KEPT_MAX = 1_000_000;

    /**
     * How fast jobs live.
     *
     * @param restoreTakes from the creation of an automated or point-in-time job until it is
     *     finished
     * @param downloadTakes from the creation of a download until it is ready
     * @param linkLives from then until its link is dead
     * @param linkUsedAfter from then until somebody fetches it; null if nobody does by himself
     * @param resumable how long after its link's end an interrupted transfer can still go on
     */
    public record Lifecycle(
            Duration restoreTakes,
            Duration downloadTakes,
            Duration linkLives,
            @Nullable Duration linkUsedAfter,
            Duration resumable) {
        public Lifecycle {
            require(!restoreTakes.isNegative(), "restoreTakes is negative: " + restoreTakes);
            require(!downloadTakes.isNegative(), "downloadTakes is negative: " + downloadTakes);
            require(!linkLives.isNegative(), "linkLives is negative: " + linkLives);
            require(
                    linkUsedAfter == null || !linkUsedAfter.isNegative(),
                    "linkUsedAfter is negative: " + linkUsedAfter);
            require(!resumable.isNegative(), "resumable is negative: " + resumable);
        }
    }

    public SimulatorOptions {
        require(port >= 0 && port <= 65_535, "port must be 0 to 65535: " + port);
        require(!publicKey.isBlank() && !publicKey.contains(":"), "publicKey is not a user name");
        require(!privateKey.isBlank(), "privateKey is empty");
        require(nonceLifetime.isPositive(), "nonceLifetime must be positive: " + nonceLifetime);
        require(readWithin.isPositive(), "readWithin must be positive: " + readWithin);
        require(!latency.isNegative(), "latency is negative: " + latency);
        require(
                callsKept >= 1 && callsKept <= CALLS_KEPT_MAX,
                "callsKept must be 1 to " + CALLS_KEPT_MAX + ": " + callsKept);
    }

    /**
     * Any free port, jobs of five seconds, links of an hour that nobody uses, answers at once, and
     * limits that refuse nothing.
     */
    public static SimulatorOptions defaults() {
        return new SimulatorOptions(
                "localhost",
                0,
                "sandbox-key",
                "7c2c0f3a-sandbox-secret",
                Duration.ofSeconds(60),
                new Lifecycle(
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(5),
                        Duration.ofHours(1),
                        null,
                        Duration.ofHours(1)),
                Limits.COUNTED,
                Duration.ZERO,
                CALLS_KEPT_MAX,
                ServiceAccount.DEFAULT,
                Duration.ofSeconds(60));
    }

    public SimulatorOptions withHost(String value) {
        return with(it -> it.host = value);
    }

    public SimulatorOptions withPort(int value) {
        return with(it -> it.port = value);
    }

    public SimulatorOptions withKey(String newPublicKey, String newPrivateKey) {
        return with(
                it -> {
                    it.publicKey = newPublicKey;
                    it.privateKey = newPrivateKey;
                });
    }

    public SimulatorOptions withNonceLifetime(Duration value) {
        return with(it -> it.nonceLifetime = value);
    }

    /** How fast jobs live: until a restore is finished, a download ready, and its link dead. */
    public SimulatorOptions withLifecycle(Duration restore, Duration download, Duration link) {
        return with(
                it -> {
                    it.restoreTakes = restore;
                    it.downloadTakes = download;
                    it.linkLives = link;
                });
    }

    /** Each download is fetched so long after it became ready; null leaves that to others. */
    public SimulatorOptions withLinkUsedAfter(@Nullable Duration value) {
        return with(it -> it.linkUsedAfter = value);
    }

    /** An interrupted transfer can go on so long after its link's end. */
    public SimulatorOptions withResumable(Duration value) {
        return with(it -> it.resumable = value);
    }

    public SimulatorOptions withLimits(Limits value) {
        return with(it -> it.limits = value);
    }

    public SimulatorOptions withLatency(Duration value) {
        return with(it -> it.latency = value);
    }

    public SimulatorOptions withCallsKept(int value) {
        return with(it -> it.callsKept = value);
    }

    public SimulatorOptions withAccount(ServiceAccount value) {
        return with(it -> it.account = value);
    }

    public SimulatorOptions withReadWithin(Duration value) {
        return with(it -> it.readWithin = value);
    }

    /** Without the secrets. */
    @Override
    public String toString() {
        return "SimulatorOptions[host=%s, port=%d, publicKey=%s, privateKey=***]"
                .formatted(host, port, publicKey);
    }

    private SimulatorOptions with(Consumer<Draft> change) {
        var draft = new Draft(this);
        change.accept(draft);
        return draft.options();
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException("Simulated Atlas: " + otherwise);
        }
    }

    /** Options of which some become others. */
    private static final class Draft {
        private String host;
        private int port;
        private String publicKey;
        private String privateKey;
        private Duration nonceLifetime;
        private Duration restoreTakes;
        private Duration downloadTakes;
        private Duration linkLives;
        private @Nullable Duration linkUsedAfter;
        private Duration resumable;
        private Limits limits;
        private Duration latency;
        private int callsKept;
        private ServiceAccount account;
        private Duration readWithin;

        private Draft(SimulatorOptions from) {
            host = from.host;
            port = from.port;
            publicKey = from.publicKey;
            privateKey = from.privateKey;
            nonceLifetime = from.nonceLifetime;
            restoreTakes = from.lifecycle.restoreTakes();
            downloadTakes = from.lifecycle.downloadTakes();
            linkLives = from.lifecycle.linkLives();
            linkUsedAfter = from.lifecycle.linkUsedAfter();
            resumable = from.lifecycle.resumable();
            limits = from.limits;
            latency = from.latency;
            callsKept = from.callsKept;
            account = from.account;
            readWithin = from.readWithin;
        }

        private SimulatorOptions options() {
            return new SimulatorOptions(
                    host,
                    port,
                    publicKey,
                    privateKey,
                    nonceLifetime,
                    new Lifecycle(restoreTakes, downloadTakes, linkLives, linkUsedAfter, resumable),
                    limits,
                    latency,
                    callsKept,
                    account,
                    readWithin);
        }
    }
}
