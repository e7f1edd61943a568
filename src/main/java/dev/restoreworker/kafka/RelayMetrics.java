package dev.restoreworker.kafka;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;

/** Whether events flow. */
@Singleton
class RelayMetrics implements MeterBinder {

    private final OutboxRelay relay;

    @Inject
    RelayMetrics(OutboxRelay relay) {
        this.relay = relay;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("restore.relay.alarm", relay, each -> each.alarm().isPresent() ? 1 : 0)
                .description("1 while the relay publishes nothing until an operator has looked")
                .register(registry);
    }
}
