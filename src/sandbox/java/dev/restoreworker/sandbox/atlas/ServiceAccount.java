package dev.restoreworker.sandbox.atlas;

import java.time.Duration;

/** Who gets tokens, and how long each is good for. */
public record ServiceAccount(String id, String secret, Duration tokenLives) {
    /** As Atlas has it: an hour. */
    static final ServiceAccount DEFAULT =
            new ServiceAccount("sandbox-account", "sandbox-account-secret", Duration.ofHours(1));

    public ServiceAccount {
        if (id.isBlank() || id.contains(":") || secret.isBlank()) {
            throw new IllegalArgumentException("A service account needs an id and a secret");
        }
        if (tokenLives.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("A token lives for a second at least");
        }
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "ServiceAccount[id=%s, secret=***, tokenLives=%s]".formatted(id, tokenLives);
    }
}
