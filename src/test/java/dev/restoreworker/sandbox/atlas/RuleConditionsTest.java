package dev.restoreworker.sandbox.atlas;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which calls a rule takes, and that a seed decides it for ever. */
final class RuleConditionsTest extends SimulatorTestCase {
    private static final String OTHER = "5e2211c17a3e5a48f5497de4";
    private static final String TEAPOT = "{\"effect\": \"none\", \"reply\": {\"status\": 418}}";

    @ParameterizedTest
    @CsvSource({
        "call,create,true",
        "call,list,false",
        "project," + PROJECT + ",true",
        "project," + OTHER + ",false",
        "cluster,orders,true",
        "cluster,invoices,false",
        "targetProject," + PROJECT + ",true",
        "targetProject," + OTHER + ",false",
        "target,orders-standby,true",
        "target,orders,false",
        "snapshot," + SNAPSHOT + ",true",
        "snapshot," + OTHER + ",false",
        "until,2026-08-03T03:36:19Z,true",
        "until,2026-08-03T03:36:18Z,false"
    })
    void a_condition_names_what_a_call_is_about(String name, String value, boolean meets)
            throws IOException {
        when("{\"%s\": \"%s\"}".formatted(name, value));

        var status = caller.post(JOBS, automated()).statusCode();

        assertThat(status == 418).isEqualTo(meets);
    }

    @ParameterizedTest
    @CsvSource({
        "list,GET,restoreJobs", "one,GET,restoreJobs/5e2211c17a3e5a48f5497de4",
        "cancel,DELETE,restoreJobs/5e2211c17a3e5a48f5497de4", "snapshots,GET,snapshots",
        "snapshot,GET,snapshots/5e2211c17a3e5a48f5497de4"
    })
    void every_kind_of_call_can_be_taken(String call, String method, String path)
            throws IOException {
        when("{\"call\": [\"%s\", \"create\"]}".formatted(call));

        var taken = caller.send(method, "/api/atlas/v2" + CLUSTER_PATH + path, "");

        assertThat(taken.statusCode()).isEqualTo(418);
    }

    @Test
    void a_snapshot_is_known_by_the_path_of_its_own_reading() throws IOException {
        when("{\"snapshot\": \"" + SNAPSHOT + "\"}");

        var own = caller.get("/api/atlas/v2" + CLUSTER_PATH + "snapshots/" + SNAPSHOT);
        var other = caller.get("/api/atlas/v2" + CLUSTER_PATH + "snapshots/" + OTHER);

        assertThat(own.statusCode()).isEqualTo(418);
        assertThat(other.statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "'{\"nth\": 2}',.x...",
        "'{\"every\": 2}',.x.x.",
        "'{\"times\": 2}',xx...",
        "'{\"every\": 2, \"times\": 1}',.x...",
        "'{\"probability\": 0}',.....",
        "'{\"probability\": 1}',xxxxx"
    })
    void a_condition_counts_the_calls_that_fit(String condition, String expected)
            throws IOException {
        when(condition);
        caller.sendUnsigned("POST", JOBS); // is challenged, and not counted

        assertThat(met(5)).isEqualTo(expected);
    }

    @Test
    void the_first_rule_that_takes_a_call_is_its_only_one() throws IOException {
        rules(
                """
                {"rules": [
                  {"name": "a", "when": {"every": 2}, "then": {"delay": "PT0S"}},
                  {"name": "b", "when": {"times": 1}, "then": {"delay": "PT0S"}}]}
                """);

        create(download());
        create(download());
        create(download());

        assertThat(atlas.books().calls().stream().skip(1).map(RecordedCall::fault))
                .containsExactly("b", "a", null);
        assertThat(told("faults", "rules"))
                .containsExactly(
                        new JsonObject().put("name", "a").put("fitted", 3).put("met", 1),
                        new JsonObject().put("name", "b").put("fitted", 2).put("met", 1));
    }

    @Test
    void a_new_document_counts_anew_and_a_deleted_one_does_nothing() throws IOException {
        when("{\"nth\": 1}");
        var first = met(2);
        when("{\"nth\": 1}");
        var second = met(2);
        when("{\"nth\": 1}");
        caller.control("DELETE", "/simulator/faults", "");

        assertThat(first).isEqualTo("x.");
        assertThat(second).isEqualTo("x.");
        assertThat(met(2)).isEqualTo("..");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 7, -3, Long.MAX_VALUE, Long.MIN_VALUE})
    void the_same_seed_and_the_same_calls_meet_the_same_faults(long seed) {
        var first = sequence(seed);

        assertThat(sequence(seed)).isEqualTo(first);
        assertThat(sequence(seed + 1)).isNotEqualTo(first);
        assertThat(first).filteredOn(it -> it.startsWith("lost")).hasSizeBetween(120, 280);
    }

    /** A thousand drawn calls and what they meet: a fifth of the creates is lost. */
    private static List<String> sequence(long seed) {
        var clock = new SettableClock("2026-08-03T03:36:18Z");
        var faults = new Faults(Duration.ofSeconds(60), clock);
        faults.put(
                """
                {"seed": %d, "rules": [
                  {"name": "lost", "when": {"call": "create", "probability": 0.2},
                   "then": {"reply": "reset"}},
                  {"name": "noise", "when": {"probability": 0.5}, "then": {"garble": true}}]}
                """
                        .formatted(seed));
        var calls = new Random(42);
        var seen = new ArrayList<String>();
        for (var i = 0; i < 2_000; i++) {
            var operation = calls.nextBoolean() ? Operation.CREATE_JOB : Operation.LIST_JOBS;
            var met = faults.meet(new Facts(operation, null, null, null, null, null));
            clock.advance(Duration.ofMillis(calls.nextInt(1000))); // no matter to the draws
            seen.add(met.map(it -> it.rule() + " " + it.draw()).orElse("-"));
        }
        return seen;
    }

    private void when(String condition) throws IOException {
        rules("{\"rules\": [{\"when\": %s, \"then\": %s}]}".formatted(condition, TEAPOT));
    }

    private String met(int calls) throws IOException {
        var met = new StringBuilder();
        for (var i = 0; i < calls; i++) {
            met.append(caller.post(JOBS, download()).statusCode() == 418 ? 'x' : '.');
        }
        return met.toString();
    }
}
