package dev.restoreworker;

import static java.lang.System.Logger.Level.INFO;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/**
 * Purges what is over for long, a little at a time. Every worker does it: what one is at, the
 * others pass over.
 */
@ApplicationScoped
public class Upkeep implements Background {

    private static final System.Logger LOG = System.getLogger(Upkeep.class.getName());

    /**
     * A request more or less that is a minute older than it may be harms nobody. Whoever was not
     * woken, as by an older version or when a limit is raised, waits no longer than this.
     */
    private static final Duration PERIOD = Duration.ofMinutes(1);

    /** One short transaction, and time for the others between two of them. */
    private static final int PURGE_MAX = 500;

    private static final Duration PACE = Duration.ofMillis(100);

    private final Ledger ledger;
    private final Duration retention;
    private final Rounds rounds = new Rounds("upkeep", LOG, "Purging what is over", this::tidy);

    public Upkeep(Ledger ledger, RestoreConfig config) {
        this.ledger = ledger;
        this.retention = config.retention();
    }

    @Override
    public void start() {
        rounds.start();
    }

    /** What is under way is one transaction, and may be cut off. */
    @Override
    public void stop() {
        rounds.stop();
    }

    private Duration tidy() {
        var purged = ledger.tidy(retention, PURGE_MAX);
        if (purged > 0) {
            LOG.log(INFO, "{0} requests were purged", purged);
        }
        return purged == PURGE_MAX ? PACE : PERIOD;
    }
}
