package dev.restoreworker.atlas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.restoreworker.AtlasConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialsTest {

    private static final String PROJECT = Requests.PROJECT;

    @Test
    void a_project_is_served_by_the_credential_that_lists_it_else_by_the_default_one() {
        var credentials =
                credentials(
                        Map.of(
                                "default", new Settings.Key("a", "s"),
                                "eu", new Settings.Key("b", "s", " " + PROJECT + " ")));

        assertThat(credentials.serving(PROJECT)).map(Credential::name).contains("eu");
        assertThat(credentials.serving(Requests.OTHER_PROJECT))
                .map(Credential::name)
                .contains("default");
    }

    @Test
    void without_a_default_one_a_project_that_no_one_lists_is_served_by_none() {
        var credentials = credentials(Map.of("eu", new Settings.Key("b", "s", PROJECT)));

        assertThat(credentials.serving(Requests.OTHER_PROJECT)).isEmpty();
    }

    @Test
    void a_project_in_two_lists_is_refused_by_both_names() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () ->
                                credentials(
                                        Map.of(
                                                "eu", new Settings.Key("a", "s", PROJECT),
                                                "us", new Settings.Key("b", "s", PROJECT))))
                .withMessageContaining("atlas.credentials.eu.projects")
                .withMessageContaining("atlas.credentials.us.projects");
    }

    @Test
    void a_project_that_is_no_id_is_refused_by_the_name_of_its_setting() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> credentials(Map.of("eu", new Settings.Key("a", "s", "production"))))
                .withMessageContaining("atlas.credentials.eu.projects")
                .withMessageContaining("'production'");
    }

    @Test
    void a_key_may_stand_in_a_file(@TempDir Path folder) throws IOException {
        var file = Files.writeString(folder.resolve("key"), " from-a-file\n");
        var plain = credentials(Map.of("default", new Settings.Key("from-a-file", "s")));
        var read =
                credentials(
                        Map.of(
                                "default", new Settings.Key("file:" + file, "s"),
                                "eu", new Settings.Key("file://" + file, "s", PROJECT)));

        assertThat(List.of(read.serving("other"), read.serving(PROJECT)))
                .allSatisfy(
                        it ->
                                assertThat(username(it.orElseThrow()))
                                        .isEqualTo(username(plain.serving("x").orElseThrow())));
    }

    @Test
    void a_file_that_cannot_be_read_is_refused_by_the_name_of_its_setting(@TempDir Path folder) {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () ->
                                credentials(
                                        Map.of(
                                                "eu",
                                                new Settings.Key(
                                                        "a", "file:" + folder.resolve("none")))))
                .withMessageContaining("atlas.credentials.eu.private-key")
                .withMessageContaining("none");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "5ecre7 with space", "5ecre7\"", "5ecre7\\", "5ecre7\u00e9"})
    void a_key_that_is_none_is_refused_by_the_name_of_its_setting_alone(String key) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> credentials(Map.of("eu", new Settings.Key("a", key))))
                .withMessageContaining("atlas.credentials.eu.private-key")
                .withMessageNotContaining("5ecre7");
    }

    private static Credentials credentials(Map<String, AtlasConfig.Credential> settings) {
        return new Credentials(settings);
    }

    private static String username(Credential credential) {
        credential
                .auth()
                .accept(
                        List.of("Digest realm=\"r\", nonce=\"n\", qop=\"auth\""),
                        null,
                        Instant.EPOCH);
        return credential.auth().sign("GET", "/").orElseThrow().header().split(",", 2)[0];
    }
}
