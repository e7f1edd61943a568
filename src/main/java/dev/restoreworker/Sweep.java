package dev.restoreworker;

import static java.lang.System.Logger.Level.INFO;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

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
    private final Rounds rounds = new Rounds("sweep", LOG, "Taking up what is due", this::sweep);

    public Sweep(RestoreWorker worker, RestoreConfig config) {
        this.worker = worker;
        this.period = config.sweep();
    }

    @Override
    public void start() {
        rounds.start();
    }

    /**
     * Returns when nothing more will be claimed. A claim that is under way is not interrupted: what
     * it took would be held by nobody.
     */
    @Override
    public void stop() {
        rounds.stopAndWait(STOP_MAX);
        LOG.log(INFO, "No more requests are taken up");
    }

    private Duration sweep() throws InterruptedException {
        return worker.advanceDue(CLAIM_MAX, period) == 0 ? period : PACE;
    }
}
