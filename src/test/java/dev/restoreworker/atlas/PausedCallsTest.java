package dev.restoreworker.atlas;

import static dev.restoreworker.atlas.Requests.OTHER_PROJECT;
import static dev.restoreworker.atlas.Requests.PROJECT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.AtlasBackups.Cancellation;
import dev.restoreworker.AtlasBackups.Listing;
import dev.restoreworker.AtlasBackups.Readiness;
import dev.restoreworker.atlas.ScriptedAtlas.Told;
import dev.restoreworker.core.Delivery;
import dev.restoreworker.core.RestoreRequest;
import dev.restoreworker.core.RestoreRequest.Remarks;
import dev.restoreworker.core.RestoreRequest.Terms;
import dev.restoreworker.core.SubmitReply.Created;
import dev.restoreworker.core.SubmitReply.NotNow;
import dev.restoreworker.core.WaitsFor;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is not asked of Atlas for a while, because of what it answered: seen by who is asked. */
class PausedCallsTest {

    private static final Instant NOW = Instant.parse("2026-01-02T12:00:00Z");
    private static final RestoreRequest ONE = download("dr-1", PROJECT);
    private static final RestoreRequest TWO = download("dr-2", PROJECT);
    private static final RestoreRequest OTHERS = download("dr-3", OTHER_PROJECT);

    private final AtomicReference<Instant> ownTime = new AtomicReference<>(NOW);
    private final AtomicReference<Instant> atlasTime = new AtomicReference<>(NOW);
    private final ScriptedAtlas atlas = new ScriptedAtlas(atlasTime::get);
    private final Bench bench = new Bench(Settings.of(atlas.url()), 10, ownTime::get);

    @AfterEach
    void close() {
        bench.close();
        atlas.close();
    }

    @Test
    void a_rate_limit_stops_the_looks_and_the_calls_of_its_project_alone() {
        bench.client.prepare(ONE);
        atlas.answers = asked -> asked.isOf(PROJECT) ? limited("17") : Told.JOB;
        var reply = (NotNow) bench.submit(ONE);
        var asked = atlas.calls.size();

        assertThat(reply.waitsFor()).isEqualTo(WaitsFor.RATE);
        assertThat(reply.retryAfter()).isEqualTo(Duration.ofSeconds(17));
        assertThat(why(TWO).waitsFor()).isEqualTo(WaitsFor.RATE);
        assertThat(why(TWO).retryAfter()).isEqualTo(Duration.ofSeconds(17));
        assertThat(bench.submit(TWO)).isInstanceOf(NotNow.class);
        assertThat(bench.jobs(TWO)).isInstanceOf(Listing.Unseen.class);
        assertThat(bench.client.cancel(TWO, "f".repeat(24)))
                .isInstanceOf(Cancellation.NotCancelled.class);
        assertThat(bench.client.ready(PROJECT)).isEmpty();
        assertThat(atlas.calls).hasSize(asked);

        assertThat(bench.client.ready(OTHER_PROJECT)).isPresent();
        assertThat(bench.submit(OTHERS)).isInstanceOf(Created.class);
    }

    @Test
    void a_rate_limit_met_by_a_look_stops_calls_too() {
        bench.client.prepare(ONE);
        atlas.answers = _ -> limited("5");

        assertThat(bench.jobs(ONE)).isInstanceOf(Listing.Unseen.class);

        assertThat(why(TWO).waitsFor()).isEqualTo(WaitsFor.RATE);
    }

    @Test
    void after_a_rate_limit_one_call_is_let_in_and_each_answer_lets_more_in() {
        bench.client.prepare(ONE);
        atlas.answers = _ -> limited("17");
        bench.submit(ONE);
        atlas.answers = _ -> Told.JOB;
        passes(Duration.ofSeconds(17));

        assertThat(bench.client.prepare(ONE)).isInstanceOf(Readiness.Ready.class);
        assertThat(why(TWO).waitsFor()).isEqualTo(WaitsFor.RATE);
        assertThat(bench.client.ready(PROJECT)).as("nobody passes by").isEmpty();
        assertThat(bench.submit(ONE)).isInstanceOf(Created.class);

        assertThat(bench.client.prepare(TWO)).isInstanceOf(Readiness.Ready.class);
        assertThat(bench.client.prepare(download("dr-4", PROJECT)))
                .isInstanceOf(Readiness.Ready.class);
        assertThat(bench.client.prepare(download("dr-5", PROJECT)))
                .isInstanceOf(Readiness.Unready.class);
    }

    @Test
    void a_wrong_key_is_tried_by_one_call_after_growing_pauses_and_others_keys_go_on() {
        atlas.answers = _ -> Told.refusal(401, "");
        try (var log = new LoggedText()) {
            for (var pause : new int[] {10, 20, 40}) {
                var asked = atlas.calls.size();
                assertThat(why(ONE).retryAfter()).isEqualTo(Duration.ofSeconds(pause));
                assertThat(why(TWO).waitsFor()).isEqualTo(WaitsFor.CREDENTIAL);
                assertThat(why(OTHERS).waitsFor()).isEqualTo(WaitsFor.CREDENTIAL);
                assertThat(bench.submit(TWO)).isInstanceOf(NotNow.class);
                assertThat(atlas.calls).hasSize(asked + 1);
                passes(Duration.ofSeconds(pause + pause / 2));
            }
            assertThat(log.lines("ALARM: ")).hasSize(1).first().asString().contains("default");
        }
        atlas.answers = asked -> asked.creates() ? Told.JOB : Told.NOTHING;

        assertThat(bench.client.prepare(ONE)).isInstanceOf(Readiness.Ready.class);
        assertThat(bench.client.ready(OTHER_PROJECT)).isPresent();
    }

    @Test
    void where_a_credential_may_not_create_it_is_not_tried_for_that_project_and_may_still_look() {
        bench.client.prepare(ONE);
        atlas.answers =
                asked ->
                        asked.creates() && asked.isOf(PROJECT)
                                ? Told.refusal(403, "ACCESS_FORBIDDEN")
                                : asked.creates() ? Told.JOB : Told.NOTHING;
        bench.submit(ONE);
        var asked = atlas.calls.size();

        assertThat(why(TWO).waitsFor()).isEqualTo(WaitsFor.CREDENTIAL);
        assertThat(atlas.calls).hasSize(asked);
        assertThat(bench.jobs(ONE)).isInstanceOf(Listing.Listed.class);
        assertThat(bench.client.ready(PROJECT)).as("a look proves nothing").isEmpty();
        assertThat(bench.submit(OTHERS)).isInstanceOf(Created.class);
    }

    @Test
    void a_foreign_project_does_not_stop_the_others_of_its_credential() {
        atlas.answers =
                asked ->
                        asked.isOf(OTHER_PROJECT)
                                ? Told.refusal(401, "NOT_IN_GROUP")
                                : asked.creates() ? Told.JOB : Told.NOTHING;

        assertThat(why(OTHERS).waitsFor()).isEqualTo(WaitsFor.CREDENTIAL);
        assertThat(bench.client.prepare(ONE)).isInstanceOf(Readiness.Ready.class);
        assertThat(bench.submit(ONE)).isInstanceOf(Created.class);
        assertThat(why(OTHERS).waitsFor()).isEqualTo(WaitsFor.CREDENTIAL);
    }

    @Test
    void a_target_that_may_not_be_restored_to_stops_what_goes_there_alone() {
        bench.client.prepare(ONE);
        atlas.answers =
                asked ->
                        asked.creates()
                                ? Told.refusal(403, "CANNOT_RESTORE_TO_TARGET")
                                : Told.NOTHING;
        bench.submit(Requests.automated());
        atlas.answers = asked -> asked.creates() ? Told.JOB : Told.NOTHING;

        assertThat(why(Requests.oplog()).waitsFor()).isEqualTo(WaitsFor.CREDENTIAL);
        assertThat(bench.client.prepare(ONE)).isInstanceOf(Readiness.Ready.class);
        assertThat(bench.submit(ONE)).isInstanceOf(Created.class);
    }

    @Test
    void clocks_that_differ_too_much_stop_calls_and_a_read_finds_out_when_they_do_not() {
        bench.client.prepare(ONE);
        atlasTime.set(NOW.plusSeconds(90));
        bench.jobs(ONE);
        var asked = atlas.calls.size();

        assertThat(bench.client.ready(PROJECT)).isEmpty();
        assertThat(why(ONE).waitsFor()).isEqualTo(WaitsFor.SENDING_PAUSED);
        assertThat(why(TWO).detail()).contains("90.5 s behind", "restore.clock-skew-max");
        assertThat(bench.submit(ONE)).isInstanceOf(NotNow.class);
        assertThat(atlas.calls).hasSize(asked);

        passes(Duration.ofSeconds(10));
        assertThat(why(ONE).waitsFor()).isEqualTo(WaitsFor.SENDING_PAUSED);
        assertThat(atlas.calls).as("one read").hasSize(asked + 1);

        passes(Duration.ofSeconds(10));
        atlasTime.set(ownTime.get());
        assertThat(bench.client.prepare(ONE)).isInstanceOf(Readiness.Ready.class);
        assertThat(bench.submit(ONE)).isInstanceOf(Created.class);
    }

    @Test
    void every_answer_tells_the_time_that_of_a_refused_call_too() {
        bench.client.prepare(ONE);
        atlasTime.set(NOW.minusSeconds(90));
        atlas.answers = _ -> Told.refusal(404, "CLUSTER_NOT_FOUND");
        bench.submit(ONE);

        assertThat(why(TWO).waitsFor()).isEqualTo(WaitsFor.SENDING_PAUSED);
    }

    private NotNow why(RestoreRequest request) {
        return ((Readiness.Unready) bench.client.prepare(request)).why();
    }

    private void passes(Duration time) {
        ownTime.updateAndGet(now -> now.plus(time));
        atlasTime.updateAndGet(now -> now.plus(time));
    }

    private static Told limited(String retryAfter) {
        return new Told(429, Map.of("Retry-After", retryAfter), "");
    }

    private static RestoreRequest download(String id, String project) {
        return new RestoreRequest(
                id,
                project,
                "orders",
                new Delivery.Download(Requests.SNAPSHOT),
                Terms.DEFAULT,
                Remarks.NONE);
    }
}
