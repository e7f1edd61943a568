package dev.restoreworker.atlas;

import dev.restoreworker.atlas.Pauses.What;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.smallrye.faulttolerance.api.CircuitBreakerMaintenance;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Map;

/** What keeps this worker from sending. */
@Singleton
class AtlasMetrics implements MeterBinder {

    private final CircuitBreakerMaintenance breakers;
    private final AtlasClock clock;
    private final Pauses pauses;

    @Inject
    AtlasMetrics(CircuitBreakerMaintenance breakers, AtlasClock clock, Pauses pauses) {
        this.breakers = breakers;
        this.clock = clock;
        this.pauses = pauses;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("restore.clock.behind", clock, AtlasMetrics::secondsBehind)
                .baseUnit("seconds")
                .description("How far this worker's clock is behind Atlas'")
                .register(registry);
        Gauge.builder("restore.clock.paused", clock, each -> each.isSkewed() ? 1 : 0)
                .description("1 while nothing is sent because the clocks differ too much")
                .register(registry);
        for (var what : What.values()) {
            Gauge.builder("restore.atlas.pauses", pauses, each -> each.count(what))
                    .tag("of", AtlasHealth.word(what))
                    .description("What is not asked of Atlas for a while, as it said so")
                    .register(registry);
        }
        Map.of("create", AtlasConnection.CREATE_BREAKER, "read", AtlasConnection.READ_BREAKER)
                .forEach((calls, breaker) -> breaker(registry, calls, breaker));
    }

    private void breaker(MeterRegistry registry, String calls, String breaker) {
        Gauge.builder("restore.atlas.breaker", breakers, each -> figure(each, breaker))
                .tag("calls", calls)
                .description("0 while the breaker is closed, 1 half open, 2 open")
                .register(registry);
    }

    private static double figure(CircuitBreakerMaintenance breakers, String breaker) {
        return switch (breakers.currentState(breaker)) {
            case CLOSED -> 0;
            case HALF_OPEN -> 1;
            case OPEN -> 2;
        };
    }

    private static double secondsBehind(AtlasClock clock) {
        return clock.offset().map(offset -> offset.middle().toMillis() / 1000.0).orElse(Double.NaN);
    }
}
