package dev.restoreworker.ledger;

import static dev.restoreworker.LedgerFixture.ERROR;
import static dev.restoreworker.LedgerFixture.NOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.restoreworker.Blob;
import dev.restoreworker.OutgoingEvent.Header;
import dev.restoreworker.core.Outcome;
import dev.restoreworker.core.Outcome.Reason;
import dev.restoreworker.core.RestoreRequest.OnQuota;
import dev.restoreworker.core.RestoreRequest.OnUnknown;
import dev.restoreworker.core.RestoreRequest.Remarks;
import dev.restoreworker.core.RestoreRequest.Terms;
import dev.restoreworker.core.SubmitReply;
import dev.restoreworker.core.Trace;
import dev.restoreworker.core.WaitsFor;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The forms that are in the database of somebody: none may ever change. */
class JsonTest {

    private static final String ERROR_JSON =
            "{'status':400,'errorCode':'SOME_CODE','detail':'some \\u201Cdetail\\u201D'}";

    static Map<String, SubmitReply> replies() {
        return Map.of(
                "{'reply':'created','jobId':'j','createdAt':'2026-01-01T12:00:00Z','link':'l'}",
                new SubmitReply.Created("j", NOON, "l"),
                "{'reply':'refused','reason':'SNAPSHOT_UNUSABLE','error':" + ERROR_JSON + "}",
                new SubmitReply.Refused(Reason.SNAPSHOT_UNUSABLE, ERROR),
                "{'reply':'not-now','waitsFor':'SLOT','reason':'QUOTA_EXCEEDED',"
                        + "'retryAfter':'PT1M0.5S','detail':'full','error':"
                        + ERROR_JSON
                        + "}",
                new SubmitReply.NotNow(
                        WaitsFor.SLOT,
                        Reason.QUOTA_EXCEEDED,
                        Duration.ofMillis(60_500),
                        "full",
                        ERROR),
                "{'reply':'not-now','waitsFor':'ATLAS','reason':'ATLAS_UNAVAILABLE',"
                        + "'retryAfter':'PT0S','detail':'refused'}",
                SubmitReply.NotNow.notSent(WaitsFor.ATLAS, "refused"),
                "{'reply':'unknown','cause':'nul \\u0000 half \\uD83D'}",
                new SubmitReply.Unknown("nul \0 half \ud83d"));
    }

    static List<Map.Entry<String, SubmitReply>> every_reply_has_its_form() {
        return List.copyOf(replies().entrySet());
    }

    @ParameterizedTest
    @MethodSource
    void every_reply_has_its_form(Map.Entry<String, SubmitReply> form) {
        assertThat(Json.write(form.getValue())).isEqualTo(json(form.getKey()));
        assertThat(Json.reply(json(form.getKey()))).isEqualTo(form.getValue());
    }

    @Test
    void there_is_a_form_for_each_kind_of_reply_and_outcome() {
        assertThat(replies().values())
                .extracting(Object::getClass)
                .containsAll(List.of(SubmitReply.class.getPermittedSubclasses()));
        assertThat(outcomes().values())
                .extracting(Object::getClass)
                .containsAll(List.of(Outcome.class.getPermittedSubclasses()));
    }

    static Map<String, Outcome> outcomes() {
        return Map.of(
                "{'outcome':'job-created','jobId':'j','createdAt':'2026-01-01T12:00:00Z',"
                        + "'link':'l','adopted':true}",
                new Outcome.JobCreated("j", NOON, "l", true),
                "{'outcome':'job-failed','reason':'REFUSED_BY_ATLAS','detail':'no','atlas':"
                        + ERROR_JSON
                        + ",'candidates':[]}",
                new Outcome.JobFailed(Reason.REFUSED_BY_ATLAS, "no", ERROR),
                "{'outcome':'job-failed','reason':'OUTCOME_UNKNOWN','detail':'who knows',"
                        + "'candidates':['j']}",
                new Outcome.JobFailed(Reason.OUTCOME_UNKNOWN, "who knows", null, List.of("j")));
    }

    @Test
    void outcomes_of_earlier_versions_are_read() {
        assertThat(
                        Json.outcome(
                                json(
                                        "{'outcome':'job-created','jobId':'j','createdAt':'2026-01-01T12:00:00Z',"
                                                + "'link':'l'}")))
                .isEqualTo(new Outcome.JobCreated("j", NOON, "l", false));
        assertThat(
                        Json.outcome(
                                json(
                                        "{'outcome':'job-failed','reason':'OUTCOME_UNKNOWN','detail':'who knows'}")))
                .isEqualTo(new Outcome.JobFailed(Reason.OUTCOME_UNKNOWN, "who knows", null));
    }

    static List<Map.Entry<String, Outcome>> every_outcome_has_its_form() {
        return List.copyOf(outcomes().entrySet());
    }

    @ParameterizedTest
    @MethodSource
    void every_outcome_has_its_form(Map.Entry<String, Outcome> form) {
        assertThat(Json.write(form.getValue())).isEqualTo(json(form.getKey()));
        assertThat(Json.outcome(json(form.getKey()))).isEqualTo(form.getValue());
    }

    @ParameterizedTest
    @EnumSource
    void every_reason_is_read_as_it_was_written(Reason reason) {
        var failed = new Outcome.JobFailed(reason, "", null);

        assertThat(Json.outcome(Json.write(failed))).isEqualTo(failed);
    }

    @ParameterizedTest
    @EnumSource
    void all_that_can_be_waited_for_is_read_as_it_was_written(WaitsFor waitsFor) {
        var reply = SubmitReply.NotNow.notSent(waitsFor, "");

        assertThat(Json.reply(Json.write(reply))).isEqualTo(reply);
    }

    @Test
    void terms_have_their_form() {
        var all = new Terms(Duration.ofHours(2), OnQuota.FAIL, OnUnknown.FAIL, true, -7);
        var form =
                json(
                        "{'patience':'PT2H','onQuota':'FAIL','onUnknown':'FAIL',"
                                + "'allowRepeat':true,'priority':-7}");

        assertThat(Json.write(all)).isEqualTo(form);
        assertThat(Json.terms(form)).isEqualTo(all);
        assertThat(Json.terms(Json.write(Terms.DEFAULT))).isEqualTo(Terms.DEFAULT);
    }

    @Test
    void remarks_have_their_form_and_the_requester_stands_beside_it() {
        var trace = new Trace("00-1", "a=b");
        var all =
                new Remarks(
                        Instant.parse("2026-01-01T12:00:00.123456789Z"), "me", "c", "{}", trace);
        var form =
                json(
                        "{'requestedAt':'2026-01-01T12:00:00.123456789Z','correlationId':'c',"
                                + "'context':'{}','trace':{'parent':'00-1','state':'a=b'}}");

        assertThat(Json.write(all)).isEqualTo(form);
        assertThat(Json.remarks(form, "me")).isEqualTo(all);
        assertThat(Json.write(Remarks.NONE)).isEqualTo("{}");
        assertThat(Json.remarks("{}", null)).isEqualTo(Remarks.NONE);
    }

    @Test
    void remarks_of_before_there_were_traces_are_still_read() {
        var form = json("{'requestedAt':'2026-01-01T12:00:00Z','correlationId':'c'}");

        assertThat(Json.remarks(form, "me")).isEqualTo(new Remarks(NOON, "me", "c", null, null));
    }

    @Test
    void headers_keep_every_byte() {
        var headers =
                List.of(
                        new Header("ce_id", Blob.of(new byte[] {0, -1, 'x'})),
                        new Header("null", null),
                        new Header("ce_id", Blob.of("")));
        var form =
                json("[{'name':'ce_id','value':'AP94'},{'name':'null'},")
                        + json("{'name':'ce_id','value':''}]");

        assertThat(Json.write(headers)).isEqualTo(form);
        assertThat(Json.headers(form)).isEqualTo(headers);
        assertThat(Json.headers(Json.write(List.of()))).isEmpty();
    }

    @Test
    void what_a_later_version_adds_is_passed_over() {
        assertThat(Json.reply(json("{'reply':'unknown','cause':'c','added':{'x':[1]}}")))
                .isEqualTo(new SubmitReply.Unknown("c"));
        assertThat(Json.remarks(json("{'added':1}"), null)).isEqualTo(Remarks.NONE);
    }

    @Test
    void what_cannot_be_read_is_not_quoted() {
        assertThatThrownBy(() -> Json.outcome("{\"secret\": "))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Outcome")
                .cause()
                .hasMessageNotContaining("secret");
    }

    private static String json(String withSingleQuotes) {
        return withSingleQuotes.replace('\'', '"');
    }
}
