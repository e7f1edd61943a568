package dev.restoreworker.atlas;

import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.atlas.Answer.Headers;
import dev.restoreworker.atlas.Pauses.Asker;
import dev.restoreworker.atlas.Pauses.Caller;
import dev.restoreworker.atlas.Pauses.Kind;
import dev.restoreworker.atlas.Pauses.What;
import dev.restoreworker.core.SourceCluster;
import dev.restoreworker.core.SubmitReply.NotNow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PausesTest {

    private static final Caller ONE = caller("r-1", "p-1");
    private static final Caller TWO = caller("r-2", "p-1");
    private static final Caller OTHERS = caller("r-3", "p-2");

    private long nanos = -3_000_000_000L;
    private double drawn;
    private final Pauses pauses = new Pauses(() -> nanos, () -> drawn);

    @Test
    void without_advice_a_rate_limit_pauses_for_10_and_20_and_40_seconds() {
        var lengths = new ArrayList<Duration>();
        for (var i = 0; i < 5; i++) {
            var length = refused(ONE, Kind.CREATE, 429, "").retryAfter();
            lengths.add(length);
            passes(length);
        }

        assertThat(lengths)
                .extracting(Duration::toSeconds)
                .containsExactly(10L, 20L, 40L, 40L, 40L);
    }

    @Test
    void a_refused_credential_is_left_alone_for_some_minutes_at_most() {
        var length = Duration.ZERO;
        for (var i = 0; i < 20; i++) {
            length = refused(ONE, Kind.CREATE, 401, "NO_CURRENT_USER").retryAfter();
            passes(length.multipliedBy(2));
        }

        assertThat(length).isEqualTo(Duration.ofSeconds(320));
    }

    @Test
    void what_atlas_advises_counts_and_those_who_wait_are_spread_over_a_quarter_more() {
        drawn = 1;
        var reply = refused(ONE, Kind.CREATE, 429, "", "40");

        assertThat(reply.retryAfter()).isEqualTo(Duration.ofSeconds(50));
        passes(Duration.ofSeconds(40));
        assertThat(pauses.enter(ONE, Kind.CREATE)).isEmpty();
    }

    @Test
    void calls_that_were_out_together_make_one_pause() {
        for (var i = 0; i < 200; i++) {
            refused(caller("r-" + i, "p-1"), Kind.CREATE, 429, "");
        }

        assertThat(pauses.stop(ONE, Kind.CREATE))
                .hasValueSatisfying(
                        it -> assertThat(it.retryAfter()).isEqualTo(Duration.ofSeconds(10)));
        pauses.letIn(caller("r-300", "p-1"), Kind.CREATE);
        assertThat(pauses.stop(ONE, Kind.CREATE)).as("one that was sent before it").isPresent();
    }

    @Test
    void who_is_let_in_may_have_to_look_first_so_that_one_list_is_let_in_beside_it() {
        refused(ONE, Kind.CREATE, 429, "");
        passes(Duration.ofSeconds(10));

        assertThat(pauses.enter(ONE, Kind.CREATE)).isEmpty();
        assertThat(pauses.enter(TWO, Kind.CREATE)).isPresent();
        assertThat(pauses.enter(list("orders"), Kind.READ)).isEmpty();
        assertThat(pauses.enter(list("reports"), Kind.READ)).isPresent();
    }

    @Test
    void ten_thousand_that_waited_are_let_in_a_few_at_a_time() {
        refused(ONE, Kind.CREATE, 429, "");
        passes(Duration.ofSeconds(10));

        var waves = new ArrayList<Integer>();
        for (var wave = 0; wave < 8; wave++) {
            var admitted = admitted(10_000);
            waves.add(admitted.size());
            admitted.forEach(each -> pauses.letIn(each, Kind.CREATE));
        }

        assertThat(waves).containsExactly(1, 2, 4, 8, 16, 32, 64, 10_000);
        assertThat(pauses.concern("default", "p-1")).isFalse();
    }

    @Test
    void one_that_was_let_in_may_look_before_it_sends() {
        refused(ONE, Kind.CREATE, 429, "");
        passes(Duration.ofSeconds(10));

        assertThat(pauses.enter(ONE, Kind.CREATE)).isEmpty();
        assertThat(pauses.enter(ONE, Kind.READ)).isEmpty();
        assertThat(pauses.enter(TWO, Kind.CREATE)).isPresent();
        assertThat(pauses.stop(ONE, Kind.CREATE)).isEmpty();
    }

    @Test
    void one_that_is_not_heard_of_again_does_not_keep_the_others_out() {
        refused(ONE, Kind.CREATE, 429, "");
        passes(Duration.ofSeconds(10));
        pauses.enter(ONE, Kind.CREATE);

        passes(Duration.ofMillis(60_001));

        assertThat(pauses.enter(TWO, Kind.CREATE)).isEmpty();
    }

    @Test
    void a_rate_limit_that_nobody_came_back_for_is_forgotten() {
        refused(ONE, Kind.CREATE, 429, "");
        passes(Duration.ofSeconds(131));

        assertThat(pauses.concern("default", "p-1")).isFalse();
        assertThat(pauses.count(What.RATE)).isZero();
    }

    @Test
    void a_refused_credential_is_remembered_for_a_day() {
        refused(ONE, Kind.CREATE, 401, "NO_CURRENT_USER");
        passes(Duration.ofDays(1));
        var afterADay = pauses.concern("default", "p-2");
        passes(Duration.ofSeconds(11));

        assertThat(afterADay).isTrue();
        assertThat(pauses.count(What.CREDENTIAL)).isZero();
    }

    @Test
    void who_was_refused_comes_later_than_those_of_other_projects() {
        refused(ONE, Kind.READ, 401, "");
        passes(Duration.ofSeconds(10));

        assertThat(pauses.enter(ONE, Kind.READ)).isPresent();
        assertThat(pauses.enter(OTHERS, Kind.READ)).isEmpty();
        pauses.letIn(OTHERS, Kind.READ);
        assertThat(pauses.count(What.CREDENTIAL)).isZero();

        refused(ONE, Kind.READ, 401, "");
        assertThat(pauses.count(What.CREDENTIAL)).as("it works for others").isZero();
        assertThat(pauses.count(What.PROJECT)).isOne();
        assertThat(pauses.enter(OTHERS, Kind.CREATE)).isEmpty();
    }

    @Test
    void a_refusal_for_the_project_shows_that_the_credential_is_a_good_one() {
        refused(ONE, Kind.CREATE, 403, "IP_ADDRESS_NOT_ON_ACCESS_LIST");
        passes(Duration.ofSeconds(20));

        refused(ONE, Kind.CREATE, 403, "ACCESS_FORBIDDEN");

        assertThat(pauses.count(What.CREDENTIAL)).isZero();
        assertThat(pauses.enter(OTHERS, Kind.CREATE)).isEmpty();
    }

    @Test
    void a_read_that_is_refused_stops_creating_and_not_the_other_way_round() {
        refused(ONE, Kind.CREATE, 403, "ACCESS_FORBIDDEN");
        assertThat(pauses.stop(ONE, Kind.READ)).isEmpty();

        refused(ONE, Kind.READ, 403, "ACCESS_FORBIDDEN");
        assertThat(pauses.stop(ONE, Kind.READ)).isPresent();

        passes(Duration.ofSeconds(10));
        pauses.letIn(ONE, Kind.READ);
        passes(Duration.ofSeconds(10));
        assertThat(pauses.concern("default", "p-1"))
                .as("what creates is still to be tried")
                .isTrue();
        pauses.letIn(ONE, Kind.CREATE);
        assertThat(pauses.concern("default", "p-1")).isFalse();
    }

    @Test
    void a_refusal_of_one_request_stops_no_other() {
        var said = refused(ONE, Kind.CREATE, 403, "FEATURE_UNSUPPORTED");

        assertThat(said.retryAfter()).isZero();
        assertThat(pauses.enter(TWO, Kind.CREATE)).isEmpty();
    }

    @Test
    void those_who_wait_are_told_what_for_and_not_that_atlas_told_them() {
        refused(ONE, Kind.CREATE, 403, "IP_ADDRESS_NOT_ON_ACCESS_LIST");

        assertThat(pauses.enter(TWO, Kind.CREATE))
                .hasValueSatisfying(
                        it -> {
                            assertThat(it.error()).isNull();
                            assertThat(it.detail()).contains("IP_ADDRESS_NOT_ON_ACCESS_LIST");
                        });
    }

    private List<Caller> admitted(int callers) {
        return IntStream.range(0, callers)
                .mapToObj(i -> caller("w-" + i, "p-1"))
                .filter(each -> pauses.enter(each, Kind.CREATE).isEmpty())
                .toList();
    }

    private NotNow refused(Caller caller, Kind kind, int status, String code) {
        return refused(caller, kind, status, code, null);
    }

    private NotNow refused(
            Caller caller, Kind kind, int status, String code, @Nullable String retryAfter) {
        var answer =
                new Answer(
                        status,
                        new Headers(null, retryAfter, null, List.of()),
                        code.isEmpty() ? "" : "{\"errorCode\": \"%s\"}".formatted(code));
        return pauses.refused(caller, kind, answer, AtlasReplies.unseen(answer));
    }

    private void passes(Duration time) {
        nanos += time.toNanos();
    }

    private static Caller list(String cluster) {
        return Caller.ofList(new SourceCluster("p-1", cluster), "default");
    }

    private static Caller caller(String request, String project) {
        return new Caller(new Asker(request, false), "default", project, null);
    }
}
