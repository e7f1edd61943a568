package dev.restoreworker.sandbox.atlas;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Objects;

/** The few things that both halves of the server do with HTTP. */
final class Http {
    private Http() {}

    /** Empty for a request line that has no path, such as {@code OPTIONS *}. */
    static String path(HttpServerRequest request) {
        return Objects.requireNonNullElse(request.path(), "");
    }

    static void write(HttpServerResponse response, Answer answer) {
        response.setStatusCode(answer.status());
        answer.headers().forEach(response::putHeader);
        response.end(answer.body());
    }
}
