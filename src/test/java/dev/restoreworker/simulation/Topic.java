package dev.restoreworker.simulation;

import dev.restoreworker.Origin;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The topic of requests: what was acknowledged is not handed out again, unless the group is set
 * back; what was not may be with two machines at once.
 */
final class Topic {

    private static final String NAME = "restore-requests";
    private static final int BATCH_MAX = 3;

    /** Records that one machine works on. */
    record Batch(int partition, int end, List<SimulatedRecord> records) {}

    private static final class Partition {
        final List<SimulatedRecord> records = new ArrayList<>();
        int acknowledged;
        int acknowledgedMost;
        @Nullable Machine holder;
    }

    private final World world;
    private final List<Partition> partitions = List.of(new Partition(), new Partition());

    Topic(World world) {
        this.world = world;
    }

    /** To be called in the order of time. */
    void publish(int partition, Map<String, Object> fields, Instant when) {
        var records = partitions.get(partition).records;
        records.add(
                new SimulatedRecord(
                        String.valueOf(fields.get("requestId")),
                        fields,
                        new Origin(NAME, partition, records.size()),
                        when));
    }

    /** The next records for a machine, which may be in another's hands still. */
    Batch poll(Machine machine) {
        var number = world.chance().between(0, partitions.size() - 1);
        var partition = partitions.get(number);
        var isHeld = partition.holder != null && partition.holder != machine;
        if (isHeld && !world.chance().oneIn(8)) {
            return new Batch(number, 0, List.of());
        }
        var ready =
                partition.records.stream()
                        .skip(partition.acknowledged)
                        .takeWhile(record -> !record.publishedAt().isAfter(world.now()))
                        .limit(BATCH_MAX)
                        .toList();
        if (!ready.isEmpty()) {
            if (isHeld) {
                world.saw(Situation.BATCH_HELD_BY_TWO);
            }
            partition.holder = machine;
        }
        return new Batch(number, partition.acknowledged + ready.size(), ready);
    }

    void acknowledge(Machine machine, Batch batch) {
        var partition = partitions.get(batch.partition());
        partition.acknowledged = Math.max(partition.acknowledged, batch.end());
        partition.acknowledgedMost = Math.max(partition.acknowledgedMost, partition.acknowledged);
        partition.holder = partition.holder == machine ? null : partition.holder;
    }

    /** Somebody sets the group back to the beginning. */
    void rewind() {
        world.saw(Situation.TOPIC_REWOUND);
        world.note("the topic is read anew");
        partitions.forEach(partition -> partition.acknowledged = 0);
    }

    /** Until a record is published that is not acknowledged; a minute at most. */
    Duration untilNext() {
        return partitions.stream()
                .flatMap(each -> each.records.stream().skip(each.acknowledged).limit(1))
                .map(next -> Duration.between(world.now(), next.publishedAt()))
                .map(left -> left.isNegative() ? Duration.ZERO : left)
                .min(Duration::compareTo)
                .orElse(Duration.ofMinutes(1));
    }

    List<String> requestIds() {
        return partitions.stream()
                .flatMap(each -> each.records.stream())
                .map(SimulatedRecord::requestId)
                .distinct()
                .toList();
    }

    boolean isRead() {
        return partitions.stream().allMatch(each -> each.acknowledged == each.records.size());
    }

    /** All that was ever acknowledged. */
    List<SimulatedRecord> acknowledged() {
        return partitions.stream()
                .flatMap(each -> each.records.stream().limit(each.acknowledgedMost))
                .toList();
    }
}
