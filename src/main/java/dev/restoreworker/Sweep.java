package dev.restoreworker;

import static java.lang.System.Logger.Level.INFO;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Takes up what is due, again and again: what was put off, what did not find room when it came, and
 * what other workers left behind.
 */
@ApplicationScoped
public class Sweep implements Background {

    private static final System.Logger LOG = System.getLogger(Sweep.class.getName());

    private static final int CLAIM_MAX = 500;

    /**
     * Between two claims of a long queue, so that each of them finds more than a few turns free.
     */
    private static final Duration PACE = Duration.ofMillis(10);

    /** The longest that a claim may take, and a little more. */
    private static final Duration STOP_MAX = Duration.ofSeconds(25);

    private final RestoreWorker worker;
    private final Duration period;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread = Thread.ofVirtual().name("sweep").unstarted(this::run);

    public Sweep(RestoreWorker worker, RestoreConfig config) {
        this.worker = worker;
        this.period = config.sweep();
    }

    @Override
    public void start() {
        thread.start();
    }

    /**
     * Returns when nothing more will be claimed. A claim that is under way is not interrupted: what
     * it took would be held by nobody.
     */
    @Override
    public void stop() {
        if (thread.getState() == Thread.State.NEW) {
            return; // the start-up failed before it
        }
        stopping.countDown();
        try {
            thread.join(STOP_MAX);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        var outage = new Outage(LOG, "Taking up what is due");
        try {
            var rest = Duration.ZERO;
            while (!stopping.await(rest.toMillis(), TimeUnit.MILLISECONDS)) {
                rest = sweep(outage);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        LOG.log(INFO, "No more requests are taken up");
    }

    /** Returns how long to rest before the next one. */
    private Duration sweep(Outage outage) throws InterruptedException {
        try {
            var taken = worker.advanceDue(CLAIM_MAX, period);
            outage.over();
            return taken == 0 ? period : PACE;
        } catch (RuntimeException e) {
            return outage.failed(e);
        }
    }
}
