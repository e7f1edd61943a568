package dev.restoreworker.atlas;

import dev.restoreworker.atlas.Pauses.What;
import io.smallrye.faulttolerance.api.CircuitBreakerMaintenance;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Locale;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * What keeps this worker from sending. It is always up: requests are taken in all the same, and a
 * worker that is restarted finds Atlas no different.
 */
@Readiness
@ApplicationScoped
class AtlasHealth implements HealthCheck {

    private final CircuitBreakerMaintenance breakers;
    private final AtlasClock clock;
    private final Pauses pauses;

    AtlasHealth(CircuitBreakerMaintenance breakers, AtlasClock clock, Pauses pauses) {
        this.breakers = breakers;
        this.clock = clock;
        this.pauses = pauses;
    }

    @Override
    public HealthCheckResponse call() {
        var response =
                HealthCheckResponse.named("Atlas")
                        .up()
                        .withData("breaker-create", state(AtlasConnection.CREATE_BREAKER))
                        .withData("breaker-read", state(AtlasConnection.READ_BREAKER))
                        .withData("clock", clock.isSkewed() ? "differs too much" : "in order");
        clock.offset()
                .ifPresent(
                        offset ->
                                response.withData(
                                        "clock-behind-millis", offset.middle().toMillis()));
        for (var what : What.values()) {
            response.withData("paused-" + word(what), pauses.count(what));
        }
        return response.build();
    }

    private String state(String breaker) {
        return breakers.currentState(breaker).name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static String word(What what) {
        return what.name().toLowerCase(Locale.ROOT);
    }
}
