package dev.restoreworker.atlas;

import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.atlas.Answer.Headers;
import dev.restoreworker.core.Outcome.AtlasError;
import dev.restoreworker.core.Outcome.Reason;
import dev.restoreworker.core.SubmitReply;
import dev.restoreworker.core.SubmitReply.Created;
import dev.restoreworker.core.SubmitReply.NotNow;
import dev.restoreworker.core.SubmitReply.Refused;
import dev.restoreworker.core.SubmitReply.Unknown;
import dev.restoreworker.core.WaitsFor;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AtlasRepliesTest {

    private static final String JOBS = "https://atlas.test/jobs";
    private static final String ID = "65a0f1c2d3e4f5a6b7c8d9e0";

    @ParameterizedTest
    @ValueSource(ints = {200, 201})
    void a_job_is_created_in_the_second_that_its_id_encodes(int status) {
        assertThat(reply(status, "{\"id\": \"%s\", \"deliveryUrl\": []}".formatted(ID)))
                .isEqualTo(new Created(ID, Instant.ofEpochSecond(0x65a0f1c2L), JOBS + "/" + ID));
    }

    @Test
    void the_last_second_that_an_id_can_encode_is_no_negative_number() {
        assertThat(reply(200, "{\"id\": \"ffffffffd3e4f5a6b7c8d9e0\"}"))
                .isInstanceOfSatisfying(
                        Created.class,
                        it ->
                                assertThat(it.createdAt())
                                        .isEqualTo(Instant.ofEpochSecond(0xffffffffL)));
    }

    @Test
    void where_the_answer_says_when_it_is_believed() {
        assertThat(
                        reply(
                                200,
                                "{\"id\": \"%s\", \"createdAt\": \"2026-01-02T03:04:05Z\"}"
                                        .formatted(ID)))
                .isEqualTo(new Created(ID, Instant.parse("2026-01-02T03:04:05Z"), JOBS + "/" + ID));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"yesterday\"", "null", "17"})
    void a_creation_time_that_is_none_is_read_from_the_id(String createdAt) {
        assertThat(reply(200, "{\"id\": \"%s\", \"createdAt\": %s}".formatted(ID, createdAt)))
                .isInstanceOfSatisfying(
                        Created.class,
                        it ->
                                assertThat(it.createdAt())
                                        .isEqualTo(Instant.ofEpochSecond(0x65a0f1c2L)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "  ",
                "{}",
                "[]",
                "null",
                "<html>",
                "{\"id\":",
                "{\"id\": null}",
                "{\"id\": \"\"}",
                "{\"id\": 17}",
                "{\"id\": \"65A0F1C2D3E4F5A6B7C8D9E0\"}",
                "{\"id\": \"65a0f1c2d3e4f5a6b7c8d9e\"}",
                "{\"id\": \"65a0f1c2d3e4f5a6b7c8d9e0a\"}",
                "{\"id\": {\"$oid\": \"65a0f1c2d3e4f5a6b7c8d9e0\"}}",
                "{\"id\": \"65a0f1c2d3e4f5a6b7c8d9e0\"} and more"
            })
    void a_success_that_names_no_job_is_unknown(String body) {
        assertThat(reply(200, body)).isInstanceOf(Unknown.class);
    }

    @ParameterizedTest
    @CsvSource({
        "400, TOO_MANY_SNAPSHOT_DOWNLOADS, SLOT, QUOTA_EXCEEDED",
        "400, CANNOT_DOWNLOAD_SNAPSHOT_CONCURRENTLY, SNAPSHOT, QUOTA_EXCEEDED",
        "409, CANNOT_DOWNLOAD_INCOMPLETE_SNAPSHOT, SNAPSHOT, SNAPSHOT_UNUSABLE",
        "409, CANNOT_START_RESTORE_JOB_FOR_INCOMPLETE_CLUSTER_SNAPSHOT, SNAPSHOT, SNAPSHOT_UNUSABLE",
        "409, ATLAS_CLUSTER_RESTORE_IN_PROGRESS, TARGET, TARGET_BUSY",
        "400, CLUSTER_PAUSED_CANNOT_RESTORE, TARGET, TARGET_BUSY",
        "400, CANNOT_PERFORM_RESTORE_ON_CLUSTER_WITH_RUNNING_LIVE_IMPORT, TARGET, TARGET_BUSY",
        "409, CANNOT_UPDATE_PAUSED_CLUSTER, TARGET, TARGET_BUSY",
        "405, WRITES_NOT_ALLOWED_DURING_APP_UPGRADES, ATLAS, ATLAS_UNAVAILABLE",
        "400, DEFAULT_CONFIG_LIMIT_EXCEPTION, ATLAS, ATLAS_UNAVAILABLE",
        "429, RATE_LIMITED_TOKEN_BUCKET, RATE, ATLAS_UNAVAILABLE",
        "429, RATE_LIMITED, RATE, ATLAS_UNAVAILABLE",
        "429, , RATE, ATLAS_UNAVAILABLE",
        "401, NOT_IN_GROUP, CREDENTIAL, CREDENTIAL_REFUSED",
        "401, , CREDENTIAL, CREDENTIAL_REFUSED",
        "401, TOO_MANY_SNAPSHOT_DOWNLOADS, CREDENTIAL, CREDENTIAL_REFUSED",
        "402, NO_PAYMENT_INFORMATION_FOUND, CREDENTIAL, CREDENTIAL_REFUSED",
        "403, IP_ADDRESS_NOT_ON_ACCESS_LIST, CREDENTIAL, CREDENTIAL_REFUSED",
        "401, USER_CANNOT_ACCESS_GROUP, CREDENTIAL, CREDENTIAL_REFUSED",
        "401, USER_UNAUTHORIZED, CREDENTIAL, CREDENTIAL_REFUSED",
        "401, NO_CURRENT_USER, CREDENTIAL, CREDENTIAL_REFUSED",
        "401, UNEXPECTED_ERROR, CREDENTIAL, CREDENTIAL_REFUSED",
        "402, ACCOUNT_SUSPENDED, CREDENTIAL, CREDENTIAL_REFUSED",
        "402, , CREDENTIAL, CREDENTIAL_REFUSED",
        "403, IP_ADDRESS_NOT_ON_WHITELIST, CREDENTIAL, CREDENTIAL_REFUSED",
        "403, ACCESS_FORBIDDEN, CREDENTIAL, CREDENTIAL_REFUSED",
        "403, CANNOT_RESTORE_TO_TARGET, CREDENTIAL, CREDENTIAL_REFUSED",
        "403, , CREDENTIAL, CREDENTIAL_REFUSED"
    })
    void what_may_pass_is_waited_for(int status, String code, WaitsFor waitsFor, Reason reason) {
        assertThat(reply(status, code == null ? "{}" : error(code)))
                .isInstanceOfSatisfying(
                        NotNow.class,
                        it -> {
                            assertThat(it.waitsFor()).isEqualTo(waitsFor);
                            assertThat(it.reason()).isEqualTo(reason);
                            assertThat(it.retryAfter()).isZero();
                            assertThat(it.error())
                                    .isEqualTo(
                                            code == null
                                                    ? new AtlasError(status, "", "")
                                                    : new AtlasError(status, code, "It is so."));
                            assertThat(it.detail()).contains("HTTP " + status);
                        });
    }

    @ParameterizedTest
    @CsvSource({
        "404, SNAPSHOT_NOT_FOUND, SNAPSHOT_UNUSABLE",
        "404, INVALID_SNAPSHOT_ID, SNAPSHOT_UNUSABLE",
        "409, CANNOT_START_RESTORE_JOB_FOR_DELETED_SNAPSHOT, SNAPSHOT_UNUSABLE",
        "409, CANNOT_START_RESTORE_JOB_FOR_DELETED_CLUSTER_SNAPSHOT, SNAPSHOT_UNUSABLE",
        "400, CANNOT_DOWNLOAD_SNAPSHOT_WITH_ENCRYPTION, SNAPSHOT_UNUSABLE",
        "404, CLUSTER_NOT_FOUND, REFUSED_BY_ATLAS",
        "404, GROUP_NOT_FOUND, REFUSED_BY_ATLAS",
        "404, UNABLE_T0_FIND_SNAPSHOT_PRIOR_TO_PIT_RESTORE_OPTIME, REFUSED_BY_ATLAS",
        "400, INVALID_PIT_RESTORE_TIME, REFUSED_BY_ATLAS",
        "400, CANNOT_USE_FLEX_CLUSTER_IN_CLUSTER_API, REFUSED_BY_ATLAS",
        "405, SOME_METHOD_IS_NOT_ALLOWED, REFUSED_BY_ATLAS",
        "409, NO_CHECKPOINT_FOR_PIT_RESTORE, REFUSED_BY_ATLAS"
    })
    void what_stays_so_is_refused(int status, String code, Reason reason) {
        assertThat(reply(status, error(code)))
                .isEqualTo(new Refused(reason, new AtlasError(status, code, "It is so.")));
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404, 405, 409})
    void a_refusal_without_a_code_that_says_why_is_unknown(int status) {
        assertThat(
                        List.of(
                                "",
                                "{}",
                                "{\"errorCode\": null}",
                                "{\"errorCode\": \"\"}",
                                "{\"errorCode\": 404}",
                                "{\"errorCode\": \"404\"}",
                                "{\"errorCode\": [\"CLUSTER_NOT_FOUND\"]}",
                                "[{\"errorCode\": \"CLUSTER_NOT_FOUND\"}]",
                                "\"CLUSTER_NOT_FOUND\"",
                                "<html>CLUSTER_NOT_FOUND</html>",
                                "{\"errorCode\": \"CLUSTER_NOT_FOUND\"",
                                error("UNEXPECTED_ERROR")))
                .allSatisfy(body -> assertThat(reply(status, body)).isInstanceOf(Unknown.class));
    }

    @Test
    void a_restore_whose_start_failed_may_have_begun() {
        assertThat(reply(409, error("RESTORE_INITIATION_FAILED")))
                .isEqualTo(
                        new Unknown(
                                "Atlas answered HTTP 409 RESTORE_INITIATION_FAILED: It is so."));
    }

    @ParameterizedTest
    @ValueSource(
            ints = {202, 204, 301, 302, 307, 308, 406, 408, 410, 415, 422, 500, 502, 503, 504, 599})
    void whatever_may_have_got_through_is_unknown(int status) {
        assertThat(reply(status, error("TOO_MANY_SNAPSHOT_DOWNLOADS")))
                .isEqualTo(new Unknown("Atlas answered HTTP " + status));
    }

    @Test
    void the_header_gives_the_code_where_the_body_does_not() {
        var headers = new Headers(null, null, "CLUSTER_NOT_FOUND", List.of());

        assertThat(
                        List.of("", "<html>", "{\"errorCode\": null}", "{}").stream()
                                .map(
                                        it ->
                                                AtlasReplies.submitReply(
                                                        new Answer(404, headers, it), JOBS)))
                .allSatisfy(
                        it ->
                                assertThat(it)
                                        .isEqualTo(
                                                new Refused(
                                                        Reason.REFUSED_BY_ATLAS,
                                                        new AtlasError(
                                                                404, "CLUSTER_NOT_FOUND", ""))));
    }

    @ParameterizedTest
    @CsvSource({
        "30, PT30S",
        "' 30 ', PT30S",
        "0, PT0S",
        "999999999, PT1H",
        "99999999999999999999, PT0S",
        "-5, PT0S",
        "soon, PT0S",
        "'Fri, 02 Jan 2026 12:00:45 GMT', PT45S",
        "'Fri, 02 Jan 2026 11:59:00 GMT', PT0S",
        "'Sat, 03 Jan 2026 12:00:00 GMT', PT1H"
    })
    void a_rate_limit_is_waited_out_for_as_long_as_atlas_asks_within_reason(
            String retryAfter, Duration expected) {
        var headers = new Headers("Fri, 02 Jan 2026 12:00:00 GMT", retryAfter, null, List.of());

        assertThat(AtlasReplies.submitReply(new Answer(429, headers, ""), JOBS))
                .isInstanceOfSatisfying(
                        NotNow.class, it -> assertThat(it.retryAfter()).isEqualTo(expected));
    }

    @Test
    void a_time_to_retry_at_says_nothing_without_the_answers_own() {
        var headers = new Headers(null, "Fri, 02 Jan 2026 12:00:45 GMT", null, List.of());

        assertThat(AtlasReplies.submitReply(new Answer(429, headers, ""), JOBS))
                .isInstanceOfSatisfying(NotNow.class, it -> assertThat(it.retryAfter()).isZero());
    }

    @Test
    void no_url_and_nothing_that_signs_gets_into_a_detail() {
        var body =
                """
                {"errorCode": "SOME_CODE", "detail": "See https://restore-1.test:27017/5ecre7/a.tar.gz\
                 and nonce=\\"n0nce\\", response=\\"5ecre7\\"\\u0000."}
                """;

        assertThat(reply(400, body))
                .isInstanceOfSatisfying(
                        Refused.class,
                        it ->
                                assertThat(it.error().detail())
                                        .isEqualTo(
                                                "See (a URL) and nonce=(hidden), response=(hidden)\\u0000."));
    }

    @Test
    void a_long_detail_is_cut() {
        var body =
                "{\"errorCode\": \"CLUSTER_NOT_FOUND\", \"detail\": \"%s\"}"
                        .formatted("d".repeat(50_000));

        assertThat(reply(404, body))
                .isInstanceOfSatisfying(
                        Refused.class,
                        it ->
                                assertThat(it.error().detail())
                                        .hasSizeLessThan(600)
                                        .startsWith("ddd"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"see https://x/secret", "cluster_not_found", "A B", "C-1", "\\u0000"})
    void what_is_not_of_the_form_of_a_code_is_none_and_says_nothing(String code) {
        assertThat(reply(404, "{\"errorCode\": \"%s\"}".formatted(code)))
                .isInstanceOfSatisfying(
                        Unknown.class,
                        it -> assertThat(it.cause()).doesNotContain("secret", "cluster"));
    }

    @ParameterizedTest
    @CsvSource({
        "401, , UNCLEAR",
        "401, UNEXPECTED_ERROR, UNCLEAR",
        "401, NO_CURRENT_USER, CREDENTIAL",
        "401, NOT_IN_GROUP, PROJECT",
        "401, USER_CANNOT_ACCESS_GROUP, PROJECT",
        "401, USER_CANNOT_ACCESS_ORG, PROJECT",
        "401, USER_UNAUTHORIZED, PROJECT",
        "402, , UNCLEAR",
        "402, ACCOUNT_SUSPENDED, CREDENTIAL",
        "402, NO_PAYMENT_INFORMATION_FOUND, PROJECT",
        "403, IP_ADDRESS_NOT_ON_ACCESS_LIST, CREDENTIAL",
        "403, IP_ADDRESS_NOT_ON_WHITELIST, CREDENTIAL",
        "403, RESOURCE_REQUIRES_WHITELIST, CREDENTIAL",
        "403, ORG_REQUIRES_WHITELIST, CREDENTIAL",
        "403, ACCESS_FORBIDDEN, PROJECT",
        "403, A_NEW_CODE, PROJECT",
        "403, , PROJECT",
        "403, CANNOT_RESTORE_TO_TARGET, TARGET",
        "403, FEATURE_UNSUPPORTED, REQUEST",
        "429, RATE_LIMITED, RATE",
        "429, , RATE",
        "404, GROUP_NOT_FOUND, REQUEST",
        "500, , REQUEST"
    })
    void a_refusal_holds_for_no_more_than_atlas_says(
            int status, String code, AtlasReplies.Blame blame) {
        assertThat(
                        AtlasReplies.blame(
                                new Answer(
                                        status,
                                        Headers.NONE,
                                        code == null ? "<html>" : error(code))))
                .isEqualTo(blame);
    }

    @ParameterizedTest
    @CsvSource({"200, ", "404, CLUSTER_NOT_FOUND", "404, GROUP_NOT_FOUND", "400, ANY_CODE"})
    void a_read_that_was_let_in_shows_that_calls_can_be_sent(int status, String code) {
        assertThat(obstacle(status, code)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "401, , CREDENTIAL",
        "402, , CREDENTIAL",
        "403, IP_ADDRESS_NOT_ON_ACCESS_LIST, CREDENTIAL",
        "429, , RATE",
        "404, , ATLAS",
        "405, , ATLAS",
        "204, , ATLAS",
        "302, , ATLAS",
        "500, UNEXPECTED_ERROR, ATLAS",
        "503, , ATLAS"
    })
    void any_other_answer_to_a_read_says_what_is_waited_for(
            int status, String code, WaitsFor waitsFor) {
        assertThat(obstacle(status, code))
                .hasValueSatisfying(it -> assertThat(it.waitsFor()).isEqualTo(waitsFor));
    }

    @Test
    void an_answer_does_not_show_its_body_or_its_challenges() {
        var answer =
                new Answer(
                        200,
                        new Headers(null, null, null, List.of("Digest nonce=\"n0nce\"")),
                        "{\"deliveryUrl\": [\"https://5ecre7\"]}");

        assertThat(answer + " " + answer.headers()).doesNotContain("5ecre7", "n0nce");
    }

    private static Optional<NotNow> obstacle(int status, String code) {
        return AtlasReplies.obstacle(
                new Answer(status, Headers.NONE, code == null ? "<html>" : error(code)));
    }

    private static SubmitReply reply(int status, String body) {
        return AtlasReplies.submitReply(new Answer(status, Headers.NONE, body), JOBS);
    }

    private static String error(String code) {
        return "{\"error\": 400, \"errorCode\": \"%s\", \"detail\": \"It is so.\", \"parameters\": null}"
                .formatted(code);
    }
}
