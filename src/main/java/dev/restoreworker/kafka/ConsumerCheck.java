package dev.restoreworker.kafka;

import dev.restoreworker.StartUpCheck;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Refuses to start with a consumer that would break a promise. */
@Singleton
class ConsumerCheck implements StartUpCheck {

    @Override
    public List<String> faults(Function<String, Optional<String>> properties) {
        return ConsumerSettings.faults(properties);
    }
}
