package dev.restoreworker.sandbox.atlas;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.restoreworker.sandbox.atlas.RecordedCall.Ending;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a rule can do around a call: to lists, clocks, other people's jobs, slow requests. */
@Timeout(30)
final class RuleWorldTest extends SimulatorTestCase {
    @Test
    void a_lagging_list_leaves_young_jobs_out() throws IOException {
        rules("{\"rules\": [{\"when\": {\"call\": \"list\"}, \"then\": {\"lag\": \"PT10S\"}}]}");
        var id = create(download());

        var young = json(caller.get(JOBS));
        clock.advance(Duration.ofSeconds(10));
        var old = json(caller.get(JOBS));

        assertThat(young.getJsonArray("results")).isEmpty();
        assertThat(young.getInteger("totalCount")).isZero();
        assertThat(job(id).getString("id")).isEqualTo(id);
        assertThat(old.getJsonArray("results")).hasSize(1);
    }

    @Test
    void a_list_may_lag_on_every_second_read() throws IOException {
        rules(
                """
                {"rules": [{"when": {"call": "list", "every": 2}, "then": {"lag": "PT1H"}}]}
                """);
        create(download());

        var sizes = List.of(listed(), listed(), listed(), listed());

        assertThat(sizes).containsExactly(1, 0, 1, 0);
    }

    @Test
    void a_person_may_have_restored_the_same_a_moment_before() throws IOException {
        rules(
                """
                {"rules": [{"when": {"call": "create"}, "then": {"foreign": {"at": "PT-3S"}}}]}
                """);

        var id = create(automated());

        var jobs = atlas.books().jobs();
        assertThat(jobs).hasSize(2);
        assertThat(jobs.getFirst().order()).isEqualTo(jobs.getLast().order());
        assertThat(jobs.getFirst().createdAt()).isEqualTo(clock.instant().minusSeconds(3));
        assertThat(jobs.getLast().id()).isEqualTo(id);
        assertThat(second(jobs.getLast().id()) - second(jobs.getFirst().id())).isEqualTo(3);
        assertThat(told("jobs", "results"))
                .extracting(it -> it.getBoolean("byHand"), it -> it.getLong("call"))
                .containsExactly(tuple(true, null), tuple(false, lastCreate().number()));
    }

    @Test
    void a_person_may_restore_almost_the_same_a_moment_later() throws IOException {
        rules(
                """
                {"rules": [{"when": {"call": "create"},
                            "then": {"effect": "none", "reply": "reset",
                                     "foreign": {"at": "PT0.05S",
                                                 "differs": {"targetClusterName": "spare"}}}}]}
                """);

        var lost = createMeanwhile(automated()).join();
        await(() -> atlas.books().jobs().size() == 1);

        assertThat(lost).isEqualTo("lost");
        var foreign = atlas.books().jobs().getFirst();
        assertThat(foreign.order().targetCluster()).isEqualTo("spare");
        assertThat(foreign.order().snapshotId()).isEqualTo(SNAPSHOT);
        assertThat(foreign.call()).isZero();
    }

    @Test
    void both_clocks_can_be_wrong_and_can_jump() throws IOException {
        rules(
                """
                {"clock": {"date": "PT90S", "ids": "PT-5S"},
                 "rules": [{"when": {"call": "create", "nth": 2},
                            "then": {"clock": {"date": "PT-1H"}}}]}
                """);

        var first = caller.post(JOBS, download());
        var second = caller.post(JOBS, download());
        caller.control("DELETE", "/simulator/faults", "");
        var third = caller.post(JOBS, download());

        var now = clock.instant().getEpochSecond();
        assertThat(header(first, "Date")).isEqualTo("Mon, 03 Aug 2026 03:37:48 GMT");
        assertThat(second(json(first).getString("id"))).isEqualTo(now - 5);
        assertThat(header(second, "Date")).isEqualTo("Mon, 03 Aug 2026 02:36:18 GMT");
        assertThat(second(json(second).getString("id"))).isEqualTo(now);
        assertThat(header(third, "Date")).isEqualTo("Mon, 03 Aug 2026 03:36:18 GMT");
        assertThat(atlas.books().jobs())
                .allSatisfy(job -> assertThat(job.createdAt()).isEqualTo(clock.instant()));
    }

    @Test
    void a_request_that_does_not_come_in_whole_is_dropped_unread() throws IOException {
        rules("{\"readWithin\": \"PT0.2S\"}");
        var head = "POST " + JOBS + " HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345";

        try (var socket = new Socket("localhost", atlas.url().getPort())) {
            socket.getOutputStream().write(head.getBytes(US_ASCII));

            assertThat(ends(socket)).isTrue();
        }

        assertThat(lastCreate().ending()).isEqualTo(Ending.DROPPED);
        assertThat(lastCreate().access()).isEqualTo(RecordedCall.Access.UNKNOWN);
        assertThat(create(download())).isNotBlank();
    }

    @Test
    void tokens_meet_rules_too() throws IOException {
        rules(
                """
                {"rules": [{"when": {"call": "token", "times": 1},
                            "then": {"effect": "none", "reply": {"status": 503}}}]}
                """);

        var first = token();
        var second = token();

        assertThat(first).isEqualTo(503);
        assertThat(second).isEqualTo(200);
        assertThat(atlas.tokensIssued()).isEqualTo(1);
    }

    private int token() throws IOException {
        try (var socket = new Socket("localhost", atlas.url().getPort())) {
            var account = options.account().id() + ":" + options.account().secret();
            var basic = Base64.getEncoder().encodeToString(account.getBytes(US_ASCII));
            var request =
                    "POST /api/oauth/token HTTP/1.1\r\nHost: x\r\nAuthorization: Basic "
                            + basic
                            + "\r\nContent-Length: 29\r\n\r\ngrant_type=client_credentials";
            socket.getOutputStream().write(request.getBytes(US_ASCII));
            var line = new String(socket.getInputStream().readNBytes(12), US_ASCII);
            return Integer.parseInt(line.substring("HTTP/1.1 ".length()));
        }
    }

    private int listed() throws IOException {
        return json(caller.get(JOBS)).getJsonArray("results").size();
    }

    /** Whether the other side ends the connection without a word, in whatever way. */
    private static boolean ends(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() == -1;
        } catch (SocketException _) {
            return true;
        }
    }

    private static long second(String id) {
        return Long.parseLong(id.substring(0, 8), 16);
    }
}
