package dev.restoreworker.ops;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.restoreworker.Ledger.ProjectSlots;
import dev.restoreworker.core.SubmitReply.NotNow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The download slots of a project, for people. */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ProjectView(
        String projectId,
        SlotsView slots,
        List<ForeignView> seenOfOthers,
        QueueView queue,
        @Nullable PauseView pause) {

    record SlotsView(int limit, int held, List<HolderView> by) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record HolderView(
            String requestId, String clusterName, String snapshotId, @Nullable String jobId) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record ForeignView(String jobId, String clusterName, @Nullable String snapshotId) {}

    record QueueView(int length, List<WaiterView> first) {}

    record WaiterView(
            int place,
            String requestId,
            String snapshotId,
            String waitsFor,
            int priority,
            Instant receivedAt,
            Instant askedAgainAt) {}

    record PauseView(String waitsFor, String why) {}

    static ProjectView of(String projectId, ProjectSlots slots, @Nullable NotNow obstacle) {
        return new ProjectView(
                projectId,
                new SlotsView(
                        slots.limit(),
                        slots.held(),
                        slots.holders().stream()
                                .map(
                                        each ->
                                                new HolderView(
                                                        each.requestId(),
                                                        each.clusterName(),
                                                        each.snapshotId(),
                                                        each.jobId()))
                                .toList()),
                slots.foreign().stream()
                        .map(
                                each ->
                                        new ForeignView(
                                                each.jobId(),
                                                each.clusterName(),
                                                each.snapshotId()))
                        .toList(),
                new QueueView(slots.waiting(), waiters(slots)),
                obstacle == null
                        ? null
                        : new PauseView(obstacle.waitsFor().word(), obstacle.detail()));
    }

    private static List<WaiterView> waiters(ProjectSlots slots) {
        var waiters = new ArrayList<WaiterView>();
        for (var each : slots.queue()) {
            waiters.add(
                    new WaiterView(
                            waiters.size() + 1,
                            each.requestId(),
                            each.snapshotId(),
                            each.waitsFor().word(),
                            each.priority(),
                            each.receivedAt(),
                            each.askedAgainAt()));
        }
        return List.copyOf(waiters);
    }
}
