package dev.restoreworker.sandbox.atlas;

import java.util.regex.Pattern;

/**
 * What exists besides jobs: every project, cluster and snapshot whose name is well-formed, so that
 * ids can be made up, but for the names below, which are answered <em>not found</em>.
 */
final class World {
    /** The project and the snapshot that do not exist. */
    static final String NO_SUCH_ID = "ffffffffffffffffffffffff";

    /** The cluster that exists in no project. */
    static final String NO_SUCH_CLUSTER = "no-such-cluster";

    private static final Pattern ID = Pattern.compile("[a-f0-9]{24}");
    private static final Pattern CLUSTER_NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9-]{0,63}");

    private World() {}

    static void requireCluster(String group, String cluster) {
        if (!ID.matcher(group).matches()) {
            var detail = "An invalid group ID " + group + " was specified.";
            throw new ApiError(404, "INVALID_GROUP_ID", detail, group);
        }
        if (!CLUSTER_NAME.matcher(cluster).matches()) {
            var detail =
                    ("The cluster name %s is invalid. The name can only contain ASCII letters,"
                                    + " numbers, and hyphens.")
                            .formatted(cluster);
            throw new ApiError(400, "CLUSTER_NAME_INVALID", detail, cluster);
        }
        if (group.equals(NO_SUCH_ID)) {
            throw ApiError.groupNotFound(group);
        }
        if (cluster.equals(NO_SUCH_CLUSTER)) {
            throw ApiError.clusterNotFound(cluster, group);
        }
    }

    static void requireSnapshot(String snapshot, String cluster) {
        if (!ID.matcher(snapshot).matches()) {
            var detail = "An invalid snapshot ID " + snapshot + " was specified.";
            throw new ApiError(404, "INVALID_SNAPSHOT_ID", detail, snapshot);
        }
        if (snapshot.equals(NO_SUCH_ID)) {
            throw ApiError.snapshotNotFound(snapshot, cluster);
        }
    }

    static void requireJobId(String job) {
        if (!ID.matcher(job).matches()) {
            var detail = "An invalid restore job ID " + job + " was specified.";
            throw new ApiError(404, "INVALID_JOB_ID", detail, job);
        }
    }
}
