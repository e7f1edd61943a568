package dev.restoreworker.sandbox.atlas;

import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.sandbox.atlas.RecordedCall.Ending;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class HoldsTest extends SimulatorTestCase {
    @BeforeEach
    void fetchNonce() throws IOException {
        caller.get(JOBS);
    }

    @Test
    void a_call_that_is_held_as_read_has_no_effect_until_its_release() throws IOException {
        holdAt("read");
        var created = createMeanwhile(automated());
        await(() -> !atlas.holds().held().isEmpty());

        var held = told("holds", "holds").getFirst();
        var jobsBefore = atlas.books().jobs();
        var released = caller.control("POST", "/simulator/holds/hold-1/release", "");

        assertThat(held.getString("id")).isEqualTo("hold-1");
        assertThat(held.getString("rule")).isEqualTo("held");
        assertThat(held.getString("at")).isEqualTo("read");
        assertThat(held.getBoolean("connected")).isTrue();
        assertThat(held.getJsonObject("call").getString("targetCluster"))
                .isEqualTo("orders-standby");
        assertThat(jobsBefore).isEmpty();
        assertThat(released.statusCode()).isEqualTo(204);
        assertThat(created.join()).isEqualTo(atlas.books().jobs().getFirst().id());
        assertThat(atlas.holds().held()).isEmpty();
    }

    @Test
    void a_call_that_is_held_after_its_effect_has_its_job_and_no_answer() throws IOException {
        holdAt("effect");
        var created = createMeanwhile(automated());
        await(() -> !atlas.holds().held().isEmpty());

        var held = atlas.holds().held().getFirst();
        var call = lastCreate();
        atlas.holds().release(held.id());

        assertThat(held.effect()).isTrue();
        assertThat(held.operation()).isEqualTo(Operation.CREATE_JOB);
        assertThat(held.snapshotId()).isEqualTo(SNAPSHOT);
        assertThat(call.ending()).isEqualTo(Ending.OPEN);
        assertThat(call.jobId()).isNotNull();
        assertThat(created.join()).isEqualTo(call.jobId());
    }

    @Test
    void a_call_whose_caller_has_gone_still_has_its_effect() throws IOException {
        holdAt("read");
        createMeanwhile(automated());
        await(() -> !atlas.holds().held().isEmpty());

        caller.close();
        await(() -> lastCreate().ending() == Ending.DROPPED);
        var held = atlas.holds().held().getFirst();
        var overlap = atlas.books().overlapMax(PROJECT, "orders-standby");
        atlas.holds().release(held.id());
        await(() -> lastCreate().jobId() != null);

        assertThat(held.connected()).isFalse();
        assertThat(overlap).isEqualTo(1);
        assertThat(atlas.books().jobs()).hasSize(1);
    }

    @Test
    void nothing_is_held_for_longer_than_it_may() throws IOException {
        rules(
                """
                {"rules": [{"then": {"hold": {"at": "read", "atMost": "PT0.05S"}}}]}
                """);

        assertThat(create(automated())).isEqualTo(atlas.books().jobs().getFirst().id());
    }

    @Test
    void a_release_is_good_once() throws IOException {
        holdAt("read");
        var created = createMeanwhile(download());
        await(() -> !atlas.holds().held().isEmpty());

        var first = atlas.holds().release("hold-1");
        var second = caller.control("POST", "/simulator/holds/hold-1/release", "");

        assertThat(first).isTrue();
        assertThat(second.statusCode()).isEqualTo(404);
        assertThat(created.join()).isNotEqualTo("lost");
    }

    @Test
    void the_books_have_the_largest_overlap_of_a_target() throws IOException {
        holdAt("read");
        var first = createMeanwhile(automated());
        var second = createMeanwhile(automated());
        var other = createMeanwhile(automated().put("targetClusterName", "spare"));
        await(() -> atlas.holds().held().size() == 3);
        atlas.holds().held().forEach(it -> atlas.holds().release(it.id()));
        first.join();
        second.join();
        other.join();
        caller.control("DELETE", "/simulator/faults", "");
        create(automated());

        assertThat(told("books", "targets"))
                .containsExactly(target("orders-standby", 3, 2), target("spare", 1, 1));
        assertThat(told("books", "creates")).hasSize(4);
        assertThat(told("books", "creates").getFirst().getMap())
                .containsEntry("fault", "held")
                .containsEntry("status", 200)
                .containsEntry("snapshotId", SNAPSHOT)
                .containsEntry("key", options.publicKey())
                .containsKeys("connection", "caller", "jobId");
        assertThat(told("books", "jobs")).hasSize(4);
        assertThat(atlas.books().overlapMax(PROJECT, "orders-standby")).isEqualTo(2);
        assertThat(json(caller.control("GET", "/simulator/books", "")).getInteger("tokens"))
                .isZero();
    }

    private void holdAt(String point) throws IOException {
        rules(
                """
                {"rules": [{"name": "held", "when": {"call": "create"},
                            "then": {"hold": {"at": "%s"}}}]}
                """
                        .formatted(point));
    }

    private static JsonObject target(String cluster, int creates, int overlap) {
        return new JsonObject()
                .put("target", PROJECT + "/" + cluster)
                .put("creates", creates)
                .put("underWay", 0)
                .put("overlapMax", overlap);
    }
}
