package dev.restoreworker.sandbox.atlas;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs take up room at a moment: live downloads by project, running restores by target
 * cluster. Jobs that are over are dropped when somebody asks. Guarded by the {@link JobBook}.
 */
final class Room {
    private final Function<String, RestoreJob> find;
    private final Map<String, List<String>> downloads = new HashMap<>();
    private final Map<String, List<String>> restores = new HashMap<>();

    /** {@code find} finds a job, as it is now, by its id. */
    Room(Function<String, RestoreJob> find) {
        this.find = find;
    }

    void add(RestoreJob job) {
        var target = job.order().target();
        var ids = target.isPresent() ? restores : downloads;
        ids.computeIfAbsent(target.orElse(job.project()), _ -> new ArrayList<>()).add(job.id());
    }

    /** Throws what Atlas refuses an order with for which there is no room. */
    void require(String project, JobOrder order, Limits limits, Instant now) {
        var target = order.target();
        if (target.isPresent()) {
            if (!live(restores, target.get(), now).isEmpty()) {
                throw ApiError.targetBusy();
            }
            return;
        }
        var others = live(downloads, project, now);
        if (others.stream().anyMatch(id -> isOf(order.snapshotId(), id))) {
            throw ApiError.snapshotBusy();
        }
        if (others.size() >= limits.downloadsPerProject()) {
            throw ApiError.tooManyDownloads();
        }
    }

    void clear() {
        downloads.clear();
        restores.clear();
    }

    private boolean isOf(@Nullable String snapshot, String id) {
        return Objects.equals(snapshot, find.apply(id).order().snapshotId());
    }

    private List<String> live(Map<String, List<String>> ids, String key, Instant now) {
        var found = ids.computeIfAbsent(key, _ -> new ArrayList<>());
        found.removeIf(id -> !now.isBefore(find.apply(id).overAt()));
        return found;
    }
}
