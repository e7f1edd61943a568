package dev.restoreworker.atlas;

import dev.restoreworker.atlas.AtlasClock.Mark;
import dev.restoreworker.core.SubmitReply.NotNow;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.impl.ClientPhase;
import io.vertx.ext.web.client.impl.HttpContext;
import io.vertx.ext.web.client.impl.WebClientInternal;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one place at which a call starts to leave this process. It stands where the call has its
 * connection and none of its bytes is written. It is passed once, after the last check, or closed
 * for good; so it is the witness of whether anything can have been written, whatever is thrown.
 *
 * <p>This is the only class that knows the inner interface of the Web Client, which alone shows
 * that moment.
 */
final class SendGate {

    private enum State {
        WAITING,
        PASSED,
        CLOSED
    }

    private static final String KEY = SendGate.class.getName();

    private final Send send;
    private final Supplier<Mark> now;
    private final CompletableFuture<HttpResponse<Void>> response = new CompletableFuture<>();
    private State state = State.WAITING;
    private @Nullable NotNow objection;
    private @Nullable String endedFor;
    private @Nullable HttpClientRequest request;
    private @Nullable Context context;
    private @Nullable Mark passedAt;
    private @Nullable Mark answeredAt;

    SendGate(Send send, Supplier<Mark> now) {
        this.send = send;
        this.now = now;
    }

    /** Puts gates into the way of all calls of this client, which must all have one. */
    static void install(WebClient client) {
        ((WebClientInternal) client)
                .addInterceptor(
                        call -> {
                            if (call.phase() == ClientPhase.SEND_REQUEST) {
                                call.<SendGate>get(KEY).pass(call);
                            } else if (call.phase() == ClientPhase.RECEIVE_RESPONSE) {
                                call.<SendGate>get(KEY).answer();
                            }
                            call.next();
                        });
    }

    /** Sends the request once through this gate. */
    CompletableFuture<HttpResponse<Void>> start(
            WebClient client, HttpRequest<Void> request, @Nullable Buffer body) {
        HttpContext<Void> call =
                ((WebClientInternal) client)
                        .createContext(
                                outcome -> {
                                    if (outcome.succeeded()) {
                                        response.complete(outcome.result());
                                    } else {
                                        response.completeExceptionally(outcome.cause());
                                    }
                                });
        call.set(KEY, this);
        call.prepareRequest(request, null, body);
        return response;
    }

    /** What is thrown here fails the call, and gives its connection back unused. */
    private synchronized void pass(HttpContext<?> call) {
        // What fails is told to the response; without this it would be logged as an error too.
        call.clientRequest().exceptionHandler(_ -> {});
        if (state != State.WAITING) {
            throw new IllegalStateException("the gate is " + state);
        }
        objection = send.objection().orElse(null);
        if (objection != null) {
            state = State.CLOSED;
            throw new IllegalStateException("the last check objects");
        }
        send.begin().ifPresent(header -> call.clientRequest().putHeader("Authorization", header));
        request = call.clientRequest();
        context = Vertx.currentContext();
        passedAt = now.get();
        state = State.PASSED;
    }

    private synchronized void answer() {
        answeredAt = now.get();
    }

    /**
     * Ends the call: if it did not pass, it never will; if it did, its connection is reset. Then
     * the response fails, unless it was there already.
     */
    void end(String why) {
        HttpClientRequest sent;
        Context sender;
        synchronized (this) {
            endedFor = endedFor == null ? why : endedFor;
            if (state != State.PASSED) {
                state = State.CLOSED;
                response.completeExceptionally(new IllegalStateException(why));
                return;
            }
            sent = request;
            sender = context;
        }
        if (sent == null || sender == null) {
            response.completeExceptionally(new IllegalStateException(why));
            return;
        }
        // Where it was written, and so after it was written: a reset that overtook the write would
        // give the connection back to the pool, and the write would follow.
        sender.runOnContext(
                _ -> {
                    if (!response.isDone()) {
                        sent.reset();
                        sent.connection()
                                .close()
                                .onComplete(
                                        _ ->
                                                response.completeExceptionally(
                                                        new IllegalStateException(why)));
                    }
                });
    }

    /** When it was passed; null if nothing was, or will be, written. */
    synchronized @Nullable Mark passedAt() {
        return passedAt;
    }

    /** When the head of the answer was there; null if it never was. */
    synchronized @Nullable Mark answeredAt() {
        return answeredAt;
    }

    synchronized boolean passed() {
        return state == State.PASSED;
    }

    /** What the last check said against it. */
    synchronized @Nullable NotNow objection() {
        return objection;
    }

    /** Why we ended it ourselves. */
    synchronized @Nullable String endedFor() {
        return endedFor;
    }
}
