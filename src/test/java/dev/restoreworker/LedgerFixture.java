package dev.restoreworker;

import dev.restoreworker.Ledger.Opening;
import dev.restoreworker.Ledger.Start;
import dev.restoreworker.OutgoingEvent.Header;
import dev.restoreworker.OutgoingEvent.Kind;
import dev.restoreworker.core.Decision;
import dev.restoreworker.core.Decision.AttemptChange;
import dev.restoreworker.core.Delivery;
import dev.restoreworker.core.Ending;
import dev.restoreworker.core.LedgerEntry.Stage;
import dev.restoreworker.core.Outcome;
import dev.restoreworker.core.Outcome.AtlasError;
import dev.restoreworker.core.Outcome.JobCreated;
import dev.restoreworker.core.Outcome.JobFailed;
import dev.restoreworker.core.Outcome.Reason;
import dev.restoreworker.core.Quota;
import dev.restoreworker.core.RestoreRequest;
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

/** Requests, decisions and events to try a ledger with. */
public final class LedgerFixture {

    public static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    public static final Instant ATLAS_NOON = NOON.plusMillis(1234);
    public static final Duration LEASE = Duration.ofMinutes(2);
    public static final Duration SETTLE = Duration.ofMinutes(3);
    public static final Duration HOLD = Duration.ofSeconds(30);
    public static final Duration MINUTE = Duration.ofMinutes(1);

    public static final String PROJECT = "a".repeat(24);
    public static final String SNAPSHOT = "b".repeat(24);
    public static final Delivery DOWNLOAD = new Delivery.Download(SNAPSHOT);

    public static final AtlasError ERROR = new AtlasError(400, "SOME_CODE", "some “detail”");
    public static final SubmitReply UNKNOWN = new SubmitReply.Unknown("no answer in 30 s");
    public static final SubmitReply NOT_NOW =
            new SubmitReply.NotNow(
                    WaitsFor.SLOT, Reason.QUOTA_EXCEEDED, Duration.ofSeconds(7), "full", ERROR);
    public static final SubmitReply REFUSED =
            new SubmitReply.Refused(Reason.REFUSED_BY_ATLAS, ERROR);
    public static final JobFailed FAILED = new JobFailed(Reason.REFUSED_BY_ATLAS, "no", ERROR);
    public static final JobFailed UNKNOWN_OUTCOME =
            new JobFailed(Reason.OUTCOME_UNKNOWN, "look", null, List.of("j"));
    public static final JobFailed INVALID = Outcome.invalid(List.of("snapshotId is missing"));

    private static final Terms TERMS =
            new Terms(Duration.ofMinutes(90), OnQuota.FAIL, OnUnknown.FAIL, true, -3);
    private static final Remarks REMARKS =
            new Remarks(
                    NOON.minusNanos(1),
                    "zoë",
                    "c-1",
                    "{\"ticket\": \"\\u0000 ✓\"}",
                    new Trace("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "a=b"));

    /** For what is about something else. */
    public static final Quota NO_QUOTA = quota(Integer.MAX_VALUE, Integer.MAX_VALUE);

    private LedgerFixture() {}

    public static Quota quota(int ofProject, int ofSnapshot) {
        return new Quota() {
            @Override
            public int downloadsPerProject(String projectId) {
                return ofProject;
            }

            @Override
            public int downloadsPerSnapshot() {
                return ofSnapshot;
            }
        };
    }

    public static RestoreRequest request(String id) {
        return request(id, DOWNLOAD);
    }

    public static RestoreRequest request(String id, Delivery delivery) {
        return new RestoreRequest(id, PROJECT, "orders", delivery, TERMS, REMARKS);
    }

    public static Origin origin(long offset) {
        return new Origin("restore-requests", 3, offset);
    }

    /** A request that waits for its turn. */
    public static Opening waiting(String id) {
        return waiting(request(id), 1);
    }

    public static Opening waiting(RestoreRequest request, long offset) {
        return opening(request, offset, new Start.Wait(request));
    }

    /** A request whose first attempt is written down with it. */
    public static Opening submitting(String id) {
        var request = request(id);
        return opening(request, 1, new Start.Submit(request, begin()));
    }

    /** A request that never goes to Atlas. */
    public static Opening failing(String id) {
        return opening(request(id), 1, new Start.Fail(INVALID), event(id));
    }

    public static Opening opening(
            RestoreRequest request, long offset, Start start, OutgoingEvent... events) {
        return new Opening(
                request.id(),
                request.content(),
                request.remarks(),
                origin(offset),
                start,
                List.of(events),
                null,
                null,
                null);
    }

    public static AttemptChange.Begin begin() {
        return new AttemptChange.Begin(ATLAS_NOON, LEASE);
    }

    public static Decision beginning() {
        return new Decision(new Stage.Submitting(), LEASE, begin());
    }

    public static Decision abandoning(int attempt) {
        return new Decision(new Stage.Submitting(), SETTLE, new AttemptChange.Abandon(attempt));
    }

    public static Decision waitingFor(WaitsFor waitsFor, int tries, AttemptChange change) {
        return new Decision(new Stage.Waiting(waitsFor, tries), MINUTE, change);
    }

    /** What {@code Lifecycle} makes of an outcome that is known. */
    public static Decision settling(Outcome outcome, AttemptChange change) {
        return outcome instanceof JobCreated created
                ? new Decision(new Stage.Tracked(created), MINUTE, change)
                : new Decision(new Stage.Settled(outcome), Duration.ZERO, change);
    }

    /** It ends as unknown. */
    public static Decision following() {
        return new Decision(new Stage.Followed(UNKNOWN_OUTCOME), MINUTE, new AttemptChange.None());
    }

    /** It ended as unknown, and its job is known since. */
    public static Decision tracking(String jobId) {
        return new Decision(
                new Stage.Tracked(UNKNOWN_OUTCOME, jobId, null), MINUTE, new AttemptChange.None());
    }

    public static Decision ending(Ending ending) {
        return new Decision(
                new Stage.Over(UNKNOWN_OUTCOME, ending), Duration.ZERO, new AttemptChange.None());
    }

    /** What {@code Lifecycle} makes of these answers. */
    public static Decision answering(int attempt, SubmitReply reply) {
        var change = new AttemptChange.Answer(attempt, reply);
        return switch (reply) {
            case SubmitReply.Created(var jobId, var at, var link) ->
                    settling(new JobCreated(jobId, at, link), change);
            case SubmitReply.Refused _ -> settling(FAILED, change);
            case SubmitReply.NotNow _ -> waitingFor(WaitsFor.SLOT, 1, change);
            case SubmitReply.Unknown _ -> new Decision(new Stage.Submitting(), SETTLE, change);
        };
    }

    public static SubmitReply created(String jobId) {
        return new SubmitReply.Created(
                jobId, NOON.plusSeconds(5), "https://atlas.example/" + jobId);
    }

    public static OutgoingEvent event(String requestId) {
        return new OutgoingEvent(
                Kind.JOB_FAILED,
                Blob.of(requestId),
                Blob.of(new byte[] {0, -1, '"', '\\'}),
                List.of(Header.of("ce_id", requestId + " ✓"), new Header("empty", null)));
    }

    public static DeadLetter letter(String fingerprint) {
        return new DeadLetter(
                DeadLetter.Reason.UNREADABLE,
                fingerprint,
                new OutgoingEvent(Kind.DEAD_LETTER, null, null, List.of()));
    }
}
