package dev.restoreworker.sandbox.atlas;

import io.vertx.core.MultiMap;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What Atlas does with a call that it let in: from values to an {@link Answer}, no HTTP in it. */
final class RestoreApi {
    /**
     * A call that was read to its end and whose signature was right.
     *
     * @param base scheme, host and port that the caller knows this Atlas by
     * @param wish of a create call, and of no other
     * @param lag a list leaves out jobs that are younger
     */
    record Call(
            Route route,
            Operation operation,
            String base,
            MultiMap headers,
            MultiMap query,
            CreateBody.@Nullable Wish wish,
            long number,
            Duration lag) {}

    private final JobBook jobs;
    private final InstantSource clock;

    RestoreApi(JobBook jobs, InstantSource clock) {
        this.jobs = jobs;
        this.clock = clock;
    }

    /** Never throws for what a caller did wrong: that is an answer too. */
    Answer answer(Call call) {
        if (call.operation() == Operation.OTHER) {
            return Answer.empty(405).with("Allow", call.route().allowed());
        }
        try {
            return perform(call);
        } catch (ApiError refused) {
            return refused.answer();
        }
    }

    private Answer perform(Call call) {
        var route = call.route();
        requireMediaTypes(call);
        World.requireCluster(route.group(), route.cluster());
        return switch (call.operation()) {
            case CREATE_JOB -> create(call);
            case LIST_JOBS -> list(call);
            case GET_JOB -> get(call);
            case CANCEL_JOB -> cancel(call);
            case GET_SNAPSHOT -> snapshot(call);
            case LIST_SNAPSHOTS -> snapshots(call);
            case TOKEN, OTHER ->
                    throw new IllegalStateException("Answered before: " + route.path());
        };
    }

    private static void requireMediaTypes(Call call) {
        var version = call.route().version();
        if (!version.isAccepted(call.headers().get("Accept"))) {
            throw version == ApiVersion.V2 ? noVersion() : noSuchType(406);
        }
        if (call.operation() == Operation.CREATE_JOB
                && !version.isContentType(call.headers().get("Content-Type"))) {
            throw version == ApiVersion.V2 ? noVersion() : noSuchType(415);
        }
    }

    private static ApiError noVersion() {
        return new ApiError(
                400, "INVALID_VERSION_DATE", "There is no version number in the request.");
    }

    private static ApiError noSuchType(int status) {
        return new ApiError(
                status, "UNSUPPORTED_MEDIA_TYPE", "This resource knows application/json only.");
    }

    private Answer create(Call call) {
        var route = call.route();
        var order = Objects.requireNonNull(call.wish(), "A create call without a wish").orThrow();
        var job = jobs.create(route.group(), route.cluster(), order, call.number());
        return ok(call, job).naming(job.id());
    }

    private Answer list(Call call) {
        var route = call.route();
        var paging = Paging.of(call.query());
        var page =
                jobs.page(
                        route.group(),
                        route.cluster(),
                        paging.pageNum(),
                        paging.itemsPerPage(),
                        call.lag());
        return Answer.of(200, route.version().answerType(), shapes(call).list(page, paging));
    }

    private Answer get(Call call) {
        var route = call.route();
        World.requireJobId(route.requiredId());
        return jobs.find(route.group(), route.cluster(), route.requiredId())
                .map(it -> ok(call, it))
                .orElseThrow(() -> ApiError.jobNotFound(route.requiredId(), route.cluster()));
    }

    private Answer cancel(Call call) {
        var route = call.route();
        var id = route.requiredId();
        World.requireJobId(id);
        return switch (jobs.cancel(route.group(), route.cluster(), id)) {
            case CANCELLED -> Answer.empty(204);
            case NOT_FOUND -> throw ApiError.jobNotFound(id, route.cluster());
            case NOT_A_DOWNLOAD ->
                    throw new ApiError(
                            400,
                            "CANNOT_CANCEL_AUTOMATED_RESTORE",
                            "Automated restore cannot be cancelled.");
        };
    }

    private Answer snapshot(Call call) {
        var route = call.route();
        World.requireSnapshot(route.requiredId(), route.cluster());
        var body = new SnapshotJson(shapes(call), route).snapshot(route.requiredId());
        return Answer.of(200, route.version().answerType(), body);
    }

    private Answer snapshots(Call call) {
        var body =
                new SnapshotJson(shapes(call), call.route())
                        .list(clock.instant(), Paging.of(call.query()));
        return Answer.of(200, call.route().version().answerType(), body);
    }

    private Answer ok(Call call, RestoreJob job) {
        return Answer.of(200, call.route().version().answerType(), shapes(call).job(job));
    }

    private JobJson shapes(Call call) {
        return new JobJson(call.base(), call.route(), clock.instant());
    }
}
