package dev.restoreworker.core;

import dev.restoreworker.core.Attempt.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells of each job that Atlas lists whether an undecided attempt made it.
 *
 * <p>Three verdicts, not two: what is not <em>ours</em> for certain is not yet <em>ruled out</em>.
 * To believe too little ends a request as unknown; to believe too much names a job that somebody
 * else made, or wipes a cluster a second time.
 *
 * @param late how much later than an attempt's end its job may be created
 */
public record JobMatcher(Duration late) {

    /** Whose a job is. */
    public enum Verdict {
        /** An attempt of this request made it. */
        OURS,
        /** No attempt of this request made it. */
        RULED_OUT,
        /** Either may be so. */
        DOUBTFUL
    }

    /**
     * What speaks for others.
     *
     * @param named the jobs that other requests have
     * @param attempts the undecided attempts of other requests for the same job
     */
    public record Rivals(Set<String> named, List<Attempt> attempts) {

        public static final Rivals NONE = new Rivals(Set.of(), List.of());

        public Rivals {
            named = Set.copyOf(named);
            attempts = List.copyOf(attempts);
        }
    }

    /** The jobs of a look that are not ruled out. */
    public record Findings(List<ListedJob> ours, List<ListedJob> doubtful) {

        public Findings {
            ours = List.copyOf(ours);
            doubtful = List.copyOf(doubtful);
        }

        /** Whether no attempt made any of the jobs that were seen. */
        public boolean nothing() {
            return ours.isEmpty() && doubtful.isEmpty();
        }
    }

    /** How a field of a job stands to what was asked for. */
    private enum Field {
        EQUAL,
        MISSING,
        OTHER
    }

    /** {@code entry} must have an undecided attempt. */
    public Findings match(LedgerEntry entry, List<ListedJob> jobs, Rivals rivals) {
        var ours = new ArrayList<ListedJob>();
        var doubtful = new ArrayList<ListedJob>();
        for (var job : jobs) {
            switch (verdict(entry, job, rivals)) {
                case OURS -> ours.add(job);
                case DOUBTFUL -> doubtful.add(job);
                case RULED_OUT -> {}
            }
        }
        return new Findings(ours, doubtful);
    }

    Verdict verdict(LedgerEntry entry, ListedJob job, Rivals rivals) {
        var fields = fields(entry.request().delivery(), job);
        var windows = entry.undecided().stream().map(attempt -> attempt.window(late)).toList();
        if (fields.contains(Field.OTHER)
                || rivals.named().contains(job.id())
                || windows.stream().allMatch(window -> job.createdAt().isBefore(window.from()))) {
            return Verdict.RULED_OUT;
        }
        return !fields.contains(Field.MISSING)
                        && isIn(windows, job.createdAt())
                        && !isIn(reaches(rivals), job.createdAt())
                ? Verdict.OURS
                : Verdict.DOUBTFUL;
    }

    private List<Window> reaches(Rivals rivals) {
        return rivals.attempts().stream().map(attempt -> attempt.reach(late)).toList();
    }

    private static boolean isIn(List<Window> windows, Instant createdAt) {
        return windows.stream().anyMatch(window -> window.contains(createdAt));
    }

    private static List<Field> fields(Delivery delivery, ListedJob job) {
        var fields = new ArrayList<Field>();
        fields.add(compare(delivery.type(), job.deliveryType()));
        switch (delivery) {
            case Delivery.Download(var snapshotId) ->
                    fields.add(compare(snapshotId, job.snapshotId()));
            case Delivery.Automated(var snapshotId, _) ->
                    fields.add(compare(snapshotId, job.snapshotId()));
            // It names no snapshot: whichever Atlas took says nothing.
            case Delivery.PointInTime(Delivery.Time.Oplog(var seconds, var increment), _) -> {
                fields.add(compare(seconds, job.oplogTs()));
                fields.add(compare(increment, job.oplogInc()));
            }
            case Delivery.PointInTime(Delivery.Time.UtcSeconds(var seconds), _) ->
                    fields.add(compare(seconds, job.pointInTimeUTCSeconds()));
        }
        delivery.wipes()
                .ifPresent(
                        target -> {
                            fields.add(compare(target.projectId(), job.targetProjectId()));
                            fields.add(compareNames(target.clusterName(), job.targetClusterName()));
                        });
        return fields;
    }

    private static Field compare(Object asked, @Nullable Object listed) {
        if (listed == null) {
            return Field.MISSING;
        }
        return Objects.equals(asked, listed) ? Field.EQUAL : Field.OTHER;
    }

    /** Whether Atlas tells names apart by case alone is not known: then a name says nothing. */
    private static Field compareNames(String asked, @Nullable String listed) {
        var field = compare(asked, listed);
        return field == Field.OTHER && asked.equalsIgnoreCase(listed) ? Field.MISSING : field;
    }
}
