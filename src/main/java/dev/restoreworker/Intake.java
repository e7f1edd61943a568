package dev.restoreworker;

import dev.restoreworker.Ledger.Opening;
import dev.restoreworker.Ledger.Queueing;
import dev.restoreworker.Ledger.Start;
import dev.restoreworker.core.Decision.AttemptChange;
import dev.restoreworker.core.Delivery;
import dev.restoreworker.core.Lifecycle;
import dev.restoreworker.core.Outcome;
import dev.restoreworker.core.Outcome.JobFailed;
import dev.restoreworker.core.Outcome.Reason;
import dev.restoreworker.core.RequestRules.Checked;
import dev.restoreworker.core.RestoreRequest;
import dev.restoreworker.core.RestoreRequest.OnQuota;
import dev.restoreworker.core.TargetPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How the entry of a record begins, should its id be new. */
final class Intake {

    private final AtlasBackups atlas;
    private final EventWriter events;
    private final Lifecycle lifecycle;
    private final TargetPolicy targets;

    Intake(AtlasBackups atlas, EventWriter events, Lifecycle lifecycle, TargetPolicy targets) {
        this.atlas = atlas;
        this.events = events;
        this.lifecycle = lifecycle;
        this.targets = targets;
    }

    /**
     * {@code now} is the ledger's time; {@code room} says whether there is a turn to send it at
     * once.
     */
    Opening opening(ReceivedRecord one, Instant now, boolean room) {
        var start = start(one, now, room);
        return new Opening(
                one.requestId(),
                one.content(),
                one.remarks(),
                one.origin(),
                start,
                told(one, start),
                repeatGuard(start),
                queueing(start),
                cancel -> outcome(one, cancel.outcome()));
    }

    private Start start(ReceivedRecord one, Instant now, boolean room) {
        var faults = new ArrayList<>(one.stamps().faults(now, lifecycle.policy().clockSkewMax()));
        return switch (one.checked()) {
            case Checked.Invalid(var broken) -> {
                faults.addAll(0, broken);
                yield new Start.Fail(Outcome.invalid(faults));
            }
            case Checked.Valid _ when !faults.isEmpty() -> new Start.Fail(Outcome.invalid(faults));
            case Checked.Valid(var request) ->
                    objection(one, request, now)
                            .<Start>map(Start.Fail::new)
                            .orElseGet(() -> room ? atOnce(request) : new Start.Wait(request));
        };
    }

    private Optional<JobFailed> objection(ReceivedRecord one, RestoreRequest request, Instant now) {
        return one.stamps()
                .tooOld(now, lifecycle.policy().maxAge())
                .map(why -> new JobFailed(Reason.TOO_OLD, why, null))
                .or(
                        () ->
                                targets.objection(request.delivery())
                                        .map(
                                                why ->
                                                        new JobFailed(
                                                                Reason.TARGET_NOT_ALLOWED,
                                                                why,
                                                                null)));
    }

    private @Nullable Duration repeatGuard(Start start) {
        return start.asked()
                .filter(request -> request.delivery().wipes().isPresent())
                .filter(request -> !request.terms().allowRepeat())
                .map(_ -> lifecycle.policy().repeatGuard())
                .orElse(null);
    }

    /** A download that would rather fail than wait is asked at once, and told so. */
    private @Nullable Queueing queueing(Start start) {
        return start.asked()
                .filter(request -> request.delivery() instanceof Delivery.Download)
                .filter(request -> request.terms().onQuota() == OnQuota.WAIT)
                .map(this::queueing)
                .orElse(null);
    }

    private Queueing queueing(RestoreRequest request) {
        var patience = lifecycle.patience(request);
        return new Queueing(
                patience, (waitsFor, place) -> events.deferred(request, waitsFor, patience, place));
    }

    private List<OutgoingEvent> told(ReceivedRecord one, Start start) {
        return switch (start) {
            case Start.Fail(var outcome) -> List.of(outcome(one, outcome));
            case Start.Wait(var request) -> events.accepted(request).stream().toList();
            case Start.Submit(var request, _) -> events.accepted(request).stream().toList();
        };
    }

    private OutgoingEvent outcome(ReceivedRecord one, JobFailed outcome) {
        return events.outcome(one.requestId(), one.content(), one.remarks(), List.of(), outcome);
    }

    /** Submitting, if the credential needs no preparation: that would keep the others waiting. */
    private Start atOnce(RestoreRequest request) {
        return atlas.ready(request.projectId())
                .<Start>map(
                        notBefore ->
                                new Start.Submit(
                                        request,
                                        new AttemptChange.Begin(
                                                notBefore, lifecycle.policy().lease())))
                .orElseGet(() -> new Start.Wait(request));
    }
}
