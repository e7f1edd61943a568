package dev.restoreworker.sandbox.atlas;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;

/**
 * Gives a service account its tokens, as OAuth 2 has it (RFC 6749, 4.4), and everybody the keys.
 */
final class TokenHandler implements Handler<HttpServerRequest> {
    static final String TOKEN = "/api/oauth/token";
    static final String KEYS = ControlHandler.PREFIX + "keys";

    private static final List<String> GRANT = List.of("client_credentials");

    private final Tokens tokens;
    private final Course course;

    TokenHandler(Tokens tokens, Course course) {
        this.tokens = tokens;
        this.course = course;
    }

    @Override
    public void handle(HttpServerRequest request) {
        request.body().onSuccess(body -> proceed(request, body));
    }

    private void proceed(HttpServerRequest request, Buffer body) {
        var isToken = request.method() == HttpMethod.POST && Http.path(request).equals(TOKEN);
        if (isToken && tokens.isAccount(request.getHeader("Authorization"))) {
            course.begin(new TokenCall(request, () -> token(request, body)));
        } else {
            Http.write(request.response(), answer(request));
        }
    }

    private Answer answer(HttpServerRequest request) {
        return switch (request.method().name() + " " + Http.path(request)) {
            case "GET " + KEYS ->
                    new Answer(
                            200,
                            Map.of("Content-Type", "application/json"),
                            Buffer.buffer(tokens.keys()),
                            null);
            case "POST " + TOKEN ->
                    error(401, "invalid_client").with("WWW-Authenticate", "Basic realm=\"atlas\"");
            default -> error(405, "invalid_request");
        };
    }

    private Answer token(HttpServerRequest request, Buffer body) {
        var form = new QueryStringDecoder(body.toString(), false).parameters();
        if (!GRANT.equals(form.get("grant_type"))) {
            return error(400, "unsupported_grant_type");
        }
        var token =
                new JsonObject()
                        .put("access_token", tokens.issue("http://" + request.authority() + "/"))
                        .put("expires_in", tokens.account().tokenLives().toSeconds())
                        .put("token_type", "Bearer");
        return Answer.of(200, "application/json", token).with("Cache-Control", "no-store");
    }

    private static Answer error(int status, String error) {
        return Answer.of(status, "application/json", new JsonObject().put("error", error));
    }
}
