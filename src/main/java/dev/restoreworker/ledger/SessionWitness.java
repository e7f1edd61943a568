package dev.restoreworker.ledger;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.restoreworker.Outage;
import dev.restoreworker.RestoreConfig;
import dev.restoreworker.ledger.WitnessSession.Announced;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.lang.management.ManagementFactory;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Holds one database session for as long as this worker lives. Each attempt names it, so that the
 * others can tell a dead sender, whose session has ended, from one that is paused.
 *
 * <p>It is a witness and no lock: without it a dead sender is taken for a paused one, and that is
 * all. When it is lost another one is held; the attempts that name the lost one are then taken for
 * a dead worker's as soon as their time to send is over, and by then this worker sends nothing of
 * them any more.
 */
@Singleton
class SessionWitness {

    private static final System.Logger LOG = System.getLogger(SessionWitness.class.getName());

    /** How often the session is looked after. */
    private static final Duration PERIOD = Duration.ofSeconds(5);

    /** For people who look at the sessions of the server. It keeps 63 characters. */
    private static final String APPLICATION =
            "atlas-restore-worker witness " + ManagementFactory.getRuntimeMXBean().getName();

    private static final Duration CONNECT_MAX = Duration.ofSeconds(5);

    /** Its thread has nothing to finish: it is waited for so that it opens nothing afterwards. */
    private static final Duration STOP_MAX = Duration.ofSeconds(10);

    private final @Nullable Supplier<AgroalDataSource> source;
    private final Duration period;
    private final Announced announced;
    private final Outage outage =
            new Outage(LOG, "Holding the session by which others see that this worker lives");
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread = Thread.ofVirtual().name("session-witness").unstarted(this::run);

    private @Nullable WitnessSession held;
    private volatile @Nullable String name;

    @Inject
    SessionWitness(AgroalDataSource pool, RestoreConfig config) {
        this(
                config.witness() == RestoreConfig.Witness.ON ? beside(pool) : null,
                PERIOD,
                Announced.byProtocol());
    }

    /** {@code source} gives one connection each time, and is null if there is to be none. */
    SessionWitness(
            @Nullable Supplier<AgroalDataSource> source, Duration period, Announced announced) {
        this.source = source;
        this.period = period;
        this.announced = announced;
    }

    /** No witness. */
    static SessionWitness none() {
        return new SessionWitness(null, PERIOD, Announced.byProtocol());
    }

    /**
     * One connection beside the pool, made as the pool makes its own, and never validated, reaped
     * or replaced by anybody but us.
     */
    static Supplier<AgroalDataSource> beside(AgroalDataSource pool) {
        return () -> {
            var factory =
                    pool.getConfiguration()
                            .connectionPoolConfiguration()
                            .connectionFactoryConfiguration();
            try {
                return AgroalDataSource.from(
                        new AgroalDataSourceConfigurationSupplier()
                                .connectionPoolConfiguration(
                                        one ->
                                                one.maxSize(1)
                                                        .acquisitionTimeout(CONNECT_MAX)
                                                        .connectionFactoryConfiguration(
                                                                () -> factory)));
            } catch (SQLException e) {
                throw new IllegalStateException("The session of the worker cannot be set up", e);
            }
        };
    }

    /** The session that is held now, by its name; null if there is none. */
    @Nullable String current() {
        return name;
    }

    /**
     * Opens the session, if the database can be reached at all, and looks after it from then on.
     */
    void start() {
        if (look().isPresent()) {
            thread.start();
        }
    }

    private void run() {
        try {
            var rest = Optional.of(period);
            while (rest.isPresent()
                    && !stopping.await(rest.get().toMillis(), TimeUnit.MILLISECONDS)) {
                rest = look();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** Sees to it that a session is held. How long to rest then; empty if there can be none. */
    Optional<Duration> look() {
        if (source == null) {
            return Optional.empty();
        }
        try {
            var objection = hold(source);
            if (objection.isEmpty()) {
                outage.over();
                return Optional.of(period);
            }
            drop();
            LOG.log(
                    WARNING,
                    "No session tells whether this worker lives, so what it leaves behind when it"
                            + " dies is adopted or ends as unknown: "
                            + objection.get());
            return Optional.empty();
        } catch (SQLException e) {
            drop();
            return Optional.of(outage.failed(Transactions.failure("to hold a session", e)));
        } catch (RuntimeException e) { // whatever it is, the next one may be better
            drop();
            return Optional.of(outage.failed(e));
        }
    }

    /** Why no session tells anything of this worker; empty if one does. */
    private Optional<String> hold(Supplier<AgroalDataSource> source) throws SQLException {
        var isNew = held == null;
        var session = held == null ? WitnessSession.open(source.get()) : held;
        held = session;
        if (session.isPooled(announced)) { // and its settings are for others, too
            return Optional.of("a pooler is on the way, whose sessions are nobody's");
        }
        if (isNew) {
            session.prepare(APPLICATION);
        }
        var read = session.name();
        if (read.isEmpty()) {
            return Optional.of("the server ends silent sessions, or does not tell when it started");
        }
        if (!read.get().equals(name)) {
            LOG.log(INFO, "Session " + read.get() + " tells others that this worker lives");
        }
        name = read.get();
        return Optional.empty();
    }

    private void drop() {
        name = null;
        var lost = held;
        held = null;
        if (lost != null) {
            lost.end();
        }
    }

    /** Ends the session: from now on this worker counts as dead. */
    void close() throws InterruptedException {
        stopping.countDown();
        thread.join(STOP_MAX.toMillis());
        drop();
    }
}
