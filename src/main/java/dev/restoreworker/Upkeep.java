package dev.restoreworker;

import static java.lang.System.Logger.Level.INFO;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Purges what is over for long, a little at a time. Every worker does it: what one is at, the
 * others pass over.
 */
@ApplicationScoped
public class Upkeep implements Background {

    private static final System.Logger LOG = System.getLogger(Upkeep.class.getName());

    /**
     * A request more or less that is a minute older than it may be harms nobody. Whoever was not
     * woken, as happens beside an older version alone, waits no longer than this.
     */
    private static final Duration PERIOD = Duration.ofMinutes(1);

    /** One short transaction, and time for the others between two of them. */
    private static final int PURGE_MAX = 500;

    private static final Duration PACE = Duration.ofMillis(100);

    private final Ledger ledger;
    private final Duration retention;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread = Thread.ofVirtual().name("upkeep").unstarted(this::run);

    public Upkeep(Ledger ledger, RestoreConfig config) {
        this.ledger = ledger;
        this.retention = config.retention();
    }

    @Override
    public void start() {
        thread.start();
    }

    /** What is under way is one transaction, and may be cut off. */
    @Override
    public void stop() {
        stopping.countDown();
    }

    private void run() {
        var outage = new Outage(LOG, "Purging what is over");
        try {
            var rest = PERIOD;
            while (!stopping.await(rest.toMillis(), TimeUnit.MILLISECONDS)) {
                rest = tidy(outage);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns how long to rest before the next time. */
    private Duration tidy(Outage outage) {
        try {
            var purged = ledger.tidy(retention, PURGE_MAX);
            outage.over();
            if (purged > 0) {
                LOG.log(INFO, "{0} requests were purged", purged);
            }
            return purged == PURGE_MAX ? PACE : PERIOD;
        } catch (RuntimeException e) {
            return outage.failed(e);
        }
    }
}
