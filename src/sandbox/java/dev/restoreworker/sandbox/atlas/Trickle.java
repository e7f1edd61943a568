package dev.restoreworker.sandbox.atlas;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;

/** Writes an answer, drop by drop or cut off, as its way says. */
final class Trickle {
    private final Vertx vertx;
    private final HttpServerRequest request;
    private final Answer answer;
    private final Treatment.Way way;
    private int sent;

    Trickle(Vertx vertx, HttpServerRequest request, Answer answer, Treatment.Way way) {
        this.vertx = vertx;
        this.request = request;
        this.answer = answer;
        this.way = way;
    }

    void start() {
        if (way.drip() == null && !isCut()) {
            Http.write(request.response(), answer);
            return;
        }
        var response = request.response();
        response.setStatusCode(answer.status());
        answer.headers().forEach(response::putHeader);
        response.putHeader("Content-Length", String.valueOf(answer.body().length()));
        drop();
    }

    private void drop() {
        var response = request.response();
        if (response.closed()) {
            return;
        }
        var drip = way.drip();
        var next = drip == null ? end() : Math.min(end(), sent + drip.bytes());
        var written = response.write(answer.body().slice(sent, next));
        sent = next;
        if (sent < end() && drip != null) {
            vertx.setTimer(drip.every().toMillis(), _ -> drop());
        } else if (isCut()) {
            var _ = written.onComplete(_ -> request.connection().close());
        } else {
            var _ = response.end();
        }
    }

    private boolean isCut() {
        return way.cutAfter() >= 0 && way.cutAfter() < answer.body().length();
    }

    private int end() {
        return isCut() ? way.cutAfter() : answer.body().length();
    }
}
