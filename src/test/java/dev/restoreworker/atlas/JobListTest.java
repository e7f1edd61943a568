package dev.restoreworker.atlas;

import static dev.restoreworker.atlas.Requests.OTHER_PROJECT;
import static dev.restoreworker.atlas.Requests.SNAPSHOT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.AtlasBackups.Listing;
import dev.restoreworker.AtlasBackups.Proof;
import dev.restoreworker.atlas.ScriptedAtlas.Asked;
import dev.restoreworker.atlas.ScriptedAtlas.Told;
import dev.restoreworker.core.Delivery;
import dev.restoreworker.core.DeliveryUrls;
import dev.restoreworker.core.JobProgress;
import dev.restoreworker.core.JobProgress.State;
import dev.restoreworker.core.ListedJob;
import dev.restoreworker.core.RestoreRequest;
import dev.restoreworker.core.SourceCluster;
import dev.restoreworker.core.SubmitReply.Created;
import dev.restoreworker.core.SubmitReply.NotNow;
import dev.restoreworker.core.WaitsFor;
import dev.restoreworker.sandbox.atlas.AtlasSimulator;
import dev.restoreworker.sandbox.atlas.SimulatorOptions;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Atlas lists, as a look sees it: against the simulated Atlas, and against odd answers. */
class JobListTest {

    private static final SourceCluster ORDERS = Requests.download().source();
    private static final Instant NOW = Instant.parse("2026-01-02T12:00:00Z");

    @ParameterizedTest
    @ValueSource(strings = {"v2", "v1.0"})
    void each_kind_of_job_is_listed_as_it_was_asked_for(String api) {
        try (var atlas = AtlasSimulator.start(SimulatorOptions.defaults(), () -> NOW);
                var bench = bench(atlas, api)) {
            var download = job(bench, Requests.download());
            var automated = job(bench, Requests.automated());
            var oplog = job(bench, Requests.oplog());
            var seconds = job(bench, Requests.utcSeconds());

            var listed = listed(bench.jobs(Requests.download()));

            assertThat(listed)
                    .containsExactlyInAnyOrder(
                            new ListedJob(
                                    download.jobId(),
                                    download.link(),
                                    "download",
                                    SNAPSHOT,
                                    null,
                                    null,
                                    null,
                                    null,
                                    null),
                            new ListedJob(
                                    automated.jobId(),
                                    automated.link(),
                                    "automated",
                                    SNAPSHOT,
                                    OTHER_PROJECT,
                                    "orders-standby",
                                    null,
                                    null,
                                    null),
                            new ListedJob(
                                    oplog.jobId(),
                                    oplog.link(),
                                    "pointInTime",
                                    null,
                                    OTHER_PROJECT,
                                    "orders-standby",
                                    1_700_000_000,
                                    3,
                                    null),
                            new ListedJob(
                                    seconds.jobId(),
                                    seconds.link(),
                                    "pointInTime",
                                    null,
                                    OTHER_PROJECT,
                                    "orders-standby",
                                    null,
                                    null,
                                    1_700_000_000));
            assertThat(listed).extracting(ListedJob::createdAt).containsOnly(NOW);
        }
    }

    @Test
    void a_list_is_read_to_its_end() {
        try (var atlas = AtlasSimulator.start(SimulatorOptions.defaults(), () -> NOW);
                var bench = bench(atlas, "v2")) {
            Set<String> jobs = new HashSet<>();
            for (var i = 0; i < 200; i++) {
                jobs.add(job(bench, Requests.download()).jobId());
            }

            assertThat(listed(bench.jobs(Requests.download())))
                    .extracting(ListedJob::id)
                    .containsExactlyInAnyOrderElementsOf(jobs);
        }
    }

    @Test
    void the_source_is_proven_by_its_snapshot() {
        var noSuch = Requests.of(new Delivery.Download("f".repeat(24)));
        try (var atlas = AtlasSimulator.start(SimulatorOptions.defaults(), () -> NOW);
                var bench = bench(atlas, "v2")) {
            assertThat(bench.client.proveSource(Requests.download()))
                    .isEqualTo(new Proof.Known(true));
            assertThat(bench.client.proveSource(Requests.oplog())).isEqualTo(new Proof.Known(true));
            assertThat(bench.client.proveSource(noSuch)).isEqualTo(new Proof.Known(false));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200 OK | <html>",
                "200 OK | {}",
                "200 OK | {\"results\": {}}",
                "200 OK | {\"results\": [{}]}",
                "200 OK | {\"results\": [{\"id\": 7}]}",
                "200 OK | {\"results\": [{\"id\": \"65a0f1c2d3e4f5a6b7c8d9e0\"}, {\"id\": \"x\"}]}",
                "200 OK | {\"results\": [{\"id\": \"65a0f1c2d3e4f5a6b7c8d9e0\"}",
                "404 Not Found | {\"errorCode\": \"CLUSTER_NOT_FOUND\"}",
                "500 Internal Server Error | {}",
                "302 Found | {}",
            })
    void a_list_that_is_not_whole_or_not_understood_was_not_seen(String status, String body)
            throws IOException {
        assertThat(unseen(status, body)).returns(WaitsFor.ATLAS, NotNow::waitsFor);
    }

    @ParameterizedTest
    @CsvSource({"429 Too Many Requests, RATE", "403 Forbidden, CREDENTIAL"})
    void an_obstacle_is_told_as_what_it_is(String status, WaitsFor waitsFor) throws IOException {
        assertThat(unseen(status, "{}")).returns(waitsFor, NotNow::waitsFor);
    }

    @Test
    void a_snapshot_that_cannot_be_read_proves_nothing_and_is_not_missing_either()
            throws IOException {
        try (var server = always(answer("503 Busy", "{}"));
                var bench = Bench.of(server.url(), 2, Duration.ofSeconds(5))) {
            assertThat(bench.client.proveSource(Requests.download()))
                    .isInstanceOf(Proof.Unseen.class);
            assertThat(bench.client.proveSource(Requests.oplog())).isEqualTo(new Proof.Known(true));
        }
    }

    @Test
    void a_list_is_read_no_further_than_the_first_page_with_an_older_job() {
        var ids = IntStream.range(0, 250).mapToObj(i -> id(249 - i, i)).toList();
        try (var atlas = new ScriptedAtlas(() -> NOW);
                var bench = new Bench(Settings.of(atlas.url()), 2, () -> NOW)) {
            atlas.answers = asked -> page(ids, asked);

            assertThat(listed(bench.client.jobs(ORDERS, NOW.plusSeconds(100)))).hasSize(200);
            assertThat(atlas.calls).as("pages of 100").hasSize(2);
            assertThat(listed(bench.client.jobs(ORDERS, Instant.MIN))).hasSize(250);
            assertThat(listed(bench.client.jobs(ORDERS, NOW.plusSeconds(249)))).hasSize(100);
            assertThat(listed(bench.client.jobs(ORDERS, NOW.plusSeconds(150))))
                    .as("the last of a page may not be the last of its second")
                    .hasSize(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"oldest first", "all in one second"})
    void where_a_page_does_not_show_that_the_newest_come_first_the_list_is_read_on(String order) {
        var ids =
                IntStream.range(0, 150)
                        .mapToObj(i -> id(order.startsWith("all") ? 0 : i, i))
                        .toList();
        try (var atlas = new ScriptedAtlas(() -> NOW);
                var bench = new Bench(Settings.of(atlas.url()), 2, () -> NOW)) {
            atlas.answers = asked -> page(ids, asked);

            assertThat(listed(bench.client.jobs(ORDERS, NOW.plusSeconds(200)))).hasSize(150);
        }
    }

    @Test
    void a_job_that_a_new_one_moves_to_the_next_page_is_listed_once() {
        var ids = IntStream.range(0, 150).mapToObj(i -> id(-i, i)).toList();
        try (var atlas = new ScriptedAtlas(() -> NOW);
                var bench = new Bench(Settings.of(atlas.url()), 2, () -> NOW)) {
            atlas.answers =
                    asked ->
                            asked.path().endsWith("pageNum=1")
                                    ? page(ids.subList(0, 100))
                                    : page(ids.subList(99, 150));

            assertThat(listed(bench.jobs(Requests.download())))
                    .extracting(ListedJob::id)
                    .containsExactlyElementsOf(ids);
        }
    }

    @Test
    void fields_that_are_null_or_zero_say_nothing() {
        var page =
                JobPage.parse(
                        """
                        {"results": [{"id": "65a0f1c2d3e4f5a6b7c8d9e0", "deliveryType": null,
                          "snapshotId": "", "targetGroupId": 7, "oplogTs": 0, "oplogInc": null,
                          "pointInTimeUTCSeconds": 99999999999, "deliveryUrl": ["https://secret"]}]}
                        """,
                        "https://atlas/jobs");

        assertThat(page)
                .hasValueSatisfying(
                        it ->
                                assertThat(it.jobs())
                                        .containsExactly(
                                                new ListedJob(
                                                        "65a0f1c2d3e4f5a6b7c8d9e0",
                                                        "https://atlas/jobs/65a0f1c2d3e4f5a6b7c8d9e0",
                                                        null,
                                                        null,
                                                        null,
                                                        null,
                                                        null,
                                                        null,
                                                        null)));
    }

    /** Those of an expired or a used link, and of a text for a URL, were built by hand. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "'deliveryUrl': [], 'cancelled': false, 'failed': false, 'expired': false | RUNNING",
                "'deliveryUrl': ['https://secret/s3cr3t'], 'expiresAt': '2026-01-02T13:00:00Z' | READY",
                "'deliveryUrl': ['https://secret/s3cr3t'] | RUNNING",
                "'deliveryUrl': [], 'expiresAt': '2026-01-02T13:00:00Z' | FETCHED",
                "'deliveryUrl': null, 'expiresAt': '2026-01-02T13:00:00Z' | FETCHED",
                "'deliveryUrl': '', 'expiresAt': '2026-01-02T13:00:00Z' | FETCHED",
                "'expiresAt': '2026-01-02T13:00:00Z' | RUNNING",
                "'deliveryUrl': {}, 'expiresAt': '2026-01-02T13:00:00Z' | RUNNING",
                "'deliveryUrl': [null], 'expiresAt': '2026-01-02T13:00:00Z' | RUNNING",
                "'deliveryUrl': null, 'finishedAt': '2026-01-02T12:05:00Z' | COMPLETED",
                "'finishedAt': null | RUNNING",
                "'failed': true, 'cancelled': true, 'finishedAt': '2026-01-02T12:05:00Z' | FAILED",
                "'cancelled': true, 'deliveryUrl': [] | CANCELLED",
                "'expired': true, 'expiresAt': '2026-01-02T13:00:00Z' | EXPIRED",
                "'deliveryUrl': 'https://secret/s3cr3t', 'expiresAt': '2026-01-02T13:00:00Z' | READY",
            })
    void how_far_a_job_is_is_told_by_its_fields_in_their_order(String fields, State state) {
        var job = "{'id': '65a0f1c2d3e4f5a6b7c8d9e0', %s}".formatted(fields);
        var page = JobPage.parse("{'results': [%s]}".formatted(job).replace('\'', '"'), "jobs");

        var listed = page.orElseThrow().jobs().getFirst();

        assertThat(listed.progress().state()).isEqualTo(state);
        assertThat(listed.toString()).as("the URL grants the download").doesNotContain("s3cr3t");
    }

    @ParameterizedTest
    @ValueSource(strings = {"v2", "v1.0"})
    void a_download_is_listed_as_fetched_once_its_link_was_used(String api) {
        var now = new AtomicReference<>(NOW);
        var options =
                SimulatorOptions.defaults()
                        .withLifecycle(
                                Duration.ofMinutes(1), Duration.ofMinutes(1), Duration.ofHours(1));
        try (var atlas = AtlasSimulator.start(options, now::get);
                var bench = new Bench(Settings.of(atlas.url()).withApi(api), 5, now::get)) {
            var id = job(bench, Requests.download()).jobId();
            assertThat(progress(bench)).isEqualTo(JobProgress.RUNNING);

            now.set(NOW.plusSeconds(60));
            var expiresAt = NOW.plusSeconds(3_660);
            var url = new DeliveryUrls(List.of(atlas.books().jobs().getFirst().deliveryUrl()));
            assertThat(progress(bench))
                    .isEqualTo(new JobProgress(State.READY, null, expiresAt, url));

            atlas.byHand().interrupt(id);
            assertThat(progress(bench).state())
                    .as("who was cut off may go on")
                    .isEqualTo(State.READY);

            atlas.byHand().fetch(id);
            assertThat(progress(bench)).isEqualTo(new JobProgress(State.FETCHED, null, expiresAt));
        }
    }

    private static JobProgress progress(Bench bench) {
        return listed(bench.jobs(Requests.download())).getFirst().progress();
    }

    @Test
    void when_a_job_ended_or_expires_is_kept_and_what_is_no_time_says_nothing() {
        var body =
                """
                {"results": [{"id": "65a0f1c2d3e4f5a6b7c8d9e0", "finishedAt": "soon",
                  "expiresAt": "2026-01-02T13:00:00Z", "expired": true}]}
                """;

        assertThat(JobPage.parse(body, "jobs").orElseThrow().jobs().getFirst().progress())
                .isEqualTo(
                        new JobProgress(
                                State.EXPIRED, null, Instant.parse("2026-01-02T13:00:00Z")));
    }

    private static NotNow unseen(String status, String body) throws IOException {
        try (var server = always(answer(status, body));
                var bench = Bench.of(server.url(), 2, Duration.ofSeconds(5))) {
            var listing = bench.jobs(Requests.download());
            assertThat(listing).isInstanceOf(Listing.Unseen.class);
            return ((Listing.Unseen) listing).why();
        }
    }

    private static RawServer always(String answer) throws IOException {
        return new RawServer(
                socket -> {
                    while (!RawServer.read(socket.getInputStream()).isEmpty()) {
                        RawServer.write(socket, answer);
                    }
                });
    }

    /** The id of a job that was made so many seconds after {@link #NOW}. */
    private static String id(int seconds, int number) {
        return "%08x%016x".formatted(NOW.plusSeconds(seconds).getEpochSecond(), number);
    }

    private static Told page(List<String> ids, Asked asked) {
        var number = Integer.parseInt(asked.path().replaceAll(".*pageNum=", ""));
        return page(ids.subList((number - 1) * 100, Math.min(number * 100, ids.size())));
    }

    private static Told page(List<String> ids) {
        var jobs = ids.stream().map(id -> "{\"id\": \"" + id + "\"}");
        var body = "{\"results\": [" + jobs.collect(Collectors.joining(", ")) + "]}";
        return new Told(200, Map.of(), body);
    }

    private static String answer(String status, String body) {
        return "HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s".formatted(status, body.length(), body);
    }

    private static Bench bench(AtlasSimulator atlas, String api) {
        return new Bench(Settings.of(atlas.url()).withApi(api), 5, InstantSource.fixed(NOW));
    }

    private static Created job(Bench bench, RestoreRequest request) {
        return (Created) bench.submit(request);
    }

    private static List<ListedJob> listed(Listing listing) {
        assertThat(listing).isInstanceOf(Listing.Listed.class);
        return ((Listing.Listed) listing).jobs();
    }
}
