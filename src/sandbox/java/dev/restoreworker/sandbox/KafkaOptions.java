package dev.restoreworker.sandbox;

import java.net.URI;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How one embedded broker is to be.
 *
 * @param port of the plain listener; 0 for any free one
 * @param listeners what it offers besides, each on any free port
 * @param users their passwords by their names, for {@link SecureListener#SCRAM}; known from the
 *     first start on a folder on
 * @param issuerKeys where the keys stand that tokens for {@link SecureListener#OAUTH} are signed
 *     with; the host and port of it are their issuer
 * @param guarded whether a caller may do only what an ACL says. Who comes through the plain
 *     listener is the owner, and may do everything
 */
public record KafkaOptions(
        int port,
        Set<SecureListener> listeners,
        Map<String, String> users,
        @Nullable URI issuerKeys,
        boolean guarded) {

    public KafkaOptions {
        listeners = Set.copyOf(listeners);
        users = Map.copyOf(users);
        if (listeners.contains(SecureListener.OAUTH) && issuerKeys == null) {
            throw new IllegalArgumentException("A broker that takes tokens needs their issuer");
        }
    }

    /** No listener but the plain one, and everybody may do everything. */
    public static KafkaOptions plain(int port) {
        return new KafkaOptions(port, Set.of(), Map.of(), null, false);
    }

    /** With {@link SecureListener#TLS} and {@link SecureListener#MUTUAL_TLS}. */
    public KafkaOptions withTls() {
        return with(SecureListener.TLS).with(SecureListener.MUTUAL_TLS);
    }

    /** With {@link SecureListener#SCRAM} for these users. */
    public KafkaOptions withUsers(Map<String, String> passwords) {
        return new KafkaOptions(port, listeners, passwords, issuerKeys, guarded)
                .with(SecureListener.SCRAM);
    }

    /** With {@link SecureListener#OAUTH} for the tokens of the issuer whose keys stand there. */
    public KafkaOptions withIssuer(URI keys) {
        return new KafkaOptions(port, listeners, users, keys, guarded).with(SecureListener.OAUTH);
    }

    public KafkaOptions withGuard() {
        return new KafkaOptions(port, listeners, users, issuerKeys, true);
    }

    private KafkaOptions with(SecureListener one) {
        var more = EnumSet.of(one);
        more.addAll(listeners);
        return new KafkaOptions(port, more, users, issuerKeys, guarded);
    }

    /** Without the passwords. */
    @Override
    public String toString() {
        return "KafkaOptions[port=%d, listeners=%s, users=%s, issuerKeys=%s, guarded=%s]"
                .formatted(port, listeners, users.keySet(), issuerKeys, guarded);
    }
}
