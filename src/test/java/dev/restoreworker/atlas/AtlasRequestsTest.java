package dev.restoreworker.atlas;

import static dev.restoreworker.atlas.Requests.PROJECT;
import static dev.restoreworker.atlas.Requests.SNAPSHOT;
import static dev.restoreworker.atlas.Requests.TARGET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.restoreworker.core.Delivery;
import dev.restoreworker.core.Delivery.Target;
import dev.restoreworker.core.RestoreRequest;
import java.net.URI;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AtlasRequestsTest {

    private static final URI URL = URI.create("https://atlas.test");
    private static final String JOBS =
            "/groups/5e2211c17a3e5a48f5497de3/clusters/orders/backup/restoreJobs";

    static Stream<Arguments> bodies() {
        var target =
                "\"targetClusterName\":\"orders-standby\",\"targetGroupId\":\"5e2211c17a3e5a48f5497de4\"";
        return Stream.of(
                Arguments.of(
                        Requests.download(),
                        "{\"deliveryType\":\"download\",\"snapshotId\":\"5e4e593f70dfbf1010295836\"}"),
                Arguments.of(
                        Requests.automated(),
                        "{\"deliveryType\":\"automated\",\"snapshotId\":\"5e4e593f70dfbf1010295836\","
                                + target
                                + "}"),
                Arguments.of(
                        Requests.oplog(),
                        "{\"deliveryType\":\"pointInTime\","
                                + target
                                + ",\"oplogTs\":1700000000,\"oplogInc\":3}"),
                Arguments.of(
                        Requests.utcSeconds(),
                        "{\"deliveryType\":\"pointInTime\","
                                + target
                                + ",\"pointInTimeUTCSeconds\":1700000000}"));
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void a_delivery_sends_what_it_needs_and_nothing_else(RestoreRequest request, String body) {
        assertThat(new AtlasRequests(URL, "v2").create(request).body()).isEqualTo(body);
    }

    @ParameterizedTest
    @CsvSource({
        "v2, /api/atlas/v2, application/vnd.atlas.2023-01-01+json",
        "v1.0, /api/atlas/v1.0, application/json"
    })
    void each_api_has_its_path_and_its_media_type(String api, String path, String mediaType) {
        var requests = new AtlasRequests(URL, api);

        assertThat(requests.create(Requests.download()))
                .returns("POST", Call::method)
                .returns(path + JOBS, Call::uri)
                .returns(mediaType, Call::mediaType);
        assertThat(requests.newestJob(Requests.download().source()))
                .isEqualTo(new Call("GET", path + JOBS + "?itemsPerPage=1", mediaType, null));
        assertThat(requests.jobsUrl(Requests.download().source()))
                .isEqualTo("https://atlas.test" + path + JOBS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://gate.test:8443/atlas", "https://gate.test:8443/atlas//"})
    void the_path_of_the_url_stands_before_that_of_the_api(String url) {
        var requests = new AtlasRequests(URI.create(url), "v2");

        assertThat(requests.create(Requests.download()).uri())
                .isEqualTo("/atlas/api/atlas/v2" + JOBS);
        assertThat(requests.jobsUrl(Requests.download().source()))
                .isEqualTo("https://gate.test:8443/atlas/api/atlas/v2" + JOBS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "V2", "v1", "v3", "2023-01-01"})
    void another_api_is_refused_by_the_name_of_its_setting(String api) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new AtlasRequests(URL, api))
                .withMessageContaining("atlas.api")
                .withMessageContaining("v2 or v1.0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cloud.mongodb.com",
                "ftp://atlas.test",
                "https:/atlas.test",
                "https://user:5ecre7@atlas.test",
                "https://atlas.test?envelope=true",
                "https://atlas.test#x"
            })
    void an_address_that_is_more_or_less_than_one_is_refused_by_the_name_of_its_setting(
            String url) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new AtlasRequests(URI.create(url), "v2"))
                .withMessageContaining("atlas.url")
                .withMessageNotContaining("5ecre7");
    }

    static Stream<Arguments> unchecked() {
        return Stream.of(
                Arguments.of(
                        "projectId",
                        Requests.of("../" + PROJECT, "orders", new Delivery.Download(SNAPSHOT))),
                Arguments.of(
                        "clusterName",
                        Requests.of(PROJECT, "a/../b", new Delivery.Download(SNAPSHOT))),
                Arguments.of(
                        "clusterName",
                        Requests.of(PROJECT, "a".repeat(65), new Delivery.Download(SNAPSHOT))),
                Arguments.of("snapshotId", Requests.of(new Delivery.Download("x\"y"))),
                Arguments.of(
                        "targetProjectId",
                        Requests.of(new Delivery.Automated(SNAPSHOT, new Target("", "a")))),
                Arguments.of(
                        "targetClusterName",
                        Requests.of(
                                new Delivery.Automated(
                                        SNAPSHOT, new Target(TARGET.projectId(), "")))));
    }

    @ParameterizedTest
    @MethodSource("unchecked")
    void what_no_rule_let_through_reaches_no_url(String field, RestoreRequest request) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new AtlasRequests(URL, "v2").create(request))
                .withMessageStartingWith(field);
    }

    @Test
    void a_read_is_checked_like_a_create() {
        var request = Requests.of(PROJECT, "?", new Delivery.Download(SNAPSHOT));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new AtlasRequests(URL, "v2").newestJob(request.source()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://atlas.example.com",
                "http://10.0.0.1:8080",
                "http://127.0.0.1.example.com"
            })
    void plain_http_is_for_this_machine_alone(String url) {
        assertThatThrownBy(() -> new AtlasRequests(URI.create(url), "v2"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("atlas.url")
                .hasMessageContaining("https");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost:8089", "http://127.0.0.1:1", "http://[::1]:1"})
    void plain_http_to_this_machine_is_taken(String url) {
        assertThat(new AtlasRequests(URI.create(url), "v2")).isNotNull();
    }
}
