package dev.restoreworker.ops;

import dev.restoreworker.RestoreConfig;
import dev.restoreworker.Secrets;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The operator's bearer token, if there is one. Read once, when the worker starts. */
@ApplicationScoped
class OperatorToken {

    private final Optional<String> token;

    OperatorToken(RestoreConfig config) {
        token =
                config.operator()
                        .token()
                        .map(value -> Secrets.read("restore.operator.token", value));
    }

    boolean isSet() {
        return token.isPresent();
    }

    /**
     * Whether an Authorization header brings it. Takes as long for a near miss as for any other.
     */
    boolean isIn(@Nullable String authorization) {
        return authorization != null
                && token.filter(secret -> same("Bearer " + secret, authorization)).isPresent();
    }

    private static boolean same(String one, String other) {
        return MessageDigest.isEqual(
                one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }
}
