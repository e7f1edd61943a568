package dev.restoreworker.sandbox.atlas;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a path names. Its parts are not yet validated. */
record Route(
        ApiVersion version,
        String path,
        String group,
        String cluster,
        Resource resource,
        @Nullable String id) {
    enum Resource {
        JOBS,
        SNAPSHOTS
    }

    private static final Pattern PATH =
            Pattern.compile(
                    "/api/atlas/(v2|v1\\.0)/groups/([^/]+)/clusters/([^/]+)/backup/(restoreJobs|snapshots)(?:/([^/]+))?");

    static Optional<Route> of(String path) {
        var matcher = PATH.matcher(path);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        var resource = matcher.group(4).equals("snapshots") ? Resource.SNAPSHOTS : Resource.JOBS;
        return Optional.of(
                new Route(
                        ApiVersion.named(matcher.group(1)),
                        path,
                        matcher.group(2),
                        matcher.group(3),
                        resource,
                        matcher.group(5)));
    }

    Operation operation(String method) {
        return switch (resource) {
            case JOBS -> id == null ? onJobs(method) : onJob(method);
            case SNAPSHOTS -> onSnapshots(method);
        };
    }

    /** The methods that {@link #operation} knows here. */
    String allowed() {
        if (resource == Resource.SNAPSHOTS) {
            return "GET";
        }
        return id == null ? "POST,GET" : "GET,DELETE";
    }

    /** The id that the path ends with. */
    String requiredId() {
        if (id == null) {
            throw new IllegalStateException("The operation needs a path with an id: " + path);
        }
        return id;
    }

    /** The path of the cluster in the version that was asked for. */
    String clusterPath() {
        return groupPath() + "/clusters/" + cluster;
    }

    String groupPath() {
        return "/api/atlas/" + version.pathName() + "/groups/" + group;
    }

    private static Operation onJobs(String method) {
        return switch (method) {
            case "POST" -> Operation.CREATE_JOB;
            case "GET" -> Operation.LIST_JOBS;
            default -> Operation.OTHER;
        };
    }

    private static Operation onJob(String method) {
        return switch (method) {
            case "GET" -> Operation.GET_JOB;
            case "DELETE" -> Operation.CANCEL_JOB;
            default -> Operation.OTHER;
        };
    }

    private Operation onSnapshots(String method) {
        if (!method.equals("GET")) {
            return Operation.OTHER;
        }
        return id == null ? Operation.LIST_SNAPSHOTS : Operation.GET_SNAPSHOT;
    }
}
