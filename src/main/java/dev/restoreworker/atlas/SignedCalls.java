package dev.restoreworker.atlas;

import dev.restoreworker.AtlasBackups.LastCheck;
import dev.restoreworker.atlas.AtlasHttp.Exchanged;
import dev.restoreworker.core.SubmitReply.NotNow;
import dev.restoreworker.core.WaitsFor;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;

/**
 * Signs calls and sends them, in at most two legs: the second is signed with what the first one's
 * 401 said, which proves that the first was not carried out. Both, and what is tried again, end by
 * one deadline.
 */
final class SignedCalls {

    /** What came of a call. */
    sealed interface Leg {

        record Answered(Answer answer) implements Leg {}

        /** Nothing was written. */
        record NotSent(NotNow why) implements Leg {}

        record NoAnswer(String cause) implements Leg {}
    }

    static final LastCheck NO_CHECK = Optional::empty;

    private final AtlasConnection connection;
    private final InstantSource clock;
    private final Duration timeout;

    SignedCalls(AtlasConnection connection, InstantSource clock, Duration timeout) {
        this.connection = connection;
        this.clock = clock;
        this.timeout = timeout;
    }

    /** When what takes several calls has to be over that may take as long as so many. */
    Deadline deadline(int timeouts) {
        return Deadline.in(timeout.multipliedBy(timeouts));
    }

    /** A second leg is sent only if the first was not carried out for want of a new signature. */
    Leg send(Call call, LastCheck lastCheck, DigestAuth auth) {
        return send(new Send(call, lastCheck, auth, Deadline.in(timeout)), lastCheck, auth);
    }

    /** The first leg is unsigned, so that what it brings to sign with is new. */
    Leg sendUnsigned(Call call, DigestAuth auth) {
        return send(new Send(call, NO_CHECK, null, Deadline.in(timeout)), NO_CHECK, auth);
    }

    private Leg send(Send first, LastCheck lastCheck, DigestAuth auth) {
        var leg = run(first);
        if (leg instanceof Leg.Answered(var answer)
                && answer.status() == 401
                && auth.accept(answer.headers().challenges(), first.signature(), clock.instant())) {
            var second = new Send(first.call(), lastCheck, auth, first.deadline());
            leg = run(second);
            judge(auth, second, leg);
        }
        return leg;
    }

    /** A second 401 is Atlas' word on the key; any other answer shows that it was let in. */
    private static void judge(DigestAuth auth, Send signed, Leg leg) {
        if (leg instanceof Leg.Answered(var answer)) {
            if (answer.status() == 401) {
                auth.forget(signed.signature());
            } else {
                auth.prove(signed.signature());
            }
        }
    }

    /** Nothing but what is caught by name here, or a leg that never began, proves non-execution. */
    private Leg run(Send send) {
        try {
            var creates = send.call().body() != null;
            return switch (creates ? connection.create(send) : connection.read(send)) {
                case Exchanged.Answered(var answer) -> new Leg.Answered(answer);
                case Exchanged.Held(var objection) -> new Leg.NotSent(objection);
            };
        } catch (ExchangeException.ServerError e) {
            return new Leg.Answered(e.answer());
        } catch (CircuitBreakerOpenException _) {
            return notSent(send, AtlasConnection.LEFT_ALONE);
        } catch (ExchangeException e) {
            return notSent(send, e.why());
        } catch (Exception e) {
            // Fault tolerance throws this one undeclared when it is interrupted between two tries.
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            return notSent(send, e.getClass().getSimpleName());
        }
    }

    private static Leg notSent(Send send, String cause) {
        return send.begun()
                ? new Leg.NoAnswer(cause)
                : new Leg.NotSent(
                        NotNow.notSent(WaitsFor.ATLAS, "nothing was sent to Atlas: " + cause));
    }
}
