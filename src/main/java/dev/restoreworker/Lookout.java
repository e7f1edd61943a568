package dev.restoreworker;

import dev.restoreworker.core.Durations;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/** Has the jobs of clusters listed as they become due, for as long as the worker runs. */
@ApplicationScoped
public class Lookout implements Background {

    private static final System.Logger LOG = System.getLogger(Lookout.class.getName());

    /** What is due is found by then. */
    private static final Duration PERIOD_MAX = Duration.ofSeconds(1);

    /** A list comes late by this share of the time between two, at most. */
    private static final int SHARE = 8;

    private static final Duration STOP_MAX = Duration.ofSeconds(5);

    private final Tracker tracker;
    private final Duration period;
    private final Rounds rounds = new Rounds("lookout", LOG, "Listing jobs", this::look);

    public Lookout(Tracker tracker, RestoreConfig config) {
        this.tracker = tracker;
        this.period = Durations.shorter(PERIOD_MAX, config.trackEvery().dividedBy(SHARE));
    }

    @Override
    public void start() {
        rounds.start();
    }

    /** Lists that are under way change nothing that cannot be cut off. */
    @Override
    public void stop() {
        rounds.stopAndWait(STOP_MAX);
    }

    private Duration look() {
        tracker.trackDue();
        return period;
    }
}
