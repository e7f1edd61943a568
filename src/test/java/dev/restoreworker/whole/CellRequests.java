package dev.restoreworker.whole;

import static dev.restoreworker.whole.RequestJson.PROJECT;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one cell. They name a source cluster that no other cell does, and a snapshot that
 * no other request does: so each job in Atlas' books tells whose it is. Half of them are downloads,
 * half wipe a target of their own.
 */
final class CellRequests {

    static final int COUNT = 60;

    /** The last ones can be sent into one partition each, behind all that is there. */
    static final int PARTITIONS = 6;

    private final int cell;

    CellRequests(int cell) {
        this.cell = cell;
    }

    List<String> ids() {
        return IntStream.range(0, COUNT).mapToObj(this::id).toList();
    }

    String id(int number) {
        return "cell-%d-%d".formatted(cell, number);
    }

    String snapshot(int number) {
        return "%08x%016x".formatted(cell, number + 1);
    }

    String cluster() {
        return "orders-" + cell;
    }

    /** Into the partition of its key. */
    ProducerRecord<byte[], byte[]> record(int number) {
        return record(number, null);
    }

    ProducerRecord<byte[], byte[]> record(int number, @Nullable Integer partition) {
        return new ProducerRecord<>(
                Surroundings.REQUESTS,
                partition,
                id(number).getBytes(UTF_8),
                json(number).getBytes(UTF_8));
    }

    private String json(int number) {
        var common =
                """
                "requestId": "%s", "projectId": "%s", "clusterName": "%s", "snapshotId": "%s"\
                """
                        .formatted(id(number), PROJECT, cluster(), snapshot(number));
        return number % 2 == 0
                ? "{%s, \"deliveryType\": \"download\"}".formatted(common)
                : """
                  {%s, "deliveryType": "automated",
                   "targetProjectId": "%s", "targetClusterName": "%s"}\
                  """
                        .formatted(common, PROJECT, id(number));
    }
}
