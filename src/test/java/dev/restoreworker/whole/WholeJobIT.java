package dev.restoreworker.whole;

import static dev.restoreworker.whole.RequestJson.automated;
import static dev.restoreworker.whole.RequestJson.download;
import static dev.restoreworker.whole.RequestJson.pointInTime;
import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.sandbox.atlas.Delivery;
import dev.restoreworker.sandbox.atlas.Fault;
import dev.restoreworker.sandbox.atlas.JobOrder;
import dev.restoreworker.sandbox.atlas.JobState;
import dev.restoreworker.sandbox.atlas.RestoreJob;
import dev.restoreworker.sandbox.atlas.SimulatorOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests in, jobs at Atlas, outcomes out. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WholeJobIT {

    /** Projects with one slot alone. */
    private static final String NARROW_PROJECT = "5e2211c17a3e5a48f5490001";

    private static final String OTHER_NARROW_PROJECT = "5e2211c17a3e5a48f5490002";

    private static final String REQUEST = "dev.restoreworker.restore-request.v1";
    private static final String CANCEL = "dev.restoreworker.restore-cancel.v1";
    private static final String[] TOKEN = {"Authorization", "Bearer let-me-in"};
    private static final Duration SETTLE = Duration.ofSeconds(5);
    private static final Duration JOB = Duration.ofSeconds(1);
    private static final Duration LINK = Duration.ofHours(1);
    private static final String PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    @TempDir static Path folder;
    Surroundings around;
    Worker worker;
    Events events;
    Events notices;
    Events endings;

    @BeforeAll
    void start() {
        around = surroundings(SimulatorOptions.defaults().withLifecycle(JOB, JOB, LINK));
        var environment = around.hastyEnvironment();
        environment.put("RESTORE_DELAY_MIN", "100ms");
        environment.put("RESTORE_EVENTS_ACCEPTED", "true");
        environment.put("RESTORE_OPERATOR_TOKEN", "let-me-in");
        environment.put("RESTORE_QUOTA_PROJECTS_" + NARROW_PROJECT, "1");
        environment.put("RESTORE_QUOTA_PROJECTS_" + OTHER_NARROW_PROJECT, "1");
        worker = worker(environment);
        events = Events.outcomes(around.bootstrapServers());
        notices = Events.notices(around.bootstrapServers());
        endings = Events.endings(around.bootstrapServers());
    }

    Surroundings surroundings(SimulatorOptions options) {
        return EmbeddedSurroundings.start(folder, options);
    }

    Worker worker(Map<String, String> environment) {
        return WorkerProcess.start(folder, environment).awaitReady();
    }

    @AfterAll
    void end() {
        endings.close();
        notices.close();
        events.close();
        worker.close();
        around.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"download", "automated", "oplog", "seconds"})
    void each_delivery_becomes_one_job_that_atlas_knows(String delivery) {
        var id = "each " + delivery + "/ü"; // ids are printable, not only letters
        around.send(
                null,
                switch (delivery) {
                    case "download" -> download(id);
                    case "automated" -> automated(id, "standby-each");
                    case "oplog" -> pointInTime(id, "\"oplogTs\": 1700000000, \"oplogInc\": 7");
                    default -> pointInTime(id, "\"pointInTimeUTCSeconds\": 1700000000");
                },
                Map.of());

        var event = events.only(id);

        assertThat(event.topic()).isEqualTo(Events.CREATED);
        assertThat(event.header("ce_type")).isEqualTo("dev.restoreworker.job-created.v1");
        assertThat(event.header("ce_subject")).isEqualTo(id);
        assertThat(event.header("ce_specversion")).isEqualTo("1.0");
        assertThat(Instant.parse(event.header("ce_time"))).isBefore(Instant.now());
        var jobId = event.data().get("jobId").asText();
        assertThat(around.atlas.books().jobs())
                .filteredOn(job -> job.id().equals(jobId))
                .singleElement()
                .satisfies(job -> assertThat(job.cluster()).isEqualTo("orders"));
        assertThat(event.data().get("attempts")).hasSize(1);
    }

    @Test
    void what_the_requester_added_comes_back() {
        around.send(null, automated("context-1", "standby-context"), Map.of());

        var data = events.only("context-1").data();

        assertThat(data.get("requestedBy").asText()).isEqualTo("dr");
        assertThat(data.get("correlationId").asText()).isEqualTo("c-1");
        assertThat(data.get("context").toString()).isEqualTo("{\"ticket\":[7]}");
        assertThat(data.get("targetClusterName").asText()).isEqualTo("standby-context");
    }

    @Test
    void a_cloud_event_in_binary_mode_is_a_request_and_its_trace_comes_back() {
        var headers = attributes("b 1", REQUEST);
        headers.put("traceparent", PARENT);
        headers.put("tracestate", "a=b");
        around.send(null, download("binary-1"), headers);

        var event = events.only("binary-1");

        assertThat(event.topic()).isEqualTo(Events.CREATED);
        assertThat(event.header("traceparent")).isEqualTo(PARENT);
        assertThat(event.header("ce_traceparent")).isEqualTo(PARENT);
        assertThat(event.header("tracestate")).isEqualTo("a=b");
        assertThat(event.data().get("requestedBy").asText()).isEqualTo("/dr");
        assertThat(around.atlas.books().jobs())
                .filteredOn(job -> job.id().equals(event.data().get("jobId").asText()))
                .hasSize(1);
        assertThat(worker.restore("binary-1", "Authorization", "Bearer let-me-in").body())
                .contains("\"traceparent\":\"" + PARENT + "\"");
    }

    @Test
    void a_cloud_event_in_structured_mode_is_a_request_under_its_own_name() {
        var data = automated("x", "production").replaceFirst("\"requestId\": \"x\",", "");
        around.send(
                null,
                """
                {"specversion": "1.0", "type": "%s", "source": "/dr", "id": "s-1",
                 "traceparent": "%s", "data": %s}
                """
                        .formatted(REQUEST, PARENT, data),
                Map.of("content-type", "application/cloudevents+json; charset=UTF-8"));

        var event = events.only("/dr s-1");

        assertThat(event.topic()).isEqualTo(Events.FAILED);
        assertThat(event.header("traceparent")).isEqualTo(PARENT);
        assertThat(event.data().get("help").asText())
                .isEqualTo("docs/events.md#target_not_allowed");
    }

    private static Map<String, String> attributes(String id, String type) {
        return new HashMap<>(
                Map.of("ce_specversion", "1.0", "ce_id", id, "ce_source", "/dr", "ce_type", type));
    }

    @Test
    void the_same_request_ten_times_is_one_job_and_one_event() {
        for (var i = 0; i < 10; i++) {
            around.send("key-" + i, download("ten-times", "a".repeat(24)), Map.of());
        }

        events.only("ten-times");
        awaitQuiet();

        events.only("ten-times");
        assertThat(around.atlas.books().jobs())
                .filteredOn(job -> job.order().snapshotId() != null)
                .filteredOn(job -> "a".repeat(24).equals(job.order().snapshotId()))
                .hasSize(1);
    }

    @Test
    void an_invalid_request_fails_naming_every_fault() {
        around.send(
                null, "{\"requestId\": \"invalid-1\", \"deliveryType\": \"download\"}", Map.of());

        var data = events.only("invalid-1").data();

        assertThat(data.get("reason").asText()).isEqualTo("INVALID_REQUEST");
        assertThat(data.get("detail").asText()).contains("projectId", "clusterName", "snapshotId");
        assertThat(data.get("retriable").asBoolean()).isFalse();
        assertThat(data.get("jobMayExist").asBoolean()).isFalse();
    }

    @Test
    void a_protected_target_is_never_sent_to_atlas() {
        around.send(null, automated("protected-1", "production"), Map.of());

        var data = events.only("protected-1").data();

        assertThat(data.get("reason").asText()).isEqualTo("TARGET_NOT_ALLOWED");
        assertThat(around.atlas.books().jobs())
                .noneMatch(job -> "production".equals(job.order().targetCluster()));
    }

    @Test
    void a_refusal_of_atlas_is_told_in_its_words() {
        around.send(
                null, download("refused-1").replace("\"orders\"", "\"no-such-cluster\""), Map.of());

        var data = events.only("refused-1").data();

        assertThat(data.get("reason").asText()).isEqualTo("REFUSED_BY_ATLAS");
        assertThat(data.at("/atlas/errorCode").asText()).isEqualTo("CLUSTER_NOT_FOUND");
        assertThat(data.at("/atlas/status").asInt()).isEqualTo(404);
    }

    @Test
    void records_that_are_no_requests_go_to_the_dead_letters_and_nowhere_else() {
        around.send("dead-1", "not json", Map.of("trace", "t-1"));
        around.send("dead-2", download("dead-2"), attributes("2", "some.stranger"));
        around.send("dead-3", download("dead-3"), Map.of("ce_type", REQUEST));
        around.send("dead-4", "{\"requestId\": \"dead-4\", \"action\": \"copy\"}", Map.of());
        around.send("dead-5", "{\"projectId\": \"x\"}", Map.of());
        around.send(
                "dead-6",
                "[]",
                Map.of("content-type", "application/cloudevents-batch+json; charset=UTF-8"));
        around.send("dead-7", "{\"id\": \"dead-7\"}", attributes("7", CANCEL));

        assertThat(letter("dead-1").header("trace")).isEqualTo("t-1");
        assertThat(letter("dead-1").value()).isEqualTo("not json");
        assertThat(letter("dead-1").header("dead-letter-reason")).isEqualTo("UNREADABLE");
        assertThat(letter("dead-2").header("dead-letter-reason")).isEqualTo("UNKNOWN_TYPE");
        assertThat(letter("dead-3").header("dead-letter-reason")).isEqualTo("UNREADABLE");
        assertThat(letter("dead-3").header("dead-letter-detail")).contains("ce_id is missing");
        assertThat(letter("dead-4").header("dead-letter-reason")).isEqualTo("UNKNOWN_TYPE");
        assertThat(letter("dead-5").header("dead-letter-reason")).isEqualTo("NO_ID");
        assertThat(letter("dead-6").header("dead-letter-reason")).isEqualTo("UNREADABLE");
        assertThat(letter("dead-6").header("dead-letter-detail")).contains("batch");
        assertThat(letter("dead-7").header("dead-letter-reason")).isEqualTo("NO_ID");
        assertThat(letter("dead-7").header("dead-letter-detail")).contains("what to cancel");
    }

    private Events.Event letter(String key) {
        var letter = events.only(key);
        assertThat(letter.topic()).isEqualTo(Events.DEAD);
        return letter;
    }

    @Test
    void what_a_producer_aborted_was_never_asked_for() {
        around.sendAndAbort(automated("aborted-1", "aborted"));

        awaitQuiet();

        assertThat(events.all()).noneMatch(event -> event.key().equals("aborted-1"));
        assertThat(around.atlas.books().jobs())
                .noneMatch(job -> "aborted".equals(job.order().targetCluster()));
    }

    @Test
    void other_content_under_a_known_id_is_a_dead_letter_beside_the_one_outcome() {
        around.send("conflict-1", automated("conflict-1", "standby-conflict"), Map.of());
        events.only("conflict-1");

        around.send("conflict-1", automated("conflict-1", "another"), Map.of());

        var both = events.of("conflict-1", 2);
        assertThat(both)
                .extracting(Events.Event::topic)
                .containsExactly(Events.CREATED, Events.DEAD);
        assertThat(both.getLast().header("dead-letter-reason")).isEqualTo("REQUEST_CONFLICT");
        assertThat(around.atlas.books().jobs())
                .noneMatch(job -> "another".equals(job.order().targetCluster()));
    }

    @Test
    void a_record_that_the_database_refuses_stops_nobody_else() {
        around.execute(
                "alter table request add constraint test_refusal check (id <> 'unstorable-1')");

        around.send(download("storable-1"));
        around.send("unstorable-1", download("unstorable-1"), Map.of());
        around.send(download("storable-2"));
        around.flush();

        assertThat(events.only("storable-1").topic()).isEqualTo(Events.CREATED);
        assertThat(events.only("storable-2").topic()).isEqualTo(Events.CREATED);
        assertThat(letter("unstorable-1").header("dead-letter-reason")).isEqualTo("UNSTORABLE");
    }

    @Test
    void a_job_whose_answer_was_lost_is_found_and_adopted() {
        var snapshot = "b".repeat(24);
        around.atlas.faults().plan(new Fault.DropAfterEffect(), 1);
        around.send(null, download("lost-1", snapshot), Map.of());

        var event = events.only("lost-1");

        assertThat(event.topic()).as(event.value()).isEqualTo(Events.CREATED);
        assertThat(event.data().get("adopted").asBoolean()).isTrue();
        assertThat(around.atlas.books().jobs())
                .filteredOn(job -> snapshot.equals(job.order().snapshotId()))
                .singleElement()
                .returns(event.data().get("jobId").asText(), job -> job.id());
    }

    @Test
    void after_a_server_error_it_is_sent_again_only_when_no_job_was_found() {
        var creates = around.atlas.books().summary().creates();
        around.atlas.faults().plan(new Fault.CannedAnswer(503, Map.of(), "<html>"), 1);
        around.send(null, download("error-1", "f0".repeat(12)), Map.of());

        var event = events.only("error-1");

        assertThat(event.topic()).isEqualTo(Events.CREATED);
        assertThat(event.data().at("/attempts/0/answer").asText()).isEqualTo("unknown");
        assertThat(event.data().at("/attempts/1/answer").asText()).isEqualTo("created");
        var begun = Instant.parse(event.data().at("/attempts/0/at").asText());
        assertThat(Instant.parse(event.data().at("/attempts/1/at").asText()))
                .isAfter(begun.plus(SETTLE));
        assertThat(around.atlas.books().summary().creates()).isEqualTo(creates + 2);
    }

    @Test
    void a_job_that_may_be_anybodys_is_a_candidate_until_somebody_says_whose_it_is() {
        var byHand = unknown("doubt-1/resolve", "f1".repeat(12));

        var data = events.only("doubt-1/resolve").data();

        assertThat(data.get("reason").asText()).isEqualTo("OUTCOME_UNKNOWN");
        assertThat(data.get("jobMayExist").asBoolean()).isTrue();
        assertThat(data.get("candidates").toString()).isEqualTo("[\"" + byHand + "\"]");
        assertThat(worker.restore("doubt-1/resolve", TOKEN).body())
                .contains("\"stage\":\"followed\"", "\"looksUntil\"");

        var word = "{\"job\": \"%s\", \"by\": \"zoe\", \"reason\": \"mine\"}";
        var named = word.formatted(byHand);
        assertThat(worker.resolve("doubt-1/resolve", named).statusCode()).isEqualTo(401);
        assertThat(worker.resolve("doubt-1/resolve", "{}", TOKEN).statusCode()).isEqualTo(400);
        assertThat(worker.resolve("never-seen", named, TOKEN).statusCode()).isEqualTo(404);
        var older = worker.resolve("doubt-1/resolve", word.formatted("0".repeat(24)), TOKEN);
        assertThat(older.statusCode()).isEqualTo(409);
        assertThat(older.body()).contains("before any attempt");
        assertThat(worker.resolve("doubt-1/resolve", named, TOKEN).body())
                .contains("\"jobId\":\"" + byHand + "\"", "\"by\":\"zoe\"");
        assertThat(worker.resolve("doubt-1/resolve", named, TOKEN).statusCode()).isEqualTo(200);

        var finished = endings.only("doubt-1/resolve").data();
        assertThat(finished.get("state").asText()).isEqualTo("ready");
        assertThat(finished.get("jobId").asText()).isEqualTo(byHand);
        assertThat(finished.get("resolvedBy").asText()).isEqualTo("zoe");
        assertThat(worker.restore("doubt-1/resolve", TOKEN).body())
                .as("it holds its slot until it was fetched")
                .contains("\"stage\":\"tracked\"", "\"state\":\"ready\"");
        assertThat(worker.resolve("doubt-1/resolve", named, TOKEN).statusCode()).isEqualTo(200);

        around.atlas.byHand().fetch(byHand);
        awaitShown("doubt-1/resolve", "\"stage\":\"settled\"");
        assertThat(worker.restore("doubt-1/resolve", TOKEN).body())
                .contains("\"state\":\"ready\"", byHand);
        endings.only("doubt-1/resolve");
        assertThat(worker.log()).doesNotContain("simulated-atlas.invalid");
    }

    @Test
    void that_there_is_no_job_is_an_operators_word_too() {
        unknown("doubt-2", "f2".repeat(12));
        events.only("doubt-2");

        var word = "{\"job\": \"none\", \"by\": \"zoe\", \"reason\": \"that one is hers\"}";
        assertThat(worker.resolve("doubt-2", word, TOKEN).statusCode()).isEqualTo(200);

        var finished = endings.only("doubt-2").data();
        assertThat(finished.get("state").asText()).isEqualTo("not-found");
        assertThat(finished.has("jobId")).isFalse();
        assertThat(worker.restore("doubt-2", TOKEN).body())
                .contains("\"reason\":\"that one is hers\"");
    }

    /** No job is made of the request, and then one by hand that may be its. */
    private String unknown(String id, String snapshot) {
        around.atlas.faults().plan(new Fault.CannedAnswer(503, Map.of(), "<html>"), 1);
        around.send(null, download(id, snapshot), Map.of());
        awaitShown(id, "\"unknown\"");
        // The window is over restore.late after the attempt; the second of an id may be the one
        // before.
        var over = Instant.now().plusMillis(3_200);
        Eventually.within(
                Duration.ofSeconds(10),
                () -> "the attempt's window is over",
                () -> Instant.now().isAfter(over));
        var order = new JobOrder(Delivery.DOWNLOAD, snapshot, null, null, null, null, null);
        return around.atlas.makeByHand(RequestJson.PROJECT, "orders", order);
    }

    private void awaitShown(String id, String text) {
        Eventually.within(
                Duration.ofMinutes(1), // a time-out, and no claim
                () -> "%s is shown: %s".formatted(text, worker.restore(id, TOKEN).body()),
                () -> worker.restore(id, TOKEN).body().contains(text));
    }

    @Test
    void that_a_download_is_ready_is_told_and_until_when() {
        around.send(null, download("ready-1", "e1".repeat(12)), Map.of());
        var jobId = events.only("ready-1").data().get("jobId").asText();

        var ready = endings.only("ready-1").data();

        assertThat(ready.get("state").asText()).isEqualTo("ready");
        assertThat(ready.get("jobId").asText()).isEqualTo(jobId);
        assertThat(Instant.parse(ready.get("expiresAt").asText()))
                .isEqualTo(job(jobId).expiresAt().truncatedTo(ChronoUnit.SECONDS));
        assertThat(ready.has("duration")).as("nobody says when it was over").isFalse();
        assertThat(worker.log()).doesNotContain("simulated-atlas.invalid");
    }

    @Test
    void that_a_restore_is_completed_is_told_and_only_then_goes_out_the_next_onto_its_target() {
        for (var i = 0; i < 3; i++) {
            around.send("turn", onto("standby-turn", "turn-" + i, i), Map.of());
        }

        var over = Instant.MIN;
        for (var i = 0; i < 3; i++) {
            var created = events.only("turn-" + i).data();
            assertThat(Instant.parse(created.at("/attempts/0/at").asText()))
                    .as("begun when the job before was over")
                    .isAfterOrEqualTo(over);
            var completed = endings.only("turn-" + i).data();
            assertThat(completed.get("state").asText()).isEqualTo("completed");
            assertThat(completed.get("jobId")).isEqualTo(created.get("jobId"));
            assertThat(Duration.parse(completed.get("duration").asText())).isPositive();
            over = job(completed.get("jobId").asText()).overAt();
        }
        assertThat(around.atlas.books().peaks().ofTarget(RequestJson.PROJECT, "standby-turn").all())
                .isEqualTo(1);
        awaitShown("turn-2", "\"stage\":\"settled\"");
    }

    private RestoreJob job(String id) {
        return around.atlas.books().jobs().stream()
                .filter(job -> job.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void a_request_that_has_to_wait_says_so_and_is_done_later() {
        var later = Map.of("Retry-After", "1");
        around.atlas.faults().plan(new Fault.CannedAnswer(429, later, "{}"), 2);
        around.send(null, download("deferred-1", "d1".repeat(12)), Map.of());
        events.only("deferred-1");

        var told = notices.of("deferred-1", 2);
        assertThat(told)
                .extracting(event -> event.header("ce_type"))
                .containsExactlyInAnyOrder(
                        "dev.restoreworker.request-accepted.v1",
                        "dev.restoreworker.request-deferred.v1");
        var deferred =
                told.stream()
                        .filter(event -> event.topic().equals(Events.DEFERRED))
                        .findFirst()
                        .orElseThrow();
        assertThat(deferred.data().get("waitsFor").asText()).isEqualTo("rate");
        assertThat(Instant.parse(deferred.data().get("until").asText()))
                .isAfter(Instant.parse(deferred.header("ce_time")));
        assertThat(told)
                .filteredOn(event -> event.topic().equals(Events.ACCEPTED))
                .singleElement()
                .satisfies(
                        event ->
                                assertThat(event.data().get("receivedAt").asText())
                                        .isEqualTo(event.header("ce_time")));
    }

    @Test
    void those_that_wipe_one_target_are_sent_one_after_the_other_and_a_repeat_is_not() {
        for (var i = 0; i < 5; i++) {
            around.send("line", onto("standby-line", "line-" + i, i), Map.of());
        }
        around.send("line", onto("standby-line", "line-repeat", 2), Map.of());

        var over = Instant.MIN;
        for (var i = 0; i < 5; i++) {
            var event = events.only("line-" + i);
            assertThat(event.topic()).as(event.value()).isEqualTo(Events.CREATED);
            assertThat(Instant.parse(event.data().at("/attempts/0/at").asText()))
                    .as("begun when the one before was over")
                    .isAfterOrEqualTo(over);
            over = Instant.parse(event.header("ce_time"));
        }
        assertThat(around.atlas.books().jobs())
                .filteredOn(job -> "standby-line".equals(job.order().targetCluster()))
                .extracting(job -> job.order().snapshotId())
                .containsExactly(snapshot(0), snapshot(1), snapshot(2), snapshot(3), snapshot(4));
        var repeat = events.only("line-repeat").data();
        assertThat(repeat.get("reason").asText()).isEqualTo("REPEATED");
        assertThat(repeat.get("detail").asText()).contains("request line-2");
    }

    private static String onto(String target, String id, int number) {
        return automated(id, target).replace(RequestJson.SNAPSHOT, snapshot(number));
    }

    private static String snapshot(int number) {
        return "%024x".formatted(0xabc0 + number);
    }

    private static String narrow(String project, String id, String snapshot) {
        return download(id, snapshot).replace(RequestJson.PROJECT, project);
    }

    @Test
    void what_waits_is_cancelled_and_never_sent() {
        var snapshot = "c9".repeat(12);
        around.send(null, narrow(NARROW_PROJECT, "cancel-first", snapshot), Map.of());
        events.only("cancel-first");
        around.send(null, narrow(NARROW_PROJECT, "cancel-waiting", snapshot), Map.of());
        awaitShown("cancel-waiting", "\"waitsFor\":\"slot\"");

        cancel("cancel-waiting");

        var data = events.only("cancel-waiting").data();
        assertThat(data.get("reason").asText()).isEqualTo("CANCELLED");
        assertThat(data.get("detail").asText()).contains("by ops", "no more");
        assertThat(data.get("retriable").asBoolean()).isFalse();
        assertThat(worker.restore("cancel-waiting", TOKEN).body())
                .contains("\"cancel\":{", "\"outcome\":\"cancelled\"");
        assertThat(around.atlas.books().jobs())
                .filteredOn(job -> snapshot.equals(job.order().snapshotId()))
                .hasSize(1);
    }

    @Test
    void a_download_is_cancelled_at_atlas_and_its_snapshot_goes_to_the_next() {
        var snapshot = "ca".repeat(12);
        around.send(null, narrow(OTHER_NARROW_PROJECT, "cancel-live", snapshot), Map.of());
        var jobId = events.only("cancel-live").data().get("jobId").asText();
        around.send(null, narrow(OTHER_NARROW_PROJECT, "cancel-next", snapshot), Map.of());
        awaitShown("cancel-next", "\"waitsFor\":\"slot\"");

        around.send("cancel-live", cancelOf("cancel-live"), attributes("c-1", CANCEL));

        assertThat(events.only("cancel-next").topic()).isEqualTo(Events.CREATED);
        assertThat(job(jobId).stateAt(Instant.now())).isEqualTo(JobState.CANCELLED);
        // It may have been told before that it can be fetched: that is told once.
        assertThat(endings.only("cancel-live").data().get("state").asText())
                .isIn("cancelled", "ready");
        awaitShown("cancel-live", "\"stage\":\"settled\"");
        events.only("cancel-live");
    }

    @Test
    void a_restore_that_is_being_sent_cannot_be_cancelled_once_it_has_its_job() {
        around.atlas
                .faults()
                .put(
                        """
                        {"rules": [{"name": "held",
                                    "when": {"call": "create", "target": "standby-cancel"},
                                    "then": {"hold": {"at": "effect"}}}]}
                        """);
        try {
            around.send(null, onto("standby-cancel", "cancel-never", 77), Map.of());
            Eventually.within(
                    Duration.ofSeconds(10),
                    () -> "the create call is held",
                    () -> !around.atlas.holds().held().isEmpty());

            cancel("cancel-never");
            awaitShown("cancel-never", "\"outcome\":\"pending\"");
            around.atlas.holds().held().forEach(held -> around.atlas.holds().release(held.id()));

            var told = events.of("cancel-never", 2);
            assertThat(told)
                    .extracting(Events.Event::topic)
                    .containsExactlyInAnyOrder(Events.CREATED, Events.DEAD);
            assertThat(told)
                    .filteredOn(event -> event.topic().equals(Events.DEAD))
                    .singleElement()
                    .satisfies(
                            letter ->
                                    assertThat(letter.header("dead-letter-reason"))
                                            .isEqualTo("NOT_CANCELLABLE"))
                    .satisfies(
                            letter ->
                                    assertThat(letter.value()).isEqualTo(cancelOf("cancel-never")));
            awaitShown("cancel-never", "\"outcome\":\"not-cancellable\"");
            assertThat(endings.only("cancel-never").data().get("state").asText())
                    .isEqualTo("completed");
        } finally {
            around.atlas.faults().clear();
        }
    }

    private void cancel(String id) {
        around.send(id, cancelOf(id), Map.of());
    }

    private static String cancelOf(String id) {
        return """
               {"requestId": "%s", "action": "cancel", "requestedBy": "ops", "reason": "no more"}
               """
                .formatted(id);
    }

    @Test
    void everything_known_of_a_request_can_be_asked_for_with_the_token() {
        var id = "status/1 ü";
        around.send(null, download(id, "c".repeat(24)), Map.of());
        around.send(null, download(id, "c".repeat(24)), Map.of());
        var jobId = events.only(id).data().get("jobId").asText();

        assertThat(worker.restore(id).statusCode()).isEqualTo(401);
        awaitShown(id, "\"seenAt\"");
        awaitShown(id, "\"state\":\"ready\"");
        assertThat(worker.restore(id, TOKEN).body())
                .contains(
                        "\"requestId\":\"" + id + "\"",
                        "\"stage\":\"tracked\"",
                        "\"jobId\":\"" + jobId + "\"");
        assertThat(worker.restore("never-seen", TOKEN).statusCode()).isEqualTo(404);
        assertThat(worker.get("/q/health/live").statusCode()).isEqualTo(200);
        assertThat(worker.get("/q/metrics").statusCode()).isEqualTo(200);
    }

    @Test
    void nothing_that_is_secret_is_logged() {
        around.send(null, download("secret-1", "d".repeat(24)), Map.of());
        events.only("secret-1");

        var options = SimulatorOptions.defaults();
        assertThat(worker.log())
                .contains("requestId=secret-1")
                .doesNotContain(options.privateKey(), "let-me-in", "Digest username", "nonce=");
    }

    /** What was sent before is on record, and the relay has published what came of it. */
    private void awaitQuiet() {
        var id = "quiet-" + System.nanoTime();
        around.send(null, download(id, "e".repeat(24)), Map.of());
        events.only(id);
    }
}
