package dev.restoreworker.sandbox.atlas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DigestAuthenticationTest extends SimulatorTestCase {
    @Test
    void an_unsigned_call_is_challenged_as_atlas_does() throws IOException {
        var response = caller.sendUnsigned("POST", JOBS);

        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(header(response, "WWW-Authenticate"))
                .matches(
                        "Digest realm=\"MMS Public API\", domain=\"\", nonce=\"[A-Za-z0-9+/]{32}\","
                                + " algorithm=MD5, qop=\"auth\", stale=false");
        assertThat(header(response, "Content-Type")).isEqualTo("application/json");
        assertThat(json(response).getMap())
                .containsOnlyKeys("error", "reason", "detail", "errorCode")
                .containsEntry("error", 401)
                .containsEntry("errorCode", "UNEXPECTED_ERROR");
    }

    @Test
    void a_nonce_serves_many_calls_in_any_order() throws IOException {
        var nonce = Caller.nonceOf(caller.sendUnsigned("GET", JOBS));

        var statuses = new HashSet<Integer>();
        for (var nc : new int[] {7, 1, 300, 2}) {
            statuses.add(get(caller.signature("GET", JOBS, nonce, nc)));
        }

        assertThat(statuses).containsExactly(200);
        assertThat(atlas.books().summary().nonces()).isEqualTo(1);
    }

    @Test
    void a_count_that_comes_twice_is_refused_and_has_no_effect() throws IOException {
        var nonce = Caller.nonceOf(caller.sendUnsigned("GET", JOBS));
        var header = caller.signature("POST", JOBS, nonce, 1);
        var body = download().encode();

        var first = caller.sendWith(header, "POST", JOBS, body, Caller.V2);
        var second = caller.sendWith(header, "POST", JOBS, body, Caller.V2);

        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(second.statusCode()).isEqualTo(401);
        assertThat(header(second, "WWW-Authenticate")).endsWith("stale=false");
        assertThat(atlas.books().jobs()).hasSize(1);
        assertThat(atlas.books().summary().replays()).isEqualTo(1);
    }

    @Test
    void a_nonce_is_stale_once_its_lifetime_is_over() throws IOException {
        var nonce = Caller.nonceOf(caller.sendUnsigned("GET", JOBS));

        clock.advance(Duration.ofSeconds(59));
        var before = get(caller.signature("GET", JOBS, nonce, 1));
        clock.advance(Duration.ofSeconds(1));
        var header = caller.signature("GET", JOBS, nonce, 2);
        var after = caller.sendWith(header, "GET", JOBS, "", Caller.V2);
        var again = get(caller.signature("GET", JOBS, Caller.nonceOf(after), 1));

        assertThat(before).isEqualTo(200);
        assertThat(after.statusCode()).isEqualTo(401);
        assertThat(header(after, "WWW-Authenticate")).endsWith("stale=true");
        assertThat(again).isEqualTo(200);
        assertThat(atlas.books().summary().staleChallenges()).isEqualTo(1);
    }

    @Test
    void a_nonce_that_was_never_given_out_is_stale_when_rightly_signed() throws IOException {
        var header = caller.signature("GET", JOBS, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", 1);

        var response = caller.sendWith(header, "GET", JOBS, "", Caller.V2);

        assertThat(header(response, "WWW-Authenticate")).endsWith("stale=true");
    }

    @Test
    void a_wrong_secret_or_user_is_refused_and_not_called_stale() throws IOException {
        var nonce = Caller.nonceOf(caller.sendUnsigned("GET", JOBS));
        try (var wrongSecret = new Caller(atlas.url(), options.publicKey(), "guess");
                var wrongUser = new Caller(atlas.url(), "guess", options.privateKey())) {
            for (var wrong : new Caller[] {wrongSecret, wrongUser}) {
                var header = wrong.signature("GET", JOBS, nonce, 1);

                var response = wrong.sendWith(header, "GET", JOBS, "", Caller.V2);

                assertThat(response.statusCode()).isEqualTo(401);
                assertThat(header(response, "WWW-Authenticate")).endsWith("stale=false");
            }
        }
    }

    @Test
    void a_signature_holds_for_its_own_method_and_path_and_query_only() throws IOException {
        var nonce = Caller.nonceOf(caller.sendUnsigned("GET", JOBS));
        var header = caller.signature("GET", JOBS + "?pageNum=1", nonce, 1);
        var forPost = caller.signature("POST", JOBS + "?pageNum=1", nonce, 2);

        var withoutQuery = caller.sendWith(header, "GET", JOBS, "", Caller.V2);
        var otherMethod = caller.sendWith(forPost, "GET", JOBS + "?pageNum=1", "", Caller.V2);
        var asSigned = caller.sendWith(header, "GET", JOBS + "?pageNum=1", "", Caller.V2);

        assertThat(withoutQuery.statusCode()).isEqualTo(401);
        assertThat(otherMethod.statusCode()).isEqualTo(401);
        assertThat(asSigned.statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "0000001", "000000001", "0000000g"})
    void a_count_has_eight_hex_digits(String nc) throws IOException {
        var nonce = Caller.nonceOf(caller.sendUnsigned("GET", JOBS));
        var header = caller.signature("GET", JOBS, nonce, nc);

        var response = caller.sendWith(header, "GET", JOBS, "", Caller.V2);

        assertThat(response.statusCode()).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Digest",
                "Digest ",
                "Digest username",
                "Digest username=\"a\" realm=\"b\"",
                "Digest username=\"a\", username=\"a\"",
                "Digest username=\"unclosed",
                "Basic c2FuZGJveDpzYW5kYm94"
            })
    void a_header_that_cannot_be_read_is_challenged(String header) throws IOException {
        var response = caller.sendWith(header, "GET", JOBS, "", Caller.V2);

        assertThat(response.statusCode()).isEqualTo(401);
    }

    @Test
    void the_oldest_nonce_is_forgotten_when_there_are_too_many() {
        var nonces = new Nonces(Duration.ofMinutes(1), clock);
        var first = nonces.issue();
        var second = nonces.issue();

        for (var i = 0; i < Nonces.NONCES_MAX - 1; i++) {
            nonces.issue();
        }

        assertThat(nonces.use(first, 1)).isEqualTo(Nonces.Use.STALE);
        assertThat(nonces.use(second, 1)).isEqualTo(Nonces.Use.FIRST);
        assertThat(nonces.use(second, Nonces.USES_MAX + 1L)).isEqualTo(Nonces.Use.STALE);
    }

    private int get(String header) throws IOException {
        return caller.sendWith(header, "GET", JOBS, "", Caller.V2).statusCode();
    }
}
