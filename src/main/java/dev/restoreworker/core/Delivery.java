package dev.restoreworker.core;

import java.util.Optional;

/** How Atlas is to hand the data over. */
public sealed interface Delivery {

    /** Atlas packs the snapshot for a download. Nothing is overwritten. */
    record Download(String snapshotId) implements Delivery {}

    /** Atlas writes the snapshot into the target cluster, and wipes what was there. */
    record Automated(String snapshotId, Target target) implements Delivery {}

    /**
     * Atlas writes the source as it was at {@code time} into the target cluster, and wipes what was
     * there.
     */
    record PointInTime(Time time, Target target) implements Delivery {}

    /** The cluster that is written to. */
    record Target(String projectId, String clusterName) {
        @Override
        public String toString() {
            return projectId + "/" + clusterName;
        }
    }

    /** Which moment a point-in-time restore goes back to. */
    sealed interface Time {

        /** The oplog's own time stamp: seconds since 1970, and the operation within the second. */
        record Oplog(int seconds, int increment) implements Time {}

        /** Seconds since 1970, UTC. */
        record UtcSeconds(int seconds) implements Time {}
    }

    /** Atlas' own name of the delivery: the value of {@code deliveryType}. */
    default String type() {
        return switch (this) {
            case Download _ -> "download";
            case Automated _ -> "automated";
            case PointInTime _ -> "pointInTime";
        };
    }

    /** The snapshot that this delivery names; empty if it names none. */
    default Optional<String> snapshot() {
        return switch (this) {
            case Download(var snapshotId) -> Optional.of(snapshotId);
            case Automated(var snapshotId, _) -> Optional.of(snapshotId);
            case PointInTime _ -> Optional.empty();
        };
    }

    /** The cluster that this delivery wipes; empty if it wipes none. */
    default Optional<Target> wipes() {
        return switch (this) {
            case Download _ -> Optional.empty();
            case Automated(_, var target) -> Optional.of(target);
            case PointInTime(_, var target) -> Optional.of(target);
        };
    }
}
