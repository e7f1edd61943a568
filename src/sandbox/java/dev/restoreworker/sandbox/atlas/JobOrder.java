package dev.restoreworker.sandbox.atlas;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a create call asked for; a component is null when the call did not name it. */
public record JobOrder(
        Delivery delivery,
        @Nullable String snapshotId,
        @Nullable String targetProject,
        @Nullable String targetCluster,
        @Nullable Integer oplogTs,
        @Nullable Integer oplogInc,
        @Nullable Integer pointInTimeUtcSeconds) {
    /** What a restore writes to, as {@code project/cluster}; empty for a download. */
    Optional<String> target() {
        return targetCluster == null
                ? Optional.empty()
                : Optional.of(targetProject + "/" + targetCluster);
    }
}
