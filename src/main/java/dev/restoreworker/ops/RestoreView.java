package dev.restoreworker.ops;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.restoreworker.Ledger.History;
import dev.restoreworker.core.Attempt;
import dev.restoreworker.core.Attempt.State;
import dev.restoreworker.core.Cancel;
import dev.restoreworker.core.Content;
import dev.restoreworker.core.Ending;
import dev.restoreworker.core.Following;
import dev.restoreworker.core.LedgerEntry;
import dev.restoreworker.core.LedgerEntry.Stage;
import dev.restoreworker.core.Outcome;
import dev.restoreworker.core.Outcome.AtlasError;
import dev.restoreworker.core.Outcome.JobCreated;
import dev.restoreworker.core.Outcome.JobFailed;
import dev.restoreworker.core.SubmitReply;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request's history as JSON: what was asked, how far it is, each attempt, how it ended. */
@JsonInclude(JsonInclude.Include.NON_NULL)
record RestoreView(
        String requestId,
        String stage,
        Content request,
        @Nullable String requestedBy,
        @Nullable Instant requestedAt,
        @Nullable String correlationId,
        @JsonRawValue @Nullable String context,
        @Nullable String traceparent,
        @Nullable String tracestate,
        Instant receivedAt,
        String record,
        @Nullable String waitsFor,
        @Nullable String heldBy,
        @Nullable Integer place,
        @Nullable List<String> slotsHeldBy,
        @Nullable Integer tries,
        @Nullable Integer absentLooks,
        @Nullable Instant dueAt,
        List<AttemptView> attempts,
        @Nullable OutcomeView outcome,
        List<DuplicateView> duplicates,
        @Nullable String jobId,
        @Nullable Instant looksUntil,
        @Nullable FinishedView finished,
        @Nullable ResolutionView resolution,
        @Nullable CancelView cancel,
        @Nullable Instant purgedAt) {

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record AttemptView(
            int number,
            Instant at,
            Instant notBefore,
            Instant leaseUntil,
            String answer,
            @Nullable Instant answeredAt,
            @Nullable String detail,
            @Nullable String jobId) {

        static AttemptView of(Attempt attempt) {
            return switch (attempt.state()) {
                case State.Open() -> of(attempt, null, null, null);
                case State.Closed(var at, var cause) -> of(attempt, at, cause, null);
                case State.Abandoned(var at) ->
                        of(attempt, at, "its lease ran out and nothing was heard of it", null);
                case State.Answered(var at, var reply) -> answered(attempt, at, reply);
            };
        }

        private static AttemptView answered(Attempt attempt, Instant at, SubmitReply reply) {
            return switch (reply) {
                case SubmitReply.Created(var jobId, _, _) -> of(attempt, at, null, jobId);
                case SubmitReply.Refused(_, var error) ->
                        of(attempt, at, error.errorCode() + ": " + error.detail(), null);
                case SubmitReply.NotNow notNow -> of(attempt, at, notNow.detail(), null);
                case SubmitReply.Unknown(var cause) -> of(attempt, at, cause, null);
            };
        }

        private static AttemptView of(
                Attempt attempt,
                @Nullable Instant answeredAt,
                @Nullable String detail,
                @Nullable String jobId) {
            return new AttemptView(
                    attempt.number(),
                    attempt.begunAt(),
                    attempt.notBefore(),
                    attempt.leaseUntil(),
                    attempt.word(),
                    answeredAt,
                    detail,
                    jobId);
        }
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record OutcomeView(
            String event,
            @Nullable Instant settledAt,
            @Nullable String jobId,
            @Nullable Instant jobCreatedAt,
            @Nullable String link,
            @Nullable String reason,
            @Nullable String detail,
            @Nullable Boolean retriable,
            @Nullable Boolean adopted,
            @Nullable Boolean jobMayExist,
            @Nullable List<String> candidates,
            @Nullable AtlasError atlas) {

        static OutcomeView of(Outcome outcome, @Nullable Instant settledAt) {
            return switch (outcome) {
                case JobCreated(var jobId, var createdAt, var link, var adopted) ->
                        new OutcomeView(
                                "job-created",
                                settledAt,
                                jobId,
                                createdAt,
                                link,
                                null,
                                null,
                                null,
                                adopted,
                                null,
                                null,
                                null);
                case JobFailed(var reason, var detail, var atlas, var candidates) ->
                        new OutcomeView(
                                "job-failed",
                                settledAt,
                                null,
                                null,
                                null,
                                reason.name(),
                                detail,
                                reason.retriable(),
                                null,
                                reason.jobMayExist(),
                                candidates,
                                atlas);
            };
        }
    }

    record DuplicateView(String record, Instant seenAt) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record FinishedView(
            String state,
            @Nullable Instant observedAt,
            @Nullable String jobId,
            @Nullable Instant finishedAt,
            @Nullable Instant expiresAt) {

        static FinishedView of(Ending ending, @Nullable Instant observedAt) {
            return new FinishedView(
                    ending.kind().word(),
                    observedAt,
                    ending.jobId(),
                    ending.finishedAt(),
                    ending.expiresAt());
        }
    }

    /** {@code outcome} is what it came to, if that can still be told. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record CancelView(
            Instant at,
            @Nullable String requestedBy,
            @Nullable String reason,
            @Nullable String outcome) {

        static @Nullable CancelView of(History history) {
            var cancel = history.cancel();
            return cancel == null
                    ? null
                    : new CancelView(
                            cancel.at(),
                            cancel.requestedBy(),
                            cancel.reason(),
                            history.purgedAt() == null ? effect(cancel, history).word() : null);
        }

        private static Cancel.Effect effect(Cancel cancel, History history) {
            return cancel.effect(
                    history.open(),
                    history.outcome(),
                    history.ending(),
                    history.endedAt() == null ? history.settledAt() : history.endedAt(),
                    history.content().targetClusterName() != null);
        }
    }

    record ResolutionView(String by, String reason, @Nullable Instant at) {}

    static RestoreView of(History history, Following following) {
        var remarks = history.remarks();
        var open = history.open();
        var trace = remarks.trace();
        var waiting = open != null && open.stage() instanceof Stage.Waiting stage ? stage : null;
        var outcome = history.outcome();
        var queue = open == null ? null : open.queue();
        var tracked = open != null && open.stage() instanceof Stage.Tracked stage ? stage : null;
        var ending = history.ending();
        var resolution = history.resolution();
        return new RestoreView(
                history.requestId(),
                open == null ? "settled" : stage(open),
                history.content(),
                remarks.requestedBy(),
                remarks.requestedAt(),
                remarks.correlationId(),
                remarks.context(),
                trace == null ? null : trace.parent(),
                trace == null ? null : trace.state(),
                history.receivedAt(),
                history.origin().toString(),
                waiting == null ? null : waiting.waitsFor().word(),
                open == null ? null : open.line().heldBy(),
                queue == null ? null : queue.place(),
                queue == null ? null : queue.heldBy(),
                waiting == null ? null : waiting.tries(),
                open == null ? null : absent(open.stage()),
                open == null || open.dueAt().equals(LedgerEntry.NEVER) ? null : open.dueAt(),
                history.attempts().stream().map(AttemptView::of).toList(),
                outcome == null ? null : OutcomeView.of(outcome, history.settledAt()),
                history.duplicates().stream()
                        .map(each -> new DuplicateView(each.origin().toString(), each.seenAt()))
                        .toList(),
                tracked == null ? null : tracked.jobId(),
                open == null || !(open.stage() instanceof Stage.Followed)
                        ? null
                        : following.looksUntil(open),
                ending == null ? null : FinishedView.of(ending, history.endedAt()),
                resolution == null
                        ? null
                        : new ResolutionView(
                                resolution.by(), resolution.reason(), history.resolvedAt()),
                CancelView.of(history),
                history.purgedAt());
    }

    private static @Nullable Integer absent(Stage stage) {
        return switch (stage) {
            case Stage.Submitting(var absent) -> absent;
            case Stage.Followed(_, var absent) -> absent;
            case Stage.Tracked tracked -> tracked.absent();
            case Stage.Waiting _, Stage.Settled _, Stage.Over _ -> null;
        };
    }

    private static String stage(LedgerEntry entry) {
        return switch (entry.stage()) {
            case Stage.Waiting _ -> "waiting";
            case Stage.Submitting _ -> "submitting";
            case Stage.Followed _ -> "followed";
            case Stage.Tracked _ -> "tracked";
            case Stage.Settled _, Stage.Over _ -> "settled";
        };
    }
}
