package dev.restoreworker;

import dev.restoreworker.core.RetryPolicy;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All settings under {@code restore}. What each is for, and how they must fit together, is in
 * {@code docs/operations.md}; {@code Settings} checks it at start-up.
 */
@ConfigMapping(prefix = "restore")
public interface RestoreConfig extends RetryPolicy {

    @Override
    @WithDefault("2m")
    Duration lease();

    @Override
    @WithDefault("2m")
    Duration settle();

    @Override
    @WithDefault("3")
    int looks();

    @Override
    @WithDefault("2h")
    Duration patience();

    @Override
    @WithDefault("24h")
    Duration patienceMax();

    @Override
    @WithDefault("5s")
    Duration delayMin();

    @Override
    @WithDefault("1m")
    Duration delayMax();

    @Override
    @WithDefault("24h")
    Duration lookFor();

    /** From before an intent is written down to the moment at which its call goes out. */
    @Override
    @WithDefault("10s")
    Duration sendWithin();

    @Override
    @WithDefault("30s")
    Duration clockSkewMax();

    @Override
    @WithDefault("24h")
    Duration maxAge();

    @Override
    @WithDefault("1h")
    Duration repeatGuard();

    /** How long everything is kept of a request that is over; its id and outcome are for ever. */
    @WithDefault("30d")
    Duration retention();

    /** How much later than an attempt's end its job may be created. */
    @WithDefault("10s")
    Duration late();

    @Override
    @WithDefault("15s")
    Duration trackEvery();

    @Override
    @WithDefault("fail")
    OnUnknown onUnknown();

    /** How often a worker looks for what is due. */
    @WithDefault("250ms")
    Duration sweep();

    /** Create calls under way at once, for each worker. */
    @WithDefault("200")
    int inFlight();

    @WithDefault("on")
    Sending sending();

    @WithDefault("on")
    Witness witness();

    Targets targets();

    Quotas quota();

    Topics topics();

    Events events();

    Relay relay();

    Operator operator();

    /** Whether create calls are sent. */
    enum Sending {
        ON,
        PAUSED
    }

    /** Whether a database session of its own tells that a worker lives. */
    enum Witness {
        ON,
        OFF
    }

    /** Which clusters may be wiped, as {@code project/cluster} patterns. */
    interface Targets {
        Optional<List<String>> allowed();

        @WithName("protected")
        Optional<List<String>> protectedOnes();
    }

    /** How many downloads of ours may live at once; others use the same projects. */
    interface Quotas {
        @WithDefault("20")
        int downloadsPerProject();

        /** Of one snapshot; Atlas' own limit is 1. */
        @WithDefault("1")
        int downloadsPerSnapshot();

        /** Limits of single projects, by their ids. */
        Map<String, Integer> projects();
    }

    /** The names of all topics. */
    interface Topics {
        @WithDefault("restore-requests")
        String requests();

        @WithDefault("restore-job-created")
        String jobCreated();

        @WithDefault("restore-job-failed")
        String jobFailed();

        @WithDefault("restore-job-finished")
        String jobFinished();

        @WithDefault("restore-request-accepted")
        String requestAccepted();

        @WithDefault("restore-request-deferred")
        String requestDeferred();

        @WithDefault("restore-requests-dead-letter")
        String deadLetter();

        @WithDefault("restore-worker-marker")
        String marker();

        /** What remembers the dead letters that an operator replayed. */
        @WithDefault("restore-requests-replayed")
        String replayed();
    }

    interface Events {
        /** The {@code source} of all events that this deployment publishes. */
        @WithDefault("/atlas-restore-worker")
        String source();

        /** How they are written. What waits in the outbox goes out in the mode of its relay. */
        @WithDefault("binary")
        Mode mode();

        /** Whether it is told of each request that it was taken in. */
        @WithDefault("false")
        boolean accepted();

        /** Whether it is told where a download can be fetched: whoever reads the topic can. */
        @WithDefault("false")
        boolean includeDeliveryUrl();

        /** The page that says of each reason what to do. */
        @WithDefault("docs/events.md")
        String helpUrl();

        /** Types of CloudEvents that are requests, besides our own. */
        Optional<List<String>> requestTypes();
    }

    /** The modes that CloudEvents have in Kafka. */
    enum Mode {
        BINARY,
        STRUCTURED
    }

    interface Relay {
        /** One for all workers of a deployment: it is what fences a paused relay. */
        @WithDefault("atlas-restore-worker-relay")
        String transactionalId();

        @WithDefault("5s")
        Duration lease();

        /** How many events go out in one transaction. */
        @WithDefault("500")
        int batch();
    }

    interface Operator {
        /** The bearer token for all of HTTP but health and metrics, or {@code file:} and a path. */
        Optional<String> token();
    }
}
