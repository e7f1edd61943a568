package dev.restoreworker.atlas;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.restoreworker.core.ListedJob;
import dev.restoreworker.core.Outcome.AtlasError;
import dev.restoreworker.core.Outcome.Reason;
import dev.restoreworker.core.RequestRules;
import dev.restoreworker.core.SubmitReply;
import dev.restoreworker.core.SubmitReply.Created;
import dev.restoreworker.core.SubmitReply.NotNow;
import dev.restoreworker.core.SubmitReply.Refused;
import dev.restoreworker.core.SubmitReply.Unknown;
import dev.restoreworker.core.Text;
import dev.restoreworker.core.WaitsFor;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What an answer means: the only place that knows Atlas' status and error codes. Whatever is not
 * known to prove that no job was made is {@link Unknown}.
 */
final class AtlasReplies {

    private static final ObjectReader JSON =
            new ObjectMapper().reader(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final Duration RETRY_AFTER_MAX = Duration.ofHours(1);

    /** What is not of this form is not a code of Atlas' and says nothing. */
    private static final Pattern CODE = Pattern.compile("(?=.*[A-Z])[A-Z0-9_]{1,100}");

    private static final int DETAIL_LENGTH_MAX = 500;
    private static final Pattern URL = Pattern.compile("(?i)\\b[a-z][a-z0-9+.-]*://\\S*");
    private static final Pattern SIGNATURE =
            Pattern.compile("(?i)\\b(nonce|cnonce|response|opaque)\\s*=\\s*\"?[^\",\\s]*\"?");

    /** What Atlas writes where it has no code for a fault: it says no more than a missing one. */
    private static final String NO_CODE = "UNEXPECTED_ERROR";

    private AtlasReplies() {}

    /** What else a refusal holds for, besides the call that it answers. */
    enum Blame {
        /** Nothing: another request may be granted. */
        REQUEST,
        /** All that is asked about the project, for a while. */
        RATE,
        /** All onto targets in the same project. */
        TARGET,
        /** All of the same project. */
        PROJECT,
        /** All with the same credential. */
        CREDENTIAL,
        /** Atlas does not say whether it is the credential or what it was used for. */
        UNCLEAR
    }

    /** What the answer to a create call says; {@code jobsUrl} is where the source's jobs are. */
    static SubmitReply submitReply(Answer answer, String jobsUrl) {
        return switch (answer.status()) {
            case 200, 201 -> created(answer, jobsUrl);
            case 401, 402, 403 -> notNow(WaitsFor.CREDENTIAL, answer);
            case 429 -> notNow(WaitsFor.RATE, answer);
            case 400, 404, 405, 409 -> refused(answer);
            // A gateway may answer so for a call that got through.
            default -> new Unknown("Atlas answered HTTP " + answer.status());
        };
    }

    /**
     * Why the answer to a signed read shows that no call can be sent now; empty if one can. That
     * the project or the cluster does not exist is no reason: the create call will be told so.
     */
    static Optional<NotNow> obstacle(Answer answer) {
        return switch (answer.status()) {
            case 200 -> Optional.empty();
            case 401, 402, 403 -> Optional.of(notNow(WaitsFor.CREDENTIAL, answer));
            case 429 -> Optional.of(notNow(WaitsFor.RATE, answer));
            case 400, 404, 405, 409 ->
                    error(answer).errorCode().isEmpty()
                            ? Optional.of(notNow(WaitsFor.ATLAS, answer))
                            : Optional.empty();
            default -> Optional.of(notNow(WaitsFor.ATLAS, answer));
        };
    }

    /**
     * What an answer that lets nothing in holds for. A code that is not known holds for the
     * project: whoever asks for a foreign one must not stop the others.
     */
    static Blame blame(Answer answer) {
        return switch (answer.status()) {
            case 429 -> Blame.RATE;
            case 401 ->
                    switch (error(answer).errorCode()) {
                        case "", NO_CODE -> Blame.UNCLEAR;
                        case "NO_CURRENT_USER" -> Blame.CREDENTIAL;
                        default -> Blame.PROJECT;
                    };
            case 402 ->
                    switch (error(answer).errorCode()) {
                        case "", NO_CODE -> Blame.UNCLEAR;
                        case "ACCOUNT_SUSPENDED" -> Blame.CREDENTIAL;
                        default -> Blame.PROJECT;
                    };
            case 403 ->
                    switch (error(answer).errorCode()) {
                        case "IP_ADDRESS_NOT_ON_ACCESS_LIST",
                                "IP_ADDRESS_NOT_ON_WHITELIST",
                                "RESOURCE_REQUIRES_WHITELIST",
                                "ORG_REQUIRES_WHITELIST" ->
                                Blame.CREDENTIAL;
                        case "CANNOT_RESTORE_TO_TARGET" -> Blame.TARGET;
                        case "UNSUPPORTED_FOR_CURRENT_PLAN",
                                "UNSUPPORTED_FOR_CURRENT_CONFIG",
                                "FEATURE_UNSUPPORTED" ->
                                Blame.REQUEST;
                        default -> Blame.PROJECT;
                    };
            default -> Blame.REQUEST;
        };
    }

    /** Whether Atlas took the call in: it was neither refused for who sent it nor failed. */
    static boolean isLetIn(Answer answer) {
        return switch (answer.status()) {
            case 401, 402, 403, 429 -> false;
            default -> answer.status() >= 200 && answer.status() < 500;
        };
    }

    /** Whether what was to be cancelled is, or is not there. */
    static boolean isGone(Answer answer) {
        return answer.status() == 200
                || answer.status() == 202
                || answer.status() == 204
                || isNotFound(answer);
    }

    /** Why the answer to a read does not show what was asked for. */
    static NotNow unseen(Answer answer) {
        return obstacle(answer).orElseGet(() -> notNow(WaitsFor.ATLAS, answer));
    }

    /** Whether Atlas says of what was to be read that there is no such thing. */
    static boolean isNotFound(Answer answer) {
        return answer.status() == 404 && !error(answer).errorCode().isEmpty();
    }

    private static SubmitReply created(Answer answer, String jobsUrl) {
        var job = json(answer.body());
        var id = job.path("id").asText("");
        return job.path("id").isTextual() && RequestRules.isAtlasId(id)
                ? new Created(id, createdAt(job, id), jobsUrl + "/" + id)
                : new Unknown(
                        "Atlas answered HTTP %d, and the answer names no job"
                                .formatted(answer.status()));
    }

    /** Version 1.0 says when; otherwise it is in the id, whose first 4 bytes are its second. */
    private static Instant createdAt(JsonNode job, String id) {
        try {
            if (job.path("createdAt").isTextual()) {
                return OffsetDateTime.parse(job.path("createdAt").textValue()).toInstant();
            }
        } catch (DateTimeException _) {
            // Not a time: the id says it as well.
        }
        return ListedJob.createdAt(id);
    }

    private static SubmitReply refused(Answer answer) {
        var error = error(answer);
        return switch (error.errorCode()) {
            case "", NO_CODE ->
                    new Unknown(
                            "Atlas answered HTTP %d without an error code that says why"
                                    .formatted(error.status()));
            case "TOO_MANY_SNAPSHOT_DOWNLOADS" -> notNow(WaitsFor.SLOT, answer);
            case "CANNOT_DOWNLOAD_SNAPSHOT_CONCURRENTLY" -> notNow(WaitsFor.SNAPSHOT, answer);
            case "CANNOT_DOWNLOAD_INCOMPLETE_SNAPSHOT",
                    "CANNOT_START_RESTORE_JOB_FOR_INCOMPLETE_CLUSTER_SNAPSHOT" ->
                    notNow(WaitsFor.SNAPSHOT, Reason.SNAPSHOT_UNUSABLE, answer);
            case "ATLAS_CLUSTER_RESTORE_IN_PROGRESS",
                    "CLUSTER_PAUSED_CANNOT_RESTORE",
                    "CANNOT_PERFORM_RESTORE_ON_CLUSTER_WITH_RUNNING_LIVE_IMPORT",
                    "CANNOT_UPDATE_PAUSED_CLUSTER" ->
                    notNow(WaitsFor.TARGET, answer);
            case "WRITES_NOT_ALLOWED_DURING_APP_UPGRADES", "DEFAULT_CONFIG_LIMIT_EXCEPTION" ->
                    notNow(WaitsFor.ATLAS, answer);
            // The restore may have begun before it failed: that is looked into, never believed.
            case "RESTORE_INITIATION_FAILED" -> new Unknown(said(error));
            case "SNAPSHOT_NOT_FOUND",
                    "INVALID_SNAPSHOT_ID",
                    "CANNOT_START_RESTORE_JOB_FOR_DELETED_SNAPSHOT",
                    "CANNOT_START_RESTORE_JOB_FOR_DELETED_CLUSTER_SNAPSHOT",
                    "CANNOT_DOWNLOAD_SNAPSHOT_WITH_ENCRYPTION" ->
                    new Refused(Reason.SNAPSHOT_UNUSABLE, error);
            default -> new Refused(Reason.REFUSED_BY_ATLAS, error);
        };
    }

    private static NotNow notNow(WaitsFor waitsFor, Answer answer) {
        return notNow(waitsFor, waitsFor.atTheEnd(), answer);
    }

    private static NotNow notNow(WaitsFor waitsFor, Reason reason, Answer answer) {
        var error = error(answer);
        return new NotNow(waitsFor, reason, retryAfter(answer.headers()), said(error), error);
    }

    private static String said(AtlasError error) {
        var code = error.errorCode().isEmpty() ? "" : " " + error.errorCode();
        var detail = error.detail().isEmpty() ? "" : ": " + error.detail();
        return "Atlas answered HTTP %d%s%s".formatted(error.status(), code, detail);
    }

    private static AtlasError error(Answer answer) {
        var body = json(answer.body());
        var code = body.path("errorCode").textValue();
        code = code == null ? "" : code.strip();
        if (code.isEmpty()) {
            code = Optional.ofNullable(answer.headers().errorCode()).orElse("").strip();
        }
        return new AtlasError(
                answer.status(),
                CODE.matcher(code).matches() ? code : "",
                detail(body.path("detail").asText("")));
    }

    /** A URL may be one that grants a download, and what signs a call may be echoed. */
    private static String detail(String text) {
        var harmless = SIGNATURE.matcher(URL.matcher(text).replaceAll("(a URL)"));
        return Text.cut(Text.storable(harmless.replaceAll("$1=(hidden)")), DETAIL_LENGTH_MAX);
    }

    private static JsonNode json(String body) {
        try {
            return body.isBlank() ? MissingNode.getInstance() : JSON.readTree(body);
        } catch (JsonProcessingException _) {
            return MissingNode.getInstance();
        }
    }

    /** Seconds, or a time, which is compared with the answer's own; zero if it says neither. */
    private static Duration retryAfter(Answer.Headers headers) {
        var value = headers.retryAfter();
        if (value == null) {
            return Duration.ZERO;
        }
        var asked =
                value.strip().matches("\\d{1,9}")
                        ? Duration.ofSeconds(Long.parseLong(value.strip()))
                        : HttpDate.parse(headers.date())
                                .flatMap(
                                        now ->
                                                HttpDate.parse(value)
                                                        .map(until -> Duration.between(now, until)))
                                .orElse(Duration.ZERO);
        if (asked.isNegative()) {
            return Duration.ZERO;
        }
        return asked.compareTo(RETRY_AFTER_MAX) < 0 ? asked : RETRY_AFTER_MAX;
    }
}
