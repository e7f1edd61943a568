package dev.restoreworker.sandbox.atlas;

import org.jspecify.annotations.Nullable;

/** What rules can tell a call by; a component is null when the call does not name it. */
record Facts(
        Operation operation,
        @Nullable String project,
        @Nullable String cluster,
        @Nullable String targetProject,
        @Nullable String target,
        @Nullable String snapshot) {
    static final Facts TOKEN = new Facts(Operation.TOKEN, null, null, null, null, null);

    static Facts of(Operation operation, @Nullable Route route, @Nullable JobOrder order) {
        var project = route == null ? null : route.group();
        var cluster = route == null ? null : route.cluster();
        if (order != null) {
            return new Facts(
                    operation,
                    project,
                    cluster,
                    order.targetProject(),
                    order.targetCluster(),
                    order.snapshotId());
        }
        var snapshot =
                route != null && operation == Operation.GET_SNAPSHOT ? route.requiredId() : null;
        return new Facts(operation, project, cluster, null, null, snapshot);
    }
}
