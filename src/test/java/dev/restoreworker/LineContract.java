package dev.restoreworker;

import static dev.restoreworker.LedgerFixture.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.Ledger.Move;
import dev.restoreworker.Ledger.Opened;
import dev.restoreworker.Ledger.Opening;
import dev.restoreworker.Ledger.Start;
import dev.restoreworker.core.Content;
import dev.restoreworker.core.Decision;
import dev.restoreworker.core.Decision.AttemptChange;
import dev.restoreworker.core.Delivery;
import dev.restoreworker.core.Ending;
import dev.restoreworker.core.FixedRetryPolicy;
import dev.restoreworker.core.LedgerEntry;
import dev.restoreworker.core.LedgerEntry.Line;
import dev.restoreworker.core.LedgerEntry.Stage;
import dev.restoreworker.core.Lifecycle;
import dev.restoreworker.core.Lifecycle.Step;
import dev.restoreworker.core.Outcome.JobCreated;
import dev.restoreworker.core.Outcome.JobFailed;
import dev.restoreworker.core.Outcome.Reason;
import dev.restoreworker.core.RestoreRequest.Remarks;
import dev.restoreworker.core.WaitsFor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every ledger promises of lines, repeats and what is purged. */
public abstract class LineContract {

    private static final Duration GUARD = Duration.ofHours(1);
    private static final Duration RETENTION = Duration.ofDays(30);
    private static final Lifecycle LIFECYCLE = new Lifecycle(FixedRetryPolicy.DEFAULT);

    /** The same one during a test, empty at its start. */
    protected abstract Ledger ledger();

    /** The ledger's clock; it stands at {@code NOON} when a test begins. */
    protected abstract SettableClock clock();

    // ---- lines

    @Test
    void the_first_of_a_line_goes_on_and_all_others_wait_and_know_who_holds_them() {
        var opened = open(onto("a", "r-2"), onto("a", "r-1"), onto("b", "r-3"), onto("a", "r-0"));

        assertThat(opened.get(0).stage()).isInstanceOf(Stage.Submitting.class);
        assertThat(opened.get(2).stage()).isInstanceOf(Stage.Submitting.class);
        assertThat(opened.get(1).stage()).isEqualTo(new Stage.Waiting(WaitsFor.TURN, 0));
        assertThat(opened.get(1).attempts()).isEmpty();
        assertThat(opened.get(3).line()).isEqualTo(new Line("r-2", null));
        assertThat(claim()).containsExactlyInAnyOrder("r-0 behind r-2", "r-1 behind r-2");
        assertThat(entry("r-0").line()).isEqualTo(new Line("r-2", null));
    }

    @Test
    void whoever_comes_later_stands_behind() {
        open(onto("a", "r-9"));

        var opened = open(onto("a", "r-1"));

        assertThat(opened.getFirst().line()).isEqualTo(new Line("r-9", null));
        assertThat(opened.getFirst().dueAt()).isEqualTo(NOON);
    }

    @Test
    void one_that_waits_for_something_else_holds_its_line() {
        open(onto("a", "r-1"));
        move("r-1", answering(1, NOT_NOW));

        assertThat(open(onto("a", "r-2")).getFirst().line().heldBy()).isEqualTo("r-1");
    }

    @Test
    void what_wipes_nothing_or_is_known_or_is_never_sent_holds_nothing() {
        open(onto("a", "known"));
        restored("known", "j");
        ledger().open(List.of(submitting("download")));

        ledger().open(List.of(onto("a", "known"), failing("invalid")));
        var opened = open(onto("a", "r-1"));

        assertThat(opened.getFirst().stage()).isInstanceOf(Stage.Submitting.class);
    }

    @Test
    void whoever_has_its_job_holds_its_line_until_that_is_over() {
        open(onto("a", "r-1"), onto("a", "r-2"));
        move("r-1", answering(1, created("j")));
        claim();
        putOff("r-2");
        clock().advance(MINUTE);

        assertThat(claim()).isEmpty();
        assertThat(open(onto("a", "r-3")).getFirst().line().heldBy()).isEqualTo("r-1");
        move("r-1", over(entry("r-1")));

        assertThat(claim()).contains("r-2 behind null");
    }

    @Test
    void whoever_leaves_wakes_the_next_and_no_other() {
        open(onto("a", "r-1"), onto("a", "r-2"), onto("a", "r-3"), onto("b", "s-1"));
        claim();
        putOff("r-2");
        putOff("r-3");
        clock().advance(MINUTE);

        restored("r-1", "j");

        var next = entry("r-2");
        assertThat(next.stage()).isEqualTo(new Stage.Waiting(WaitsFor.TARGET, 0));
        assertThat(next.dueAt()).isEqualTo(NOON.plus(MINUTE));
        assertThat(next.line()).isEqualTo(Line.FREE);
        assertThat(entry("r-3").line()).isEqualTo(new Line("r-2", null));
        assertThat(claim()).containsExactly("r-2 behind null");
    }

    @Test
    void one_that_leaves_from_the_middle_wakes_nobody() {
        open(onto("a", "r-1"), onto("a", "r-2"), onto("a", "r-3"));
        claim();
        putOff("r-3");
        move("r-1", answering(1, NOT_NOW));
        var first = entry("r-1");

        move("r-2", settling(FAILED, new AttemptChange.None()));

        assertThat(entry("r-1")).isEqualTo(first);
        assertThat(entry("r-3").line()).isEqualTo(new Line("r-1", null));
        assertThat(claim()).isEmpty();
    }

    @Test
    void a_move_that_was_decided_before_the_waking_is_overtaken_by_it() {
        open(onto("a", "r-1"), onto("a", "r-2"));
        var held = ledger().claim(1, HOLD).getFirst();
        restored("r-1", "j");

        var move = ledger().move(held, inLine(), List.of());

        assertThat(move).isEqualTo(new Move.Overtaken(false));
        assertThat(claim()).containsExactly("r-2 behind null");
    }

    // ---- repeats

    @Test
    void an_equal_request_repeats_the_first_that_is_live_and_holds_nothing() {
        open(onto("a", "r-1"));

        var repeat = open(repeat("r-2", "r-1")).getFirst();

        assertThat(repeat.line()).isEqualTo(new Line(null, "r-1"));
        assertThat(repeat.stage()).isEqualTo(new Stage.Waiting(WaitsFor.TURN, 0));
        assertThat(repeat.dueAt()).isEqualTo(NOON);
        assertThat(open(repeat("r-3", "r-1")).getFirst().line()).isEqualTo(new Line(null, "r-1"));
        assertThat(ledger().claim(9, HOLD))
                .allSatisfy(each -> assertThat(each.line().repeats()).isEqualTo("r-1"));
        move("r-1", answering(1, NOT_NOW));
        assertThat(open(onto("a", "r-4")).getFirst().line()).isEqualTo(new Line("r-1", null));
    }

    @Test
    void of_two_equal_ones_in_a_batch_the_second_is_the_repeat() {
        var opened = open(repeat("r-2", "x"), repeat("r-1", "x"));

        assertThat(opened.getFirst().stage()).isInstanceOf(Stage.Submitting.class);
        assertThat(opened.getLast().line()).isEqualTo(new Line(null, "r-2"));
    }

    @Test
    void what_was_restored_a_short_while_ago_is_repeated_and_what_failed_is_not() {
        open(onto("a", "r-1"), onto("b", "s-1"));
        restored("r-1", "j");
        move("s-1", answering(1, REFUSED));
        clock().advance(GUARD.minusMillis(1));

        assertThat(open(repeat("r-2", "r-1")).getFirst().line()).isEqualTo(new Line(null, "r-1"));
        move("r-2", settling(FAILED, new AttemptChange.None()));
        var again = opening("s-2", "b", "s-1", GUARD);
        assertThat(open(again).getFirst().stage()).isInstanceOf(Stage.Submitting.class);
        clock().advance(Duration.ofMillis(1));
        assertThat(open(repeat("r-3", "r-1")).getFirst().stage())
                .isInstanceOf(Stage.Submitting.class);
    }

    @Test
    void with_leave_and_with_other_content_it_is_no_repeat() {
        open(onto("a", "r-1"));

        var opened = open(opening("r-2", "a", "r-1", null), onto("a", "r-3"));

        assertThat(opened)
                .extracting(LedgerEntry::line)
                .containsExactly(new Line("r-1", null), new Line("r-1", null));
    }

    @Test
    void a_known_id_is_a_duplicate_and_repeats_nothing() {
        open(onto("a", "r-1"));

        var opened = ledger().open(List.of(repeat("r-1", "r-1"), repeat("r-2", "r-1")));

        assertThat(opened.getFirst()).isEqualTo(new Opened.Duplicate(true));
        assertThat(((Opened.Fresh) opened.getLast()).entry().line().repeats()).isEqualTo("r-1");
    }

    // ---- nobody is stuck

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void in_whatever_order_things_happen_all_leave_and_each_target_has_one_sender(long seed) {
        var random = new Random(seed);
        var sending = new HashMap<String, LedgerEntry>();
        var restoring = new ArrayList<LedgerEntry>();
        var received = new HashMap<String, List<String>>();
        var sent = new HashMap<String, List<String>>();
        var count = 0;
        for (var rounds = 0; count < 60 || !sending.isEmpty() || !live(count).isEmpty(); rounds++) {
            assertThat(rounds).as("somebody is stuck").isLessThan(2_000);
            if (count < 60 && random.nextInt(3) == 0) {
                for (var i = random.nextInt(4); i >= 0; i--) {
                    var target = "t" + random.nextInt(3);
                    var id = "r-" + count++;
                    var entry = open(onto(target, id)).getFirst();
                    received.computeIfAbsent(target, _ -> new ArrayList<>()).add(id);
                    if (entry.stage() instanceof Stage.Submitting) {
                        assertThat(sending.put(target, entry)).as("sender of " + target).isNull();
                        sent.computeIfAbsent(target, _ -> new ArrayList<>()).add(id);
                    }
                }
            }
            for (var entry : ledger().claim(1 + random.nextInt(3), HOLD)) {
                var target = entry.request().delivery().wipes().orElseThrow().clusterName();
                var decision =
                        switch (LIFECYCLE.next(entry)) {
                            case Step.Move(var move) -> move;
                            case Step.Submit() -> beginning();
                            case Step.Look _, Step.Rest _ -> throw new AssertionError(entry);
                        };
                if (ledger().move(entry, decision, List.of()) instanceof Move.Moved(var moved)
                        && moved.stage() instanceof Stage.Submitting) {
                    assertThat(sending.put(target, moved)).as("sender of " + target).isNull();
                    sent.computeIfAbsent(target, _ -> new ArrayList<>()).add(id(moved));
                }
            }
            for (var entry : List.copyOf(restoring)) {
                if (random.nextBoolean()) {
                    restoring.remove(entry);
                    assertThat(ledger().move(entry, over(entry), List.of()))
                            .isInstanceOf(Move.Moved.class);
                }
            }
            for (var target : List.copyOf(sending.keySet())) {
                if (random.nextBoolean()) {
                    var entry = Objects.requireNonNull(sending.remove(target));
                    var answer = random.nextBoolean() ? created("job-" + id(entry)) : REFUSED;
                    var move = ledger().move(entry, answering(1, answer), List.of());
                    if (move instanceof Move.Moved(var moved)
                            && moved.stage() instanceof Stage.Tracked) {
                        restoring.add(moved);
                    }
                }
            }
        }

        assertThat(sent).isEqualTo(received);
    }

    /** Those of so many that are not over. */
    private List<String> live(int count) {
        var live = new ArrayList<String>();
        for (var i = 0; i < count; i++) {
            if (ledger().find("r-" + i).orElseThrow().open() != null) {
                live.add("r-" + i);
            }
        }
        return live;
    }

    // ---- purging

    @Test
    void what_is_over_for_so_long_is_purged_but_for_its_id_outcome_and_job() {
        open(onto("a", "r-1"));
        restored("r-1", "j");
        ledger().open(List.of(failing("f-1"), onto("a", "r-1", 2), submitting("live")));
        clock().advance(RETENTION.plusMillis(1));

        assertThat(ledger().tidy(RETENTION, 9)).isEqualTo(2);

        var history = ledger().find("r-1").orElseThrow();
        var nothing = new Content(null, null, null, null, null, null, null, null, null);
        assertThat(history.content()).isEqualTo(nothing);
        assertThat(history.remarks()).isEqualTo(Remarks.NONE);
        assertThat(history.attempts()).isEmpty();
        assertThat(history.duplicates()).isEmpty();
        assertThat(((JobCreated) outcome("r-1")).jobId()).isEqualTo("j");
        assertThat(history.settledAt()).isEqualTo(NOON);
        assertThat(history.purgedAt()).isEqualTo(NOON.plus(RETENTION).plusMillis(1));
        var failed = (JobFailed) outcome("f-1");
        assertThat(failed.reason()).isEqualTo(Reason.INVALID_REQUEST);
        assertThat(failed.detail()).doesNotContain("snapshotId");
        assertThat(entry("live").attempts()).hasSize(1);
        assertThat(ledger().tidy(RETENTION, 9)).isZero();
    }

    @Test
    void what_is_not_over_for_so_long_is_kept_and_no_more_is_purged_than_asked_for() {
        ledger().open(List.of(failing("f-1"), failing("f-2"), failing("f-3")));
        clock().advance(RETENTION);
        assertThat(ledger().tidy(RETENTION, 9)).isZero();
        clock().advance(Duration.ofMillis(1));

        assertThat(ledger().tidy(RETENTION, 2)).isEqualTo(2);
        assertThat(ledger().tidy(RETENTION, 2)).isEqualTo(1);
    }

    @Test
    void a_purged_id_is_a_duplicate_whatever_its_content_and_is_not_listed() {
        ledger().open(List.of(failing("f-1")));
        clock().advance(RETENTION.plusMillis(1));
        ledger().tidy(RETENTION, 9);

        var opened = ledger().open(List.of(onto("a", "f-1", 7), failing("f-1")));

        assertThat(opened).containsExactly(new Opened.Duplicate(false), new Opened.Duplicate(true));
        assertThat(ledger().find("f-1").orElseThrow().duplicates()).isEmpty();
    }

    @Test
    void a_job_of_a_purged_request_is_still_its_own_and_a_late_answer_to_it_is_nobodys() {
        var begun = open(onto("a", "r-1")).getFirst();
        restored("r-1", "j");
        clock().advance(RETENTION.plusMillis(1));
        ledger().tidy(RETENTION, 9);

        assertThat(ledger().move(begun, answering(1, REFUSED), List.of()))
                .isEqualTo(new Move.Overtaken(false));
        var second = open(onto("b", "r-2")).getFirst();
        assertThat(ledger().move(second, answering(1, created("j")), List.of()))
                .isEqualTo(new Move.JobTaken("r-1"));
    }

    // ---- shared

    /** Of a content of its own. */
    protected static Opening onto(String target, String id) {
        return opening(id, target, id, GUARD);
    }

    private static Opening onto(String target, String id, long offset) {
        var opening = onto(target, id);
        return new Opening(
                id,
                opening.content(),
                opening.remarks(),
                origin(offset),
                opening.start(),
                List.of(),
                GUARD,
                null,
                null);
    }

    /** Of the content of another. */
    protected static Opening repeat(String id, String other) {
        return opening(id, "a", other, GUARD);
    }

    private static Opening opening(
            String id, String target, String content, @Nullable Duration guard) {
        var snapshot = "%024x".formatted(content.hashCode());
        var delivery = new Delivery.Automated(snapshot, new Delivery.Target(PROJECT, target));
        var request = request(id, delivery);
        return new Opening(
                id,
                request.content(),
                request.remarks(),
                origin(1),
                new Start.Submit(request, begin()),
                List.of(),
                guard,
                null,
                null);
    }

    protected List<LedgerEntry> open(Opening... openings) {
        return ledger().open(List.of(openings)).stream()
                .map(each -> ((Opened.Fresh) each).entry())
                .toList();
    }

    /** Its job was made and is over. */
    private void restored(String id, String job) {
        move(id, answering(1, created(job)));
        move(id, over(entry(id)));
    }

    private static Decision over(LedgerEntry tracked) {
        var stage = (Stage.Tracked) tracked.stage();
        var done = new Ending(Ending.Kind.COMPLETED, stage.jobId(), NOON, null, null);
        return new Decision(
                new Stage.Over(stage.outcome(), done), Duration.ZERO, new AttemptChange.None());
    }

    private void move(String id, Decision decision) {
        assertThat(ledger().move(entry(id), decision, List.of())).isInstanceOf(Move.Moved.class);
    }

    /** As the worker does with what it claimed and is not first. */
    private void putOff(String id) {
        move(id, inLine());
    }

    private static Decision inLine() {
        var patience = Duration.ofHours(2);
        return new Decision(
                new Stage.Waiting(WaitsFor.TARGET, 0), patience, new AttemptChange.None());
    }

    private List<String> claim() {
        return ledger().claim(9, HOLD).stream()
                .map(each -> id(each) + " behind " + each.line().heldBy())
                .toList();
    }

    private static String id(LedgerEntry entry) {
        return entry.request().id();
    }

    private LedgerEntry entry(String id) {
        return ledger().find(id).map(Ledger.History::open).orElseThrow();
    }

    private Object outcome(String id) {
        return ledger().find(id).map(Ledger.History::outcome).orElseThrow();
    }
}
