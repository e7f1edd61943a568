package dev.restoreworker.atlas;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DigestAuthTest {

    private static final Instant NOW = Instant.parse("2026-01-02T12:00:00Z");
    private static final Duration REUSE = Duration.ofSeconds(30);

    /** In the form that Atlas writes it. */
    private static final String CHALLENGE =
            "Digest realm=\"MMS Public API\", domain=\"\", nonce=\"abc+/=\", algorithm=MD5, qop=\"auth\", stale=false";

    private final DigestAuth auth = new DigestAuth("key", "s3cret", () -> "0a4f113b");

    @Test
    void it_signs_the_example_of_rfc_7616() {
        var mufasa =
                new DigestAuth(
                        "Mufasa",
                        "Circle of Life",
                        () -> "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ");
        mufasa.accept(
                List.of(
                        "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm=MD5,"
                                + " nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\","
                                + " opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""),
                null,
                NOW);

        assertThat(header(mufasa, "GET", "/dir/index.html"))
                .isEqualTo(
                        "Digest username=\"Mufasa\", realm=\"http-auth@example.org\","
                                + " nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\","
                                + " uri=\"/dir/index.html\", algorithm=MD5, qop=auth, nc=00000001,"
                                + " cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\","
                                + " response=\"8ca523f5e9506fed4657c9700eebdbec\","
                                + " opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"");
    }

    /** The responses were worked out with md5sum. */
    @Test
    void each_send_has_its_own_count_and_so_its_own_response() {
        auth.accept(List.of(CHALLENGE), null, NOW);

        assertThat(header(auth, "POST", "/a?b=c"))
                .contains("nc=00000001", "response=\"109bfae4c235ae1f3fb681b127415413\"")
                .doesNotContain("opaque");
        assertThat(header(auth, "POST", "/a?b=c"))
                .contains("nc=00000002", "response=\"26a61a462011dbb2399f15ce18456640\"");
    }

    @Test
    void counts_have_eight_hexadecimal_digits() {
        auth.accept(List.of(CHALLENGE), null, NOW);
        for (var i = 0; i < 26; i++) {
            header(auth, "GET", "/");
        }

        assertThat(header(auth, "GET", "/")).contains("nc=0000001b");
    }

    @Test
    void nothing_is_signed_before_the_first_challenge() {
        assertThat(auth.sign("GET", "/")).isEmpty();
        assertThat(auth.fresh(NOW, REUSE)).isFalse();
    }

    @Test
    void a_nonce_is_fresh_from_the_call_that_was_let_in_until_it_is_too_old() {
        auth.accept(List.of(CHALLENGE), null, NOW);
        var untried = auth.fresh(NOW, REUSE);
        auth.prove(auth.sign("GET", "/").orElseThrow());

        assertThat(untried).isFalse();
        assertThat(auth.fresh(NOW, REUSE)).isTrue();
        assertThat(auth.fresh(NOW.plusMillis(29_999), REUSE)).isTrue();
        assertThat(auth.fresh(NOW.plusSeconds(30), REUSE)).isFalse();
        assertThat(auth.fresh(NOW.minusMillis(1), REUSE)).isFalse();
    }

    @Test
    void a_nonce_that_others_brought_meanwhile_is_kept() {
        auth.accept(List.of(CHALLENGE), null, NOW);
        var old = auth.sign("GET", "/").orElseThrow();
        auth.accept(List.of(CHALLENGE.replace("abc", "newer")), old, NOW);

        assertThat(auth.accept(List.of(CHALLENGE.replace("abc", "newest")), old, NOW)).isTrue();
        assertThat(auth.accept(List.of(), old, NOW)).isTrue();
        assertThat(header(auth, "GET", "/")).contains("nonce=\"newer+/=\"");
    }

    @Test
    void a_nonce_that_was_used_in_vain_is_forgotten_and_a_newer_one_is_not() {
        auth.accept(List.of(CHALLENGE), null, NOW);
        var first = auth.sign("GET", "/").orElseThrow();
        auth.accept(List.of(CHALLENGE.replace("abc", "newer")), first, NOW);
        var second = auth.sign("GET", "/").orElseThrow();

        auth.forget(first);
        assertThat(auth.sign("GET", "/")).isPresent();
        auth.forget(second);
        assertThat(auth.sign("GET", "/")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DIGEST Realm=r,NONCE=n,QOP=auth",
                "digest realm=\"r\", nonce=\"n\", qop=\"auth-int, auth\", stale=true",
                "Digest nonce=\"n\",qop=\"auth\",realm=\"\",algorithm=md5"
            })
    void challenges_are_read_leniently(String challenge) {
        assertThat(auth.accept(List.of("Bearer", challenge), null, NOW)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Digest",
                "Basic realm=\"r\"",
                "Digest realm=\"r\", qop=\"auth\"",
                "Digest realm=\"r\", nonce=\"\", qop=\"auth\"",
                "Digest nonce=\"n\", qop=\"auth\"",
                "Digest realm=\"r\", nonce=\"n\"",
                "Digest realm=\"r\", nonce=\"n\", qop=\"auth-int\"",
                "Digest realm=\"r\", nonce=\"n\", qop=\"auth\", algorithm=SHA-256"
            })
    void a_challenge_that_cannot_be_met_changes_nothing(String challenge) {
        assertThat(auth.accept(List.of(challenge), null, NOW)).isFalse();
        assertThat(auth.sign("GET", "/")).isEmpty();
    }

    @Test
    void no_text_shows_a_key_or_a_nonce() {
        auth.accept(List.of(CHALLENGE), null, NOW);

        assertThat(auth.sign("GET", "/") + " " + new Credential("default", auth))
                .doesNotContain("s3cret", "abc+", "0a4f113b");
    }

    private static String header(DigestAuth auth, String method, String uri) {
        return auth.sign(method, uri).orElseThrow().header();
    }
}
