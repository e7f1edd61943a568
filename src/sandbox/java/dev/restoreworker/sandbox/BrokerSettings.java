package dev.restoreworker.sandbox;

import static java.util.Locale.ROOT;
import static java.util.stream.Collectors.joining;

import java.net.URI;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The settings of an embedded broker, and the ports that they name. */
final class BrokerSettings {
    static final String CONTROLLER = "CONTROLLER";

    /** The plain one: the broker's own, and its owner's. */
    private static final String BROKER = "BROKER";

    private static final String MODULES = "org.apache.kafka.common.security.";

    private final Properties settings = new Properties();
    private final Map<SecureListener, Integer> ports = new EnumMap<>(SecureListener.class);
    private final int port;

    BrokerSettings(Path dir, KafkaOptions options, @Nullable Certificates certificates) {
        port = Ports.claim(options.port());
        options.listeners().forEach(each -> ports.put(each, Ports.claim(0)));
        var controllerPort = Ports.claim(0);
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", "1");
        settings.put("controller.quorum.voters", "1@localhost:" + controllerPort);
        settings.put("controller.listener.names", CONTROLLER);
        settings.put("inter.broker.listener.name", BROKER);
        listeners(controllerPort);
        settings.put("log.dirs", dir.toString());
        settings.put("auto.create.topics.enable", "false");
        settings.put("group.initial.rebalance.delay.ms", "0");
        // The cleaner's map of keys: 2 MiB hold 80,000 of them, and the default takes 128 MiB.
        settings.put("log.cleaner.dedupe.buffer.size", "2097152");
        internalTopics();
        if (certificates != null) {
            ports.keySet().forEach(each -> tls(each, certificates));
        }
        if (ports.containsKey(SecureListener.SCRAM)) {
            scram();
        }
        if (ports.containsKey(SecureListener.OAUTH) && options.issuerKeys() != null) {
            oauth(options.issuerKeys());
        }
        if (options.guarded()) {
            guard();
        }
    }

    Properties properties() {
        return settings;
    }

    int port() {
        return port;
    }

    Map<SecureListener, Integer> ports() {
        return ports;
    }

    private void listeners(int controllerPort) {
        var offered =
                Stream.concat(
                                Stream.of(address(BROKER, port)),
                                ports.entrySet().stream()
                                        .map(it -> address(it.getKey().name(), it.getValue())))
                        .collect(joining(","));
        settings.put("listeners", offered + "," + address(CONTROLLER, controllerPort));
        settings.put("advertised.listeners", offered);
        settings.put(
                "listener.security.protocol.map",
                ports.keySet().stream()
                        .map(each -> "," + each.name() + ":" + each.protocol())
                        .collect(
                                joining(
                                        "",
                                        BROKER + ":PLAINTEXT," + CONTROLLER + ":PLAINTEXT",
                                        "")));
    }

    private static String address(String listener, int port) {
        return listener + "://localhost:" + port;
    }

    /** One node holds the only copy of everything, and one partition is enough for its groups. */
    private void internalTopics() {
        for (var topic : List.of("offsets.topic", "transaction.state.log")) {
            settings.put(topic + ".num.partitions", "1");
            settings.put(topic + ".replication.factor", "1");
        }
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("share.coordinator.state.topic.num.partitions", "1");
        settings.put("share.coordinator.state.topic.replication.factor", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");
    }

    private void tls(SecureListener listener, Certificates certificates) {
        put(listener, "ssl.keystore.location", certificates.broker().toString());
        put(listener, "ssl.keystore.password", Certificates.PASSWORD);
        put(listener, "ssl.keystore.type", "PKCS12");
        if (listener == SecureListener.MUTUAL_TLS) {
            put(listener, "ssl.client.auth", "required");
            put(listener, "ssl.truststore.location", certificates.clientCertificate().toString());
            put(listener, "ssl.truststore.type", "PEM");
        }
    }

    private void scram() {
        var listener = SecureListener.SCRAM;
        put(listener, "sasl.enabled.mechanisms", "SCRAM-SHA-512");
        put(
                listener,
                "scram-sha-512.sasl.jaas.config",
                MODULES + "scram.ScramLoginModule required;");
    }

    private void oauth(URI keys) {
        var listener = SecureListener.OAUTH;
        put(listener, "sasl.enabled.mechanisms", "OAUTHBEARER");
        put(
                listener,
                "oauthbearer.sasl.jaas.config",
                MODULES + "oauthbearer.OAuthBearerLoginModule required;");
        put(
                listener,
                "oauthbearer.sasl.server.callback.handler.class",
                MODULES + "oauthbearer.OAuthBearerValidatorCallbackHandler");
        put(listener, "sasl.oauthbearer.jwks.endpoint.url", keys.toString());
        put(listener, "sasl.oauthbearer.expected.issuer", keys.resolve("/").toString());
        put(listener, "sasl.oauthbearer.clock.skew.seconds", "0");
        // A connection ends with the token that opened it, unless it is shown a newer one.
        put(listener, "oauthbearer.connections.max.reauth.ms", "3600000");
    }

    private void guard() {
        settings.put(
                "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        settings.put("allow.everyone.if.no.acl.found", "false");
        settings.put("super.users", "User:ANONYMOUS"); // who comes through the plain listener
    }

    private void put(SecureListener listener, String name, String value) {
        settings.put("listener.name." + listener.name().toLowerCase(ROOT) + "." + name, value);
    }
}
