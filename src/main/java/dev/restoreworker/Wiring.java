package dev.restoreworker;

import static java.lang.System.Logger.Level.WARNING;

import dev.restoreworker.core.JobMatcher;
import dev.restoreworker.core.Lifecycle;
import dev.restoreworker.core.Quota;
import dev.restoreworker.core.TargetPolicy;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.eclipse.microprofile.config.Config;

/**
 * Puts the parts together, checks that they can keep their promises, and starts and ends them in
 * order. The only class that asks the machine what time it is.
 */
@ApplicationScoped
class Wiring {

    private static final System.Logger LOG = System.getLogger(Wiring.class.getName());

    /** To write down what came of the calls that were waited for. */
    private static final Duration LAST_WRITES = Duration.ofSeconds(5);

    private static final int BEFORE_ALL = 1;

    @Produces
    @Singleton
    InstantSource clock() {
        return Clock.systemUTC();
    }

    @Produces
    @Singleton
    Lifecycle lifecycle(RestoreConfig config) {
        return new Lifecycle(config);
    }

    @Produces
    @Singleton
    JobMatcher matcher(RestoreConfig config) {
        return new JobMatcher(config.late());
    }

    @Produces
    @Singleton
    Quota quota(RestoreConfig config) {
        return new ConfiguredQuota(config.quota());
    }

    @Produces
    @Singleton
    TargetPolicy targets(RestoreConfig config) {
        return new TargetPolicy(
                config.targets().allowed().orElse(List.of()),
                config.targets().protectedOnes().orElse(List.of()));
    }

    @Produces
    @Singleton
    Sending sending(RestoreConfig config, Config live, InstantSource clock) {
        return new Sending(
                config.inFlight(),
                config.sendWithin(),
                () -> paused(live),
                clock,
                System::nanoTime);
    }

    /** Read anew each time: where the setting can change while the worker runs, it does. */
    private static boolean paused(Config live) {
        return live.getOptionalValue("restore.sending", RestoreConfig.Sending.class)
                .filter(RestoreConfig.Sending.PAUSED::equals)
                .isPresent();
    }

    @Produces
    @Singleton
    Insistence insistence() {
        return new Insistence();
    }

    void check(
            @Observes @Priority(BEFORE_ALL) StartupEvent event,
            RestoreConfig restore,
            AtlasConfig atlas,
            Config config,
            @Any Instance<StartUpCheck> checks) {
        Settings.checkNames(
                StreamSupport.stream(config.getPropertyNames().spliterator(), false).toList(),
                System.getenv().keySet());
        Settings.check(restore, atlas);
        var faults =
                checks.stream()
                        .flatMap(each -> each.faults(name -> value(config, name)).stream())
                        .toList();
        if (!faults.isEmpty()) {
            throw new IllegalStateException(
                    "The worker cannot keep its promises like this:\n  - "
                            + String.join("\n  - ", faults));
        }
    }

    private static Optional<String> value(Config config, String name) {
        return config.getOptionalValue(name, String.class);
    }

    void start(@Observes StartupEvent event, @Any Instance<Background> all) {
        all.forEach(Background::start);
    }

    void stop(
            @Observes ShutdownEvent event,
            RestoreWorker worker,
            Sweep sweep,
            AtlasConfig atlas,
            @Any Instance<Background> all)
            throws InterruptedException {
        sweep.stop();
        if (!worker.stop(atlas.timeout().plus(LAST_WRITES))) {
            LOG.log(WARNING, "Calls were still out: their requests are looked after by the others");
        }
        all.forEach(Background::stop);
    }
}
