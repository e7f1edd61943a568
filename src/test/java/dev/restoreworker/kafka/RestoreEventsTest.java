package dev.restoreworker.kafka;

import static dev.restoreworker.kafka.Records.header;
import static dev.restoreworker.kafka.Records.there;
import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.Blob;
import dev.restoreworker.OutgoingEvent;
import dev.restoreworker.OutgoingEvent.Header;
import dev.restoreworker.OutgoingEvent.Kind;
import dev.restoreworker.core.Attempt;
import dev.restoreworker.core.Attempt.State;
import dev.restoreworker.core.Content;
import dev.restoreworker.core.Delivery;
import dev.restoreworker.core.DeliveryUrls;
import dev.restoreworker.core.Ending;
import dev.restoreworker.core.Outcome;
import dev.restoreworker.core.Outcome.AtlasError;
import dev.restoreworker.core.Outcome.JobCreated;
import dev.restoreworker.core.Outcome.JobFailed;
import dev.restoreworker.core.Outcome.Reason;
import dev.restoreworker.core.Resolution;
import dev.restoreworker.core.RestoreRequest;
import dev.restoreworker.core.RestoreRequest.Remarks;
import dev.restoreworker.core.RestoreRequest.Terms;
import dev.restoreworker.core.SubmitReply;
import dev.restoreworker.core.Trace;
import dev.restoreworker.core.WaitsFor;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RestoreEventsTest {

    private static final String PROJECT = "5e2211c17a3e5a48f5497de3";
    private static final Instant TEN = Instant.parse("2026-01-31T10:00:00Z");
    private static final JobCreated CREATED =
            new JobCreated("5e4e593f70dfbf1010295999", TEN, "https://atlas/restoreJobs/1");
    private static final Content POINT_IN_TIME =
            new Content(
                    PROJECT,
                    "orders",
                    "pointInTime",
                    null,
                    "1700000000",
                    "1",
                    null,
                    PROJECT,
                    "standby");

    private static final RestoreRequest REQUEST =
            new RestoreRequest(
                    "dr-1",
                    PROJECT,
                    "orders",
                    new Delivery.Download("5e4e593f70dfbf1010295836"),
                    Terms.DEFAULT,
                    new Remarks(null, "ops", null, null, null));

    private final CheckedEvents events = new CheckedEvents("/here", "https://help/events.md");

    @Test
    void a_created_job_is_told_with_the_whole_request() {
        var remarks = new Remarks(TEN, "ops", "c-1", "{\"a\":[1.50,\"é\"]}", null);
        var reply = new SubmitReply.Created("5e4e593f70dfbf1010295999", TEN, "link");
        var attempts =
                List.of(
                        attempt(1, new State.Answered(TEN, new SubmitReply.Unknown("reset"))),
                        attempt(2, new State.Answered(TEN, reply)));
        var event = events.outcome("dr-1", POINT_IN_TIME, remarks, attempts, CREATED);

        assertThat(event.kind()).isEqualTo(Kind.JOB_CREATED);
        assertThat(event.key()).isEqualTo(Blob.of("dr-1"));
        assertThat(data(event))
                .isEqualTo(
                        """
                        {"requestId":"dr-1","projectId":"5e2211c17a3e5a48f5497de3",\
                        "clusterName":"orders","deliveryType":"pointInTime",\
                        "targetProjectId":"5e2211c17a3e5a48f5497de3","targetClusterName":"standby",\
                        "oplogTs":1700000000,"oplogInc":1,"requestedAt":"2026-01-31T10:00:00Z",\
                        "requestedBy":"ops","correlationId":"c-1","context":{"a":[1.50,"é"]},\
                        "jobId":"5e4e593f70dfbf1010295999","jobCreatedAt":"2026-01-31T10:00:00Z",\
                        "adopted":false,\
                        "links":[{"rel":"self","href":"https://atlas/restoreJobs/1"}],\
                        "attempts":[{"at":"2026-01-31T10:00:01Z","answer":"unknown"},\
                        {"at":"2026-01-31T10:00:02Z","answer":"created"}]}\
                        """);
    }

    @Test
    void a_context_is_told_as_it_came_whatever_number_stands_in_it() {
        var context = "{\"n\":" + "1".repeat(999) + "e1}";
        var remarks = new Remarks(null, null, null, context, null);

        var event = events.outcome("dr-1", POINT_IN_TIME, remarks, List.of(), CREATED);

        assertThat(data(event)).contains("\"context\":" + context + ",");
    }

    @Test
    void a_failure_is_told_with_atlas_own_words() {
        var failed =
                new JobFailed(
                        Reason.QUOTA_EXCEEDED,
                        "gave up",
                        new AtlasError(400, "TOO_MANY_RESTORES", "too many"));

        assertThat(data(events.outcome("dr-1", content("x"), Remarks.NONE, List.of(), failed)))
                .isEqualTo(
                        """
                        {"requestId":"dr-1","projectId":"x","reason":"QUOTA_EXCEEDED",\
                        "detail":"gave up","retriable":true,"jobMayExist":false,\
                        "help":"https://help/events.md#quota_exceeded","candidates":[],\
                        "atlas":{"status":400,"errorCode":"TOO_MANY_RESTORES","detail":"too many"},\
                        "attempts":[]}\
                        """);
    }

    @Test
    void an_unknown_outcome_says_that_a_job_may_exist() {
        var failed = new JobFailed(Reason.OUTCOME_UNKNOWN, "look", null);
        var event =
                events.outcome(
                        "dr-1",
                        content("x"),
                        Remarks.NONE,
                        List.of(attempt(1, new State.Abandoned(TEN))),
                        failed);

        assertThat(data(event))
                .contains("\"retriable\":false", "\"jobMayExist\":true", "\"answer\":\"abandoned\"")
                .doesNotContain("atlas");
    }

    @Test
    void a_finished_job_is_told_with_how_long_it_took_and_when_that_was_seen() {
        var done =
                new Ending(
                        Ending.Kind.COMPLETED,
                        "697dd2a0" + "1".repeat(16),
                        TEN.plusSeconds(255),
                        null,
                        null);
        var event = DatedEvent.of(TEN.plusSeconds(300), events.finished(REQUEST, done));

        assertThat(event.kind()).isEqualTo(Kind.JOB_FINISHED);
        assertThat(header(event, "ce_type")).isEqualTo("dev.restoreworker.job-finished.v1");
        assertThat(data(event))
                .endsWith(
                        """
                        "requestedBy":"ops","state":"completed",\
                        "jobId":"697dd2a01111111111111111","duration":"PT4M15S",\
                        "observedAt":"2026-01-31T10:05:00Z"}\
                        """);
    }

    @Test
    void where_a_download_can_be_fetched_is_told_to_those_alone_who_asked_for_it() {
        var ready =
                new Ending(
                        Ending.Kind.READY,
                        "697dd2a0" + "1".repeat(16),
                        null,
                        TEN,
                        null,
                        new DeliveryUrls(List.of("https://a.invalid/1", "https://a.invalid/2")));
        var telling = CheckedEvents.withDeliveryUrls("/source", "docs/events.md");

        assertThat(data(DatedEvent.of(TEN, telling.finished(REQUEST, ready))))
                .contains("\"deliveryUrl\":[\"https://a.invalid/1\",\"https://a.invalid/2\"]");
        assertThat(data(DatedEvent.of(TEN, events.finished(REQUEST, ready))))
                .doesNotContain("a.invalid");
        assertThat(ready.toString()).doesNotContain("a.invalid");
    }

    @Test
    void a_job_that_is_not_there_is_told_with_who_said_so() {
        var none =
                new Ending(
                        Ending.Kind.NOT_FOUND, null, null, null, new Resolution("zoe", "looked"));
        var event = DatedEvent.of(TEN, events.finished(REQUEST, none));

        assertThat(data(event))
                .endsWith(
                        """
                        "state":"not-found","resolvedBy":"zoe","observedAt":"2026-01-31T10:00:00Z"}\
                        """);
    }

    @Test
    void a_deferred_request_is_told_with_what_it_waits_for_and_until_when() {
        var written =
                events.deferred(REQUEST, WaitsFor.SENDING_PAUSED, Duration.ofSeconds(90), null);
        var event = DatedEvent.of(TEN, written);

        assertThat(event.kind()).isEqualTo(Kind.REQUEST_DEFERRED);
        assertThat(header(event, "ce_type")).isEqualTo("dev.restoreworker.request-deferred.v1");
        assertThat(header(event, "ce_projectid")).isEqualTo(PROJECT);
        assertThat(event.headers()).extracting(Header::name).doesNotContain(DatedEvent.DUE_IN);
        assertThat(data(event))
                .isEqualTo(
                        """
                        {"requestId":"dr-1","projectId":"5e2211c17a3e5a48f5497de3",\
                        "clusterName":"orders","deliveryType":"download",\
                        "snapshotId":"5e4e593f70dfbf1010295836","requestedBy":"ops",\
                        "waitsFor":"sending-paused","until":"2026-01-31T10:01:30Z"}\
                        """);
    }

    @Test
    void an_accepted_request_is_told_with_when_it_was_received() {
        var accepted = events.accepted(REQUEST).orElseThrow();
        var event = DatedEvent.of(TEN, accepted);

        assertThat(event.kind()).isEqualTo(Kind.REQUEST_ACCEPTED);
        assertThat(header(event, "ce_type")).isEqualTo("dev.restoreworker.request-accepted.v1");
        assertThat(data(event))
                .isEqualTo(
                        """
                        {"requestId":"dr-1","projectId":"5e2211c17a3e5a48f5497de3",\
                        "clusterName":"orders","deliveryType":"download",\
                        "snapshotId":"5e4e593f70dfbf1010295836","requestedBy":"ops",\
                        "receivedAt":"2026-01-31T10:00:00Z"}\
                        """);
    }

    @Test
    void nobody_is_told_of_accepted_requests_who_does_not_want_it() {
        assertThat(CheckedEvents.unaccepted("/here", "help").accepted(REQUEST)).isEmpty();
    }

    @Test
    void the_attributes_are_those_of_a_cloud_event_in_binary_mode() {
        var event = created("dr-é 1", POINT_IN_TIME);

        assertThat(event.headers())
                .containsExactly(
                        Header.of("ce_specversion", "1.0"),
                        Header.of("ce_id", header(event, "ce_id")),
                        Header.of("ce_source", "/here"),
                        Header.of("ce_type", "dev.restoreworker.job-created.v1"),
                        Header.of("ce_subject", "dr-é 1"),
                        Header.of("ce_partitionkey", "dr-é 1"),
                        Header.of("ce_projectid", PROJECT),
                        Header.of("content-type", "application/json"));
    }

    @Test
    void the_trace_of_the_request_comes_back() {
        var trace = new Trace("00-1", "a=b");
        var parentOnly = new Trace("00-1", null);

        assertThat(created(trace).headers())
                .endsWith(
                        Header.of("traceparent", "00-1"),
                        Header.of("ce_traceparent", "00-1"),
                        Header.of("tracestate", "a=b"),
                        Header.of("ce_tracestate", "a=b"));
        assertThat(created(parentOnly).headers())
                .endsWith(Header.of("traceparent", "00-1"), Header.of("ce_traceparent", "00-1"));
    }

    private OutgoingEvent created(Trace trace) {
        var remarks = new Remarks(null, null, null, null, trace);
        return events.outcome("dr-1", POINT_IN_TIME, remarks, List.of(), CREATED);
    }

    @Test
    void an_event_has_the_same_id_each_time_and_each_kind_its_own() {
        var failed = new JobFailed(Reason.INVALID_REQUEST, "", null);

        assertThat(id("dr-1", CREATED))
                .isEqualTo(id("dr-1", CREATED))
                .isEqualTo("1863dc4f-133d-5aed-824d-7d71a2333c96")
                .isNotEqualTo(id("dr-2", CREATED))
                .isNotEqualTo(id("dr-1", failed));
    }

    @Test
    void a_project_id_that_is_none_is_no_attribute() {
        assertThat(invalid(content("../x")).headers())
                .noneMatch(header -> header.name().equals("ce_projectid"));
    }

    @Test
    void a_time_that_is_no_number_stays_as_it_came() {
        var content = new Content(null, null, null, null, "1E+999999999", "-5", "soon", null, null);

        assertThat(data(invalid(content)))
                .contains(
                        "\"oplogTs\":\"1E+999999999\"",
                        "\"oplogInc\":-5",
                        "\"pointInTimeUTCSeconds\":\"soon\"");
    }

    @Test
    void what_came_in_as_odd_characters_goes_out_as_valid_json() {
        var context = "{\"a\":\"\\ud800 \\u0000 \\u0085\",\"n\":1E+999999999}";
        var remarks = new Remarks(null, "a\"\\u0000", null, context, null);
        var event = events.outcome("dr-1", POINT_IN_TIME, remarks, List.of(), CREATED);

        assertThat(StrictJson.parse(there(event.value()).toBytes()))
                .isInstanceOfSatisfying(
                        StrictJson.Parsed.Json.class,
                        json -> {
                            assertThat(json.node().get("requestedBy").textValue())
                                    .isEqualTo("a\"\\u0000");
                            assertThat(json.node().get("context").get("a").textValue())
                                    .isEqualTo("\ud800 \u0000 \u0085");
                        });
    }

    private String id(String requestId, Outcome outcome) {
        return header(
                events.outcome(requestId, POINT_IN_TIME, Remarks.NONE, List.of(), outcome),
                "ce_id");
    }

    private OutgoingEvent created(String requestId, Content content) {
        return events.outcome(requestId, content, Remarks.NONE, List.of(), CREATED);
    }

    private OutgoingEvent invalid(Content content) {
        var invalid = Outcome.invalid(List.of("it breaks a rule"));
        return events.outcome("dr-1", content, Remarks.NONE, List.of(), invalid);
    }

    private static Content content(String projectId) {
        return new Content(projectId, null, null, null, null, null, null, null, null);
    }

    private static Attempt attempt(int number, State state) {
        return new Attempt(number, TEN.plusSeconds(number), TEN, TEN, state);
    }

    private static String data(OutgoingEvent event) {
        return there(event.value()).text();
    }
}
