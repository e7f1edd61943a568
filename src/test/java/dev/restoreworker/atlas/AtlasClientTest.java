package dev.restoreworker.atlas;

import static dev.restoreworker.atlas.Requests.PROJECT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.AtlasBackups.Cancellation;
import dev.restoreworker.AtlasBackups.Readiness.Ready;
import dev.restoreworker.AtlasBackups.Readiness.Unready;
import dev.restoreworker.core.Delivery;
import dev.restoreworker.core.Outcome.Reason;
import dev.restoreworker.core.RestoreRequest;
import dev.restoreworker.core.SubmitReply.Created;
import dev.restoreworker.core.SubmitReply.NotNow;
import dev.restoreworker.core.SubmitReply.Refused;
import dev.restoreworker.core.SubmitReply.Unknown;
import dev.restoreworker.core.WaitsFor;
import dev.restoreworker.sandbox.atlas.AtlasSimulator;
import dev.restoreworker.sandbox.atlas.Fault;
import dev.restoreworker.sandbox.atlas.JobState;
import dev.restoreworker.sandbox.atlas.Operation;
import dev.restoreworker.sandbox.atlas.RecordedCall;
import dev.restoreworker.sandbox.atlas.SimulatorOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against the simulated Atlas, over HTTP; what was sent is read in its books. */
class AtlasClientTest {

    private static final Instant NOW = Instant.parse("2026-01-02T12:00:00Z");

    private final AtomicReference<Instant> atlasTime = new AtomicReference<>(NOW);
    private final AtomicReference<Instant> ownTime = new AtomicReference<>(NOW);
    private final AtlasSimulator atlas =
            AtlasSimulator.start(SimulatorOptions.defaults(), atlasTime::get);
    private Bench bench = new Bench(Settings.of(atlas.url()), 60, ownTime::get);

    @AfterEach
    void close() {
        bench.close();
        atlas.close();
    }

    static Stream<Arguments> everyCall() {
        return Stream.of("v2", "v1.0")
                .flatMap(
                        api ->
                                Stream.of(
                                                Requests.download(),
                                                Requests.automated(),
                                                Requests.oplog(),
                                                Requests.utcSeconds())
                                        .map(request -> Arguments.of(api, request)));
    }

    @ParameterizedTest
    @MethodSource("everyCall")
    void a_request_becomes_one_job_that_is_as_it_was_asked_for(String api, RestoreRequest request) {
        use(Settings.of(atlas.url()).withApi(api));

        var reply = bench.submit(request);

        var job = atlas.books().jobs(PROJECT, "orders").getFirst();
        assertThat(reply)
                .isEqualTo(
                        new Created(
                                job.id(),
                                NOW,
                                atlas.url()
                                        + "/api/atlas/"
                                        + api
                                        + "/groups/"
                                        + PROJECT
                                        + "/clusters/orders/backup/restoreJobs/"
                                        + job.id()));
        assertThat(atlas.books().jobs()).hasSize(1);
        assertThat(job.delivery().name().replace("_", ""))
                .isEqualToIgnoringCase(request.delivery().type());
        assertThat(creates()).hasSize(1);
    }

    @Test
    void a_prepared_credential_sends_each_create_once_and_asks_for_one_challenge()
            throws Exception {
        var readiness = all(50, () -> bench.client.prepare(Requests.download()));
        var replies = all(50, () -> bench.submit(Requests.download()));

        assertThat(readiness).containsOnly(new Ready(NOW));
        assertThat(bench.ready()).contains(NOW);
        assertThat(replies).hasOnlyElementsOfType(Created.class);
        assertThat(atlas.books().summary())
                .returns(50L, it -> it.creates())
                .returns(50L, it -> it.jobs())
                .returns(1L, it -> it.challenges())
                .returns(1L, it -> it.authenticated(Operation.LIST_JOBS))
                .returns(0L, it -> it.replays());
    }

    @Test
    void a_credential_is_ready_while_its_nonce_is_young_and_is_then_read_for_again() {
        bench.client.prepare(Requests.download());
        ownTime.set(NOW.plusSeconds(29));
        var young = bench.client.ready(PROJECT).isPresent();
        ownTime.set(NOW.plusSeconds(30));
        var old = bench.client.ready(PROJECT).isPresent();

        var again = bench.client.prepare(Requests.download());

        assertThat(young).isTrue();
        assertThat(old).isFalse();
        assertThat(again).isInstanceOf(Ready.class);
        assertThat(atlas.books().summary().challenges()).isEqualTo(2);
    }

    @Test
    void the_earliest_time_at_atlas_is_atlas_own() {
        atlasTime.set(NOW.plusSeconds(20));

        assertThat(bench.client.prepare(Requests.download()))
                .isEqualTo(new Ready(NOW.plusSeconds(20)));
        assertThat(bench.atlasClock.offset())
                .hasValueSatisfying(
                        it -> {
                            assertThat(it.low()).isEqualTo(Duration.ofSeconds(20));
                            assertThat(it.high()).isEqualTo(Duration.ofSeconds(21));
                        });
    }

    @Test
    void while_atlas_time_is_known_from_slow_answers_alone_it_is_read_again_before_a_call() {
        var slow = new AtomicBoolean(true);
        try (var server =
                        new ScriptedAtlas(
                                () -> {
                                    passes(Duration.ofSeconds(slow.get() ? 2 : 0));
                                    return ownTime.get();
                                });
                var late = new Bench(Settings.of(server.url()), 2, ownTime::get)) {
            var first = late.client.prepare(Requests.download());

            assertThat(first).isInstanceOf(Ready.class);
            assertThat(late.ready()).isEmpty();

            slow.set(false);
            late.client.prepare(Requests.download());

            assertThat(late.ready()).contains(ownTime.get());
            assertThat(server.calls).hasSize(2);
        }
    }

    @Test
    void stale_nonces_cost_one_challenge_each_and_no_second_effect() throws Exception {
        bench.client.prepare(Requests.download());
        passes(Duration.ofSeconds(61));
        var checks = new AtomicInteger();

        var replies =
                all(
                        20,
                        () ->
                                bench.client.submit(
                                        Requests.download(),
                                        () -> {
                                            checks.incrementAndGet();
                                            return Optional.empty();
                                        }));

        var summary = atlas.books().summary();
        assertThat(replies).hasOnlyElementsOfType(Created.class);
        assertThat(summary.creates()).isEqualTo(20);
        assertThat(summary.jobs()).isEqualTo(20);
        assertThat(summary.staleChallenges()).isBetween(1L, 20L);
        assertThat(checks).hasValue((int) (20 + summary.staleChallenges()));
    }

    @Test
    void the_second_leg_passes_the_last_check_too() {
        var objection = NotNow.notSent(WaitsFor.SENDING_PAUSED, "the operator paused sending");
        bench.client.prepare(Requests.download());
        passes(Duration.ofSeconds(61));
        var checks = new AtomicInteger();

        var reply =
                bench.client.submit(
                        Requests.download(),
                        () ->
                                checks.incrementAndGet() == 2
                                        ? Optional.of(objection)
                                        : Optional.empty());

        assertThat(reply).isEqualTo(objection);
        assertThat(creates()).isEmpty();
    }

    @Test
    void a_call_that_was_never_prepared_is_sent_unsigned_first_and_has_one_effect() {
        assertThat(bench.submit(Requests.download())).isInstanceOf(Created.class);
        assertThat(atlas.books().summary())
                .returns(2L, it -> it.calls())
                .returns(1L, it -> it.challenges())
                .returns(1L, it -> it.jobs());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_lost_answer_is_unknown_and_nothing_is_sent_twice(boolean reused) {
        if (reused) {
            bench.client.prepare(Requests.download());
        }
        atlas.faults().plan(new Fault.DropAfterRead(), 1);
        atlas.faults().plan(new Fault.DropAfterEffect(), 1);

        var afterRead = bench.submit(Requests.automated());
        var afterEffect = bench.submit(Requests.automated());

        assertThat(List.of(afterRead, afterEffect)).hasOnlyElementsOfType(Unknown.class);
        assertThat(creates()).hasSize(2);
        assertThat(atlas.books().jobs()).hasSize(1);
        assertThat(atlas.faults().left()).isZero();
    }

    @Test
    void an_answer_that_does_not_come_is_unknown_when_its_time_is_over() {
        use(Settings.of(atlas.url()).withTimeout(Duration.ofMillis(500)));
        bench.client.prepare(Requests.download());
        atlas.faults().plan(new Fault.NoAnswer(), 1);

        var reply = bench.submit(Requests.download());

        assertThat(reply).isEqualTo(new Unknown("no whole answer came in time"));
        assertThat(creates()).hasSize(1);
        assertThat(atlas.books().jobs()).hasSize(1);
        assertThat(bench.submit(Requests.download())).isInstanceOf(Created.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void a_redirect_is_not_followed(int status) {
        atlas.faults()
                .plan(
                        new Fault.CannedAnswer(
                                status, Map.of("Location", atlas.url() + "/elsewhere"), ""),
                        1);

        assertThat(bench.submit(Requests.download()))
                .isEqualTo(new Unknown("Atlas answered HTTP " + status));
        assertThat(atlas.books().calls()).noneMatch(it -> it.path().contains("elsewhere"));
    }

    @Test
    void a_server_error_is_unknown_and_is_not_tried_again() {
        atlas.faults().plan(new Fault.CannedAnswerAfterEffect(503, Map.of(), "<html>"), 1);

        assertThat(bench.submit(Requests.download()))
                .isEqualTo(new Unknown("Atlas answered HTTP 503"));
        assertThat(creates()).hasSize(1);
    }

    @Test
    void a_rate_limit_is_handed_on_with_what_atlas_advises() {
        atlas.faults()
                .plan(
                        new Fault.CannedAnswer(
                                429,
                                Map.of("Retry-After", "17"),
                                "{\"errorCode\": \"RATE_LIMITED_TOKEN_BUCKET\"}"),
                        1);

        assertThat(bench.submit(Requests.download()))
                .isInstanceOfSatisfying(
                        NotNow.class,
                        it -> {
                            assertThat(it.waitsFor()).isEqualTo(WaitsFor.RATE);
                            assertThat(it.retryAfter()).isEqualTo(Duration.ofSeconds(17));
                        });
    }

    @Test
    void a_download_is_cancelled_and_may_be_cancelled_again() {
        var created = (Created) bench.submit(Requests.download());

        var first = bench.client.cancel(Requests.download(), created.jobId());
        var again = bench.client.cancel(Requests.download(), created.jobId());
        var unknown = bench.client.cancel(Requests.download(), "f".repeat(24));

        assertThat(List.of(first, again, unknown)).containsOnly(new Cancellation.Cancelled());
        assertThat(atlas.books().jobs().getFirst().stateAt(NOW)).isEqualTo(JobState.CANCELLED);
    }

    @Test
    void a_restore_that_wipes_its_target_cannot_be_cancelled() {
        var created = (Created) bench.submit(Requests.automated());

        assertThat(bench.client.cancel(Requests.automated(), created.jobId()))
                .isInstanceOfSatisfying(
                        Cancellation.NotCancelled.class,
                        it ->
                                assertThat(it.why().detail())
                                        .contains("CANNOT_CANCEL_AUTOMATED_RESTORE"));
    }

    @Test
    void while_its_breaker_is_open_nothing_is_made_ready() {
        bench.client.prepare(Requests.download());
        bench.breakerIsOpen.set(true);

        var readiness = bench.client.prepare(Requests.download());

        assertThat(readiness)
                .isInstanceOfSatisfying(
                        Unready.class,
                        it -> assertThat(it.why().waitsFor()).isEqualTo(WaitsFor.ATLAS));
        assertThat(bench.ready()).isEmpty();
        bench.breakerIsOpen.set(false);
        assertThat(bench.ready()).isPresent();
    }

    @Test
    void a_snapshot_that_is_not_there_is_refused() {
        var request = Requests.of(new Delivery.Download("f".repeat(24)));

        assertThat(bench.submit(request))
                .isInstanceOfSatisfying(
                        Refused.class,
                        it -> {
                            assertThat(it.reason()).isEqualTo(Reason.SNAPSHOT_UNUSABLE);
                            assertThat(it.error().errorCode()).isEqualTo("SNAPSHOT_NOT_FOUND");
                        });
    }

    @Test
    void a_project_that_is_not_there_leaves_it_to_the_create_call_to_say_so() {
        var request =
                Requests.of("f".repeat(24), "orders", new Delivery.Download(Requests.SNAPSHOT));

        assertThat(bench.client.prepare(request)).isInstanceOf(Ready.class);
        assertThat(bench.submit(request)).isInstanceOf(Refused.class);
    }

    @Test
    void a_wrong_key_is_tried_once_by_a_read_and_stands_in_nothing_that_is_said() throws Exception {
        use(
                Settings.of(atlas.url())
                        .withCredentials(
                                Map.of("default", new Settings.Key("sandbox-key", "wr0ng"))));

        var readiness = all(1, () -> bench.client.prepare(Requests.download()));
        var reply = bench.submit(Requests.download());

        assertThat(readiness)
                .allSatisfy(
                        it ->
                                assertThat(it)
                                        .isInstanceOfSatisfying(
                                                Unready.class,
                                                unready ->
                                                        assertThat(unready.why().waitsFor())
                                                                .isEqualTo(WaitsFor.CREDENTIAL)));
        assertThat(reply)
                .isInstanceOfSatisfying(
                        NotNow.class,
                        it -> {
                            assertThat(it.reason()).isEqualTo(Reason.CREDENTIAL_REFUSED);
                            assertThat(it.toString()).doesNotContain("wr0ng", "nonce");
                        });
        assertThat(bench.ready()).isEmpty();
        assertThat(atlas.books().jobs()).isEmpty();
        assertThat(atlas.books().calls()).as("the create call is not even tried").hasSize(2);
    }

    @Test
    void a_project_that_no_credential_serves_is_told_which_setting_is_missing() {
        use(
                Settings.of(atlas.url())
                        .withCredentials(
                                Map.of("eu", new Settings.Key("a", "b", Requests.OTHER_PROJECT))));

        var reply = bench.submit(Requests.download());

        assertThat(reply)
                .isInstanceOfSatisfying(
                        NotNow.class,
                        it -> {
                            assertThat(it.waitsFor()).isEqualTo(WaitsFor.CREDENTIAL);
                            assertThat(it.detail())
                                    .contains(PROJECT, "atlas.credentials.NAME.projects");
                        });
        assertThat(bench.client.prepare(Requests.download()))
                .isEqualTo(new Unready((NotNow) reply));
        assertThat(bench.ready()).isEmpty();
        assertThat(atlas.books().calls()).isEmpty();
    }

    @Test
    void nothing_is_ready_before_it_is_prepared() {
        assertThat(bench.ready()).isEmpty();
    }

    private void passes(Duration time) {
        atlasTime.updateAndGet(now -> now.plus(time));
        ownTime.updateAndGet(now -> now.plus(time));
    }

    private void use(Settings settings) {
        bench.close();
        bench = new Bench(settings, 60, ownTime::get);
    }

    /** Those that Atlas would have acted on. */
    private List<RecordedCall> creates() {
        return atlas.books().calls().stream()
                .filter(it -> it.operation() == Operation.CREATE_JOB)
                .filter(it -> it.access() == RecordedCall.Access.AUTHENTICATED)
                .toList();
    }

    private <T> List<T> all(int times, Callable<T> action) throws Exception {
        List<Future<T>> begun =
                IntStream.range(0, times).mapToObj(_ -> bench.threads().submit(action)).toList();
        var results = new ArrayList<T>();
        for (var future : begun) {
            results.add(future.get());
        }
        return results;
    }
}
