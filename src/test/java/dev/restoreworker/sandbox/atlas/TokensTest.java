package dev.restoreworker.sandbox.atlas;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Base64;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.keys.resolvers.JwksVerificationKeyResolver;
import org.junit.jupiter.api.Test;

class TokensTest extends SimulatorTestCase {

    private static final String GRANT = "grant_type=client_credentials";

    @Test
    void the_service_account_gets_a_token_that_the_published_key_proves() throws Exception {
        var answer = new JsonObject(ask(options.account().secret(), GRANT).body());
        var keys = new JsonWebKeySet(keys());

        var claims =
                new JwtConsumerBuilder()
                        .setVerificationKeyResolver(
                                new JwksVerificationKeyResolver(keys.getJsonWebKeys()))
                        .setExpectedIssuer(atlas.url() + "/")
                        .setEvaluationTime(NumericDate.fromMilliseconds(clock.millis()))
                        .setRequireExpirationTime()
                        .build()
                        .processToClaims(answer.getString("access_token"));

        assertThat(claims.getSubject()).isEqualTo(options.account().id());
        assertThat(claims.getExpirationTime().getValue())
                .isEqualTo(clock.instant().plusSeconds(3600).getEpochSecond());
        assertThat(answer.getInteger("expires_in")).isEqualTo(3600);
        assertThat(answer.getString("token_type")).isEqualTo("Bearer");
        assertThat(atlas.tokensIssued()).isEqualTo(1);
    }

    @Test
    void the_private_half_of_the_key_is_not_published() throws Exception {
        var key = new JsonObject(keys()).getJsonArray("keys").getJsonObject(0);

        assertThat(key.fieldNames())
                .containsExactlyInAnyOrder("kty", "kid", "use", "alg", "n", "e");
    }

    @Test
    void a_wrong_secret_or_another_grant_gets_none() throws Exception {
        var wrong = ask("wrong", GRANT);
        var other = ask(options.account().secret(), "grant_type=password");

        assertThat(wrong.statusCode()).isEqualTo(401);
        assertThat(wrong.body()).contains("invalid_client");
        assertThat(other.statusCode()).isEqualTo(400);
        assertThat(other.body()).contains("unsupported_grant_type");
        assertThat(atlas.tokensIssued()).isZero();
    }

    private HttpResponse<String> ask(String secret, String form) throws Exception {
        var credentials = (options.account().id() + ":" + secret).getBytes(UTF_8);
        return send(
                HttpRequest.newBuilder(atlas.tokenEndpoint())
                        .header(
                                "Authorization",
                                "Basic " + Base64.getEncoder().encodeToString(credentials))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(form))
                        .build());
    }

    private String keys() throws Exception {
        return send(HttpRequest.newBuilder(atlas.keys()).build()).body();
    }

    private static HttpResponse<String> send(HttpRequest request)
            throws IOException, InterruptedException {
        try (var http = HttpClient.newHttpClient()) {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        }
    }
}
