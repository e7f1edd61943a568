package dev.restoreworker.core;

import org.jspecify.annotations.Nullable;

/**
 * What of a request decides what Atlas does, field by field and as text. Two requests with one id
 * and equal content are one request; with other content the second is a conflict.
 *
 * <p>It holds what was asked, valid or not, so each value is brought into a form that can be
 * stored: control characters and lone surrogates are written as {@code \}{@code uXXXX}, and a value
 * that is longer than {@value #LENGTH_MAX} characters is cut, with its length and hash at the end.
 */
public record Content(
        @Nullable String projectId,
        @Nullable String clusterName,
        @Nullable String deliveryType,
        @Nullable String snapshotId,
        @Nullable String oplogTs,
        @Nullable String oplogInc,
        @Nullable String pointInTimeUTCSeconds,
        @Nullable String targetProjectId,
        @Nullable String targetClusterName) {

    private static final int LENGTH_MAX = 200;

    public Content {
        projectId = storable(projectId);
        clusterName = storable(clusterName);
        deliveryType = storable(deliveryType);
        snapshotId = storable(snapshotId);
        oplogTs = storable(oplogTs);
        oplogInc = storable(oplogInc);
        pointInTimeUTCSeconds = storable(pointInTimeUTCSeconds);
        targetProjectId = storable(targetProjectId);
        targetClusterName = storable(targetClusterName);
    }

    /** The content of a valid request. */
    static Content of(String projectId, String clusterName, Delivery delivery) {
        return switch (delivery) {
            case Delivery.Download(var snapshotId) ->
                    new Content(
                            projectId,
                            clusterName,
                            delivery.type(),
                            snapshotId,
                            null,
                            null,
                            null,
                            null,
                            null);
            case Delivery.Automated(var snapshotId, var target) ->
                    new Content(
                            projectId,
                            clusterName,
                            delivery.type(),
                            snapshotId,
                            null,
                            null,
                            null,
                            target.projectId(),
                            target.clusterName());
            case Delivery.PointInTime(
                            Delivery.Time.Oplog(var seconds, var increment),
                            var target) ->
                    new Content(
                            projectId,
                            clusterName,
                            delivery.type(),
                            null,
                            String.valueOf(seconds),
                            String.valueOf(increment),
                            null,
                            target.projectId(),
                            target.clusterName());
            case Delivery.PointInTime(Delivery.Time.UtcSeconds(var seconds), var target) ->
                    new Content(
                            projectId,
                            clusterName,
                            delivery.type(),
                            null,
                            null,
                            null,
                            String.valueOf(seconds),
                            target.projectId(),
                            target.clusterName());
        };
    }

    /**
     * Whether Atlas may list one job for both. A job does not say which cluster was named in the
     * path of its create call.
     */
    public boolean asksForTheSameJob(Content other) {
        return equals(other.under(clusterName));
    }

    private Content under(@Nullable String cluster) {
        return new Content(
                projectId,
                cluster,
                deliveryType,
                snapshotId,
                oplogTs,
                oplogInc,
                pointInTimeUTCSeconds,
                targetProjectId,
                targetClusterName);
    }

    private static @Nullable String storable(@Nullable String value) {
        if (value == null) {
            return null;
        }
        var text = Text.storable(value);
        return text.length() <= LENGTH_MAX ? text : Text.cut(text, LENGTH_MAX);
    }
}
