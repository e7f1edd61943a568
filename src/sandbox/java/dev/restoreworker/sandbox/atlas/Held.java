package dev.restoreworker.sandbox.atlas;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A call that waits for its release.
 *
 * @param rule that holds it
 * @param effect whether it had its effect already
 * @param since when, by the simulator's clock
 * @param connected whether its caller is still there
 */
public record Held(
        String id,
        String rule,
        boolean effect,
        Instant since,
        Operation operation,
        @Nullable String targetCluster,
        @Nullable String snapshotId,
        boolean connected) {}
