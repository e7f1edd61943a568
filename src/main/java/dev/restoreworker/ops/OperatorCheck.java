package dev.restoreworker.ops;

import dev.restoreworker.RestoreConfig;
import dev.restoreworker.StartUpCheck;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Refuses to start with a token that cannot be read: nobody could be let in, or everybody. */
@Singleton
class OperatorCheck implements StartUpCheck {

    private final RestoreConfig config;

    OperatorCheck(RestoreConfig config) {
        this.config = config;
    }

    @Override
    public List<String> faults(Function<String, Optional<String>> properties) {
        try {
            var _ = new OperatorToken(config);
            return List.of();
        } catch (IllegalArgumentException e) {
            return List.of(e.getMessage());
        }
    }
}
