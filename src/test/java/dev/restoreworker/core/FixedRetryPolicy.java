package dev.restoreworker.core;

import java.time.Duration;

/** A policy for tests, with the product's defaults. */
public record FixedRetryPolicy(
        Duration lease,
        Duration settle,
        int looks,
        Duration patience,
        Duration patienceMax,
        Duration delayMin,
        Duration delayMax,
        Duration sendWithin,
        Duration lookFor,
        Duration maxAge,
        Duration clockSkewMax,
        Duration repeatGuard,
        Duration trackEvery,
        OnUnknown onUnknown)
        implements RetryPolicy {

    public static final FixedRetryPolicy DEFAULT =
            new FixedRetryPolicy(
                    Duration.ofMinutes(2),
                    Duration.ofMinutes(2),
                    3,
                    Duration.ofHours(2),
                    Duration.ofHours(24),
                    Duration.ofSeconds(5),
                    Duration.ofMinutes(1),
                    Duration.ofSeconds(10),
                    Duration.ofHours(24),
                    Duration.ofHours(24),
                    Duration.ofSeconds(30),
                    Duration.ofHours(1),
                    Duration.ofSeconds(15),
                    OnUnknown.FAIL);

    /** The same, but for an operator who lets silent attempts be sent again. */
    public FixedRetryPolicy retrying() {
        return new FixedRetryPolicy(
                lease,
                settle,
                looks,
                patience,
                patienceMax,
                delayMin,
                delayMax,
                sendWithin,
                lookFor,
                maxAge,
                clockSkewMax,
                repeatGuard,
                trackEvery,
                OnUnknown.RETRY);
    }
}
