package dev.restoreworker;

import static dev.restoreworker.LedgerFixture.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.Ledger.Move;
import dev.restoreworker.Ledger.Opened;
import dev.restoreworker.Ledger.Opening;
import dev.restoreworker.Ledger.ProjectSlots;
import dev.restoreworker.Ledger.ProjectSlots.Foreign;
import dev.restoreworker.Ledger.ProjectSlots.Holder;
import dev.restoreworker.Ledger.ProjectSlots.Waiter;
import dev.restoreworker.Ledger.Queueing;
import dev.restoreworker.Ledger.Start;
import dev.restoreworker.core.Decision;
import dev.restoreworker.core.Decision.AttemptChange;
import dev.restoreworker.core.Delivery;
import dev.restoreworker.core.Ending;
import dev.restoreworker.core.LedgerEntry;
import dev.restoreworker.core.LedgerEntry.Queue;
import dev.restoreworker.core.LedgerEntry.Stage;
import dev.restoreworker.core.ListedJob;
import dev.restoreworker.core.Outcome.Reason;
import dev.restoreworker.core.Quota;
import dev.restoreworker.core.RestoreRequest;
import dev.restoreworker.core.RestoreRequest.Remarks;
import dev.restoreworker.core.RestoreRequest.Terms;
import dev.restoreworker.core.SourceCluster;
import dev.restoreworker.core.SubmitReply;
import dev.restoreworker.core.WaitsFor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every ledger promises of slots and of the queues for them: 2 in a project, 1 a snapshot. */
public abstract class SlotContract {

    private static final Duration PATIENCE = Duration.ofMinutes(90);
    private static final Duration BACK_OFF = Duration.ofSeconds(20);
    private static final String OTHER_PROJECT = "c".repeat(24);

    protected static final Quota QUOTA = quota(2, 1);

    /** The same one during a test, empty at its start, with {@link #QUOTA}. */
    protected abstract Ledger ledger();

    /** Another worker's, on the same entries. */
    protected abstract Ledger ledger(Quota quota);

    protected abstract Outbox outbox();

    /** The ledger's clock; it stands at {@code NOON} when a test begins. */
    protected abstract SettableClock clock();

    // ---- opened

    @Test
    void a_download_that_finds_room_goes_on_and_the_next_waits_asleep_for_a_slot() {
        var opened = open(download("r-1", "a"), download("r-2", "b"), download("r-3", "c"));

        assertThat(opened.get(0).stage()).isInstanceOf(Stage.Submitting.class);
        assertThat(opened.get(1).stage()).isInstanceOf(Stage.Submitting.class);
        var third = opened.get(2);
        assertThat(third.stage()).isEqualTo(new Stage.Waiting(WaitsFor.SLOT, 0));
        assertThat(third.dueAt()).isEqualTo(NOON.plus(PATIENCE));
        assertThat(third.deferred()).isTrue();
        assertThat(third.queue()).extracting(Queue::place).isEqualTo(1);
        assertThat(claim()).isEmpty();
        assertThat(entry("r-3").queue()).isEqualTo(new Queue(1, List.of("r-1", "r-2")));
        assertThat(told()).containsExactly("r-3 waits for SLOT as number 1");
    }

    @Test
    void a_snapshot_that_is_being_downloaded_keeps_back_its_own_requests_alone() {
        var opened = open(download("r-1", "a"), download("r-2", "a"), download("r-3", "b"));

        assertThat(opened.get(1).stage()).isEqualTo(new Stage.Waiting(WaitsFor.SNAPSHOT, 0));
        assertThat(opened.get(2).stage()).isInstanceOf(Stage.Submitting.class);
        assertThat(entry("r-2").queue()).isEqualTo(new Queue(1, List.of("r-1")));
        assertThat(told()).containsExactly("r-2 waits for SNAPSHOT as number 1");
    }

    @Test
    void projects_have_slots_of_their_own() {
        open(download("r-1", "a"), download("r-2", "b"), download("r-3", "c"));

        var other = open(inProject(OTHER_PROJECT, "s-1", "c", 0)).getFirst();

        assertThat(other.stage()).isInstanceOf(Stage.Submitting.class);
    }

    @Test
    void what_waits_for_its_turn_has_its_slot_already() {
        var first = request("r-1", "a", 0);
        open(opening(first, new Start.Wait(first)));
        open(download("r-2", "b"));

        assertThat(open(download("r-3", "c")).getFirst().stage())
                .isEqualTo(new Stage.Waiting(WaitsFor.SLOT, 0));
        assertThat(entry("r-1").stage()).isEqualTo(new Stage.Waiting(WaitsFor.TURN, 0));
        assertThat(entry("r-1").queue()).isNull();
        assertThat(claim()).containsExactly("r-1");
    }

    @Test
    void one_that_would_rather_fail_is_due_at_once_and_is_told_that_there_is_no_room() {
        open(download("r-1", "a"), download("r-2", "b"));
        var third = request("r-3", "c", 0);
        var fourth = request("r-4", "a", 0);
        open(unqueued(third), unqueued(fourth));

        var claimed = ledger().claim(9, HOLD);

        assertThat(claimed).extracting(each -> each.request().id()).containsExactly("r-3", "r-4");
        assertThat(ledger().move(claimed.get(0), beginning(), List.of()))
                .isEqualTo(new Move.NoRoom(WaitsFor.SLOT));
        assertThat(ledger().move(claimed.get(1), beginning(), List.of()))
                .isEqualTo(new Move.NoRoom(WaitsFor.SNAPSHOT));
        assertThat(entry("r-3").attempts()).isEmpty();
        assertThat(told()).isEmpty();
    }

    @Test
    void a_known_id_takes_no_slot_and_no_place() {
        open(download("r-1", "a"));

        ledger().open(List.of(download("r-1", "a"), download("r-1", "x")));

        assertThat(open(download("r-2", "b")).getFirst().stage())
                .isInstanceOf(Stage.Submitting.class);
    }

    @Test
    void what_restores_into_a_cluster_needs_no_slot() {
        open(download("r-1", "a"), download("r-2", "b"));
        var delivery = new Delivery.Automated(SNAPSHOT, new Delivery.Target(PROJECT, "standby"));
        var restore = LedgerFixture.request("r-3", delivery);

        var opened = open(LedgerFixture.opening(restore, 1, new Start.Submit(restore, begin())));

        assertThat(opened.getFirst().stage()).isInstanceOf(Stage.Submitting.class);
    }

    // ---- given up

    @Test
    void a_slot_that_is_given_up_goes_to_the_first_that_waits_and_to_no_other() {
        open(
                download("r-1", "a"),
                download("r-2", "b"),
                download("r-3", "c"),
                download("r-4", "d"));
        clock().advance(MINUTE);

        move("r-1", answering(1, REFUSED));

        var next = entry("r-3");
        assertThat(next.dueAt()).isEqualTo(NOON.plus(MINUTE));
        assertThat(next.queue()).isNull();
        assertThat(entry("r-4").queue()).extracting(Queue::place).isEqualTo(1);
        assertThat(claim()).containsExactly("r-3");
        move("r-3", beginning());
        assertThat(entry("r-3").stage()).isInstanceOf(Stage.Submitting.class);
    }

    @Test
    void a_job_holds_its_slot_until_atlas_is_done_with_it() {
        open(download("r-1", "a"), download("r-2", "b"), download("r-3", "c"));
        move("r-1", answering(1, created("j-1")));
        assertThat(claim()).as("it runs").isEmpty();
        assertThat(entry("r-3").queue()).isEqualTo(new Queue(1, List.of("j-1", "r-2")));
        var tracked = (Stage.Tracked) entry("r-1").stage();
        var ready = new Ending(Ending.Kind.READY, "j-1", null, NOON, null);
        move(
                "r-1",
                new Decision(
                        new Stage.Tracked(tracked.outcome(), "j-1", null, 0, ready),
                        MINUTE,
                        new AttemptChange.None()));
        assertThat(claim()).as("it can be fetched").isEmpty();

        move("r-1", over(tracked, ready));

        assertThat(claim()).containsExactly("r-3");
    }

    @Test
    void what_is_unknown_holds_its_slot_until_it_is_known_that_there_is_no_job() {
        open(download("r-1", "a"), download("r-2", "b"), download("r-3", "c"));
        move("r-1", answering(1, UNKNOWN));
        move("r-1", following());
        assertThat(claim()).isEmpty();

        move("r-1", ending(new Ending(Ending.Kind.NOT_FOUND, null, null, null, null)));

        assertThat(claim()).containsExactly("r-3");
    }

    @Test
    void a_higher_priority_goes_first_and_equal_ones_in_the_order_in_which_they_came() {
        open(download("r-1", "a"), download("r-2", "b"));
        open(inProject(PROJECT, "low", "c", -1), inProject(PROJECT, "second", "d", 0));
        open(inProject(PROJECT, "third", "e", 0), inProject(PROJECT, "first", "f", 5));

        assertThat(entry("low").queue()).extracting(Queue::place).isEqualTo(4);
        assertThat(told())
                .containsExactly(
                        "low waits for SLOT as number 1",
                        "second waits for SLOT as number 1",
                        "third waits for SLOT as number 2",
                        "first waits for SLOT as number 1");
        var order = new ArrayList<String>();
        for (var id = "r-1"; order.size() < 4; id = order.getLast()) {
            move(id, settling(FAILED, new AttemptChange.None()));
            order.addAll(claim());
        }
        assertThat(order).containsExactly("first", "second", "third", "low");
    }

    @Test
    void one_whose_snapshot_is_busy_is_passed_by() {
        open(
                download("r-1", "a"),
                download("r-2", "b"),
                download("r-3", "b"),
                download("r-4", "c"));

        move("r-1", answering(1, REFUSED));
        assertThat(claim()).containsExactly("r-4");

        move("r-2", answering(1, REFUSED));
        assertThat(claim()).containsExactly("r-3");
    }

    @Test
    void when_both_a_slot_and_a_snapshot_become_free_nobody_is_left_asleep() {
        open(download("r-1", "a"), download("r-2", "a"), download("r-3", "a"));

        move("r-1", answering(1, REFUSED));
        assertThat(claim()).containsExactly("r-2");
        move("r-2", settling(FAILED, new AttemptChange.None()));

        assertThat(claim()).containsExactly("r-3");
    }

    @Test
    void one_that_leaves_the_queue_gives_nothing_away_that_it_did_not_have() {
        open(
                download("r-1", "a"),
                download("r-2", "b"),
                download("r-3", "c"),
                download("r-4", "d"));

        move("r-3", settling(FAILED, new AttemptChange.None()));

        assertThat(claim()).isEmpty();
        assertThat(entry("r-4").queue()).extracting(Queue::place).isEqualTo(1);
    }

    // ---- put off

    @ParameterizedTest
    @EnumSource(
            value = WaitsFor.class,
            names = {"RATE", "CREDENTIAL", "ATLAS", "SENDING_PAUSED", "TURN"})
    void what_waits_for_something_else_keeps_its_slot(WaitsFor waitsFor) {
        open(download("r-1", "a"), download("r-2", "b"), download("r-3", "c"));
        var notNow = SubmitReply.NotNow.notSent(waitsFor, "not now");

        move("r-1", waitingFor(waitsFor, 1, new AttemptChange.Answer(1, notNow)));

        assertThat(claim()).isEmpty();
        assertThat(entry("r-1").queue()).isNull();
    }

    @Test
    void where_atlas_says_that_the_project_is_full_nobody_asks_again_before_the_time() {
        open(download("r-1", "a"), download("r-2", "b"), download("r-3", "c"));
        move("r-1", refusedForRoom(WaitsFor.SLOT));
        move("r-2", answering(1, REFUSED));

        assertThat(claim()).isEmpty();
        assertThat(open(download("r-4", "d")).getFirst().stage())
                .isEqualTo(new Stage.Waiting(WaitsFor.SLOT, 0));
        clock().advance(BACK_OFF);
        var knocking = ledger().claim(9, HOLD);
        assertThat(knocking).extracting(each -> each.request().id()).containsExactly("r-1");
        var begun = ledger().move(knocking.getFirst(), beginning(), List.of());
        assertThat(begun).isInstanceOf(Move.Moved.class);
        assertThat(claim()).isEmpty();

        move("r-1", answering(2, created("j-1")));

        assertThat(claim()).as("there is room after all").containsExactly("r-3");
    }

    @Test
    void where_atlas_says_that_the_project_is_full_one_asks_again_for_each_job_that_ends() {
        var roomy = ledger(quota(3, 1));
        roomy.open(
                List.of(
                        download("r-1", "a"),
                        download("r-2", "b"),
                        download("r-3", "c"),
                        download("r-4", "d")));
        move("r-1", refusedForRoom(WaitsFor.SLOT));
        move("r-2", refusedForRoom(WaitsFor.SLOT));
        move("r-3", answering(1, created("j-3")));
        assertThat(claim()).isEmpty();
        var tracked = (Stage.Tracked) entry("r-3").stage();
        var ending = new Ending(Ending.Kind.FAILED, "j-3", NOON, null, null);

        roomy.move(entry("r-3"), over(tracked, ending), List.of());

        assertThat(claim()).as("it waits for the longest time").containsExactly("r-1");
        assertThat(entry("r-1").queue()).as("it has its slot").isNull();
    }

    @Test
    void whoever_asked_again_for_all_and_will_never_know_the_answer_keeps_nobody_asleep() {
        open(download("r-1", "a"), download("r-2", "b"), download("r-3", "c"));
        move("r-1", refusedForRoom(WaitsFor.SLOT));
        move("r-2", answering(1, REFUSED));
        assertThat(claim()).isEmpty();
        clock().advance(BACK_OFF);
        move("r-1", beginning());
        move("r-1", answering(2, UNKNOWN));

        move("r-1", following());

        assertThat(claim()).containsExactly("r-3");
    }

    @Test
    void of_two_that_atlas_refused_one_asks_again() {
        open(download("r-1", "a"), download("r-2", "b"));
        move("r-1", refusedForRoom(WaitsFor.SLOT));
        move("r-2", refusedForRoom(WaitsFor.SLOT));
        clock().advance(BACK_OFF);
        var knocking = ledger().claim(9, HOLD);

        var first = ledger().move(knocking.get(0), beginning(), List.of());

        assertThat(first).isEqualTo(new Move.NoRoom(WaitsFor.SLOT));
        move(knocking.get(0).request().id(), asleep(WaitsFor.SLOT));
        assertThat(ledger().move(knocking.get(1), beginning(), List.of()))
                .isInstanceOf(Move.Moved.class);
    }

    @Test
    void where_atlas_says_that_the_snapshot_is_busy_only_its_requests_wait() {
        open(
                download("r-1", "a"),
                download("r-2", "b"),
                download("r-3", "a"),
                download("r-4", "c"));

        move("r-1", refusedForRoom(WaitsFor.SNAPSHOT));

        assertThat(claim()).containsExactly("r-4");
        move("r-2", answering(1, REFUSED));
        assertThat(claim()).isEmpty();
        assertThat(open(download("r-5", "a")).getFirst().stage())
                .isEqualTo(new Stage.Waiting(WaitsFor.SNAPSHOT, 0));
        clock().advance(BACK_OFF);
        assertThat(claim()).containsExactly("r-1");
    }

    @Test
    void one_whose_earlier_attempt_may_have_made_a_job_keeps_its_slot_whatever_it_waits_for() {
        open(download("r-1", "a"), download("r-2", "b"), download("r-3", "c"));
        move("r-1", answering(1, UNKNOWN));
        move("r-1", waitingFor(WaitsFor.ATLAS, 1, new AttemptChange.None()));
        move("r-1", beginning());

        move("r-1", waitingFor(WaitsFor.SLOT, 2, new AttemptChange.Answer(2, NOT_NOW)));

        assertThat(entry("r-1").queue()).isNull();
        assertThat(claim()).isEmpty();
    }

    @Test
    void one_that_was_just_given_a_slot_is_not_put_back_to_sleep() {
        open(download("r-1", "a"), download("r-2", "b"), download("r-3", "c"));
        clock().advance(PATIENCE);
        var held = ledger().claim(9, HOLD).getLast();
        assertThat(held.request().id()).isEqualTo("r-3");
        move("r-1", answering(1, REFUSED));

        assertThat(ledger().move(held, asleep(WaitsFor.SLOT), List.of()))
                .isEqualTo(new Move.Overtaken(false));
        assertThat(claim()).containsExactly("r-3");
    }

    // ---- others

    @Test
    void what_others_download_takes_up_room_until_it_is_gone() {
        open(download("r-1", "a"), download("r-2", "b"), download("r-3", "c"));
        var roomy = ledger(quota(20, 1));
        roomy.sight(CLUSTER, others(18, "x"));

        roomy.tidy(Duration.ofDays(30), 9);
        assertThat(claim()).as("2 of ours, and 18 of others").isEmpty();
        roomy.sight(CLUSTER, others(17, "x"));

        assertThat(claim()).containsExactly("r-3");
    }

    @Test
    void a_snapshot_that_somebody_else_downloads_is_busy_and_the_next_passes_by() {
        open(download("r-0", "z"));
        ledger().sight(CLUSTER, others(1, "a"));

        var opened = open(download("r-1", "a"), download("r-2", "b"));

        assertThat(opened.get(0).stage()).isEqualTo(new Stage.Waiting(WaitsFor.SNAPSHOT, 0));
        assertThat(opened.get(1).stage()).isInstanceOf(Stage.Submitting.class);
        move("r-0", answering(1, REFUSED));
        assertThat(claim()).isEmpty();
        ledger().sight(CLUSTER, List.of());
        assertThat(claim()).containsExactly("r-1");
    }

    @Test
    void our_own_jobs_are_not_taken_for_those_of_others() {
        open(download("r-1", "a"));
        move("r-1", answering(1, created("f".repeat(24))));
        ledger().sight(CLUSTER, List.of(job("f".repeat(24), "b")));

        assertThat(open(download("r-2", "b")).getFirst().stage())
                .isInstanceOf(Stage.Submitting.class);
    }

    @Test
    void whom_atlas_refused_asks_again_at_once_when_one_of_others_is_gone() {
        open(download("r-1", "a"), download("r-2", "b"));
        ledger().sight(CLUSTER, others(2, "x"));
        move("r-1", refusedForRoom(WaitsFor.SLOT));
        assertThat(claim()).isEmpty();

        ledger().sight(CLUSTER, others(1, "x"));

        assertThat(claim()).containsExactly("r-1");
    }

    @Test
    void where_atlas_has_no_room_the_clusters_of_the_project_are_listed_at_once() {
        open(download("r-1", "a"), download("r-2", "b"), download("r-3", "c"));
        assertThat(watches()).isEmpty();

        move("r-1", refusedForRoom(WaitsFor.SLOT));

        var watches = watches();
        assertThat(watches).as("one for all of them").hasSize(1);
        var watch = watches.getFirst();
        assertThat(watch.cluster()).isEqualTo(CLUSTER);
        assertThat(watch.tracked()).isEmpty();
        assertThat(watch.isWaitedFor()).isTrue();
        assertThat(watch.hasForeign()).isFalse();
        ledger().sight(CLUSTER, others(1, "x"));
        ledger().rest(watch, Duration.ZERO);
        var again = watches().getFirst();
        assertThat(again.hasForeign()).isTrue();
        ledger().sight(CLUSTER, List.of());
        ledger().rest(again, Duration.ZERO);
        assertThat(watches()).as("nothing is there that could be waited for").isEmpty();
    }

    private List<Ledger.Watch> watches() {
        return ledger().claimWatches(9, HOLD);
    }

    private static final SourceCluster CLUSTER = new SourceCluster(PROJECT, "orders");

    /** As many, the first of this snapshot. */
    private static List<ListedJob> others(int count, String snapshot) {
        return IntStream.range(0, count)
                .mapToObj(i -> job("%024x".formatted(i + 1), i == 0 ? snapshot : "other" + i))
                .toList();
    }

    private static ListedJob job(String id, String snapshot) {
        return new ListedJob(
                id, "link", "download", snapshot.repeat(24), null, null, null, null, null);
    }

    // ---- shown

    @Test
    void who_holds_and_who_waits_is_listed_in_order_and_counted_in_full() {
        open(
                download("r-1", "a"),
                download("r-2", "b"),
                download("r-3", "c"),
                download("r-4", "b"));
        open(inProject(PROJECT, "urgent", "d", 7), inProject(OTHER_PROJECT, "s-1", "e", 0));
        move("r-1", answering(1, created("j-1")));
        ledger().sight(CLUSTER, List.of(job("f".repeat(24), "x")));

        assertThat(ledger().slots(PROJECT, 2))
                .isEqualTo(
                        new ProjectSlots(
                                2,
                                2,
                                List.of(
                                        new Holder("r-1", "orders", "a".repeat(24), "j-1"),
                                        new Holder("r-2", "orders", "b".repeat(24), null)),
                                List.of(new Foreign("f".repeat(24), "orders", "x".repeat(24))),
                                3,
                                List.of(waiter("urgent", "d", 7), waiter("r-3", "c", 0))));
        assertThat(ledger().slots("0".repeat(24), 2))
                .isEqualTo(new ProjectSlots(2, 0, List.of(), List.of(), 0, List.of()));
    }

    private static Waiter waiter(String id, String snapshot, int priority) {
        return new Waiter(
                id, snapshot.repeat(24), WaitsFor.SLOT, priority, NOON, NOON.plus(PATIENCE));
    }

    // ---- limits that change

    @Test
    void a_limit_that_was_raised_is_noticed() {
        open(
                download("r-1", "a"),
                download("r-2", "b"),
                download("r-3", "c"),
                download("r-4", "d"));

        ledger(quota(3, 1)).tidy(Duration.ofDays(30), 9);

        assertThat(claim()).containsExactly("r-3");
    }

    @Test
    void a_limit_that_was_lowered_takes_nothing_away_and_gives_nothing_more() {
        open(download("r-1", "a"), download("r-2", "b"), download("r-3", "c"));
        var lower = ledger(quota(1, 1));

        var move = lower.move(entry("r-1"), answering(1, REFUSED), List.of());

        assertThat(move).isInstanceOf(Move.Moved.class);
        assertThat(claim()).isEmpty();
        lower.move(entry("r-2"), answering(1, REFUSED), List.of());
        assertThat(claim()).containsExactly("r-3");
    }

    // ---- nobody is stuck, and nobody has too much

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void in_whatever_order_things_happen_all_leave_and_the_limits_hold(long seed) {
        var random = new Random(seed);
        Map<String, String> holding = new HashMap<>(); // requests, and their snapshots
        var count = 0;
        for (var rounds = 0; count < 30 || isAnybodyLeft(); rounds++) {
            assertThat(rounds).as("somebody is stuck").isLessThan(4_000);
            clock().advance(Duration.ofSeconds(1));
            if (count < 30 && random.nextInt(3) == 0) {
                for (var i = random.nextInt(4); i >= 0; i--) {
                    var snapshot = "abcde".charAt(random.nextInt(5)) + "";
                    var id = "r-" + count++;
                    var opening =
                            random.nextInt(4) == 0
                                    ? unqueued(request(id, snapshot, 0))
                                    : inProject(PROJECT, id, snapshot, random.nextInt(3));
                    if (open(opening).getFirst().stage() instanceof Stage.Submitting) {
                        holding.put(id, snapshot);
                    }
                }
            }
            for (var entry : ledger().claim(1 + random.nextInt(3), HOLD)) {
                advance(entry, holding, random);
            }
            for (var id : List.copyOf(holding.keySet())) {
                if (random.nextInt(3) == 0) {
                    goOn(entry(id), holding, random);
                }
            }
            assertThat(holding).hasSizeLessThanOrEqualTo(2);
            assertThat(holding.values()).doesNotHaveDuplicates();
        }
        assertThat(holding).isEmpty();
        assertThat(live(count)).isEmpty();
    }

    private boolean isAnybodyLeft() {
        var slots = ledger().slots(PROJECT, 1);
        return slots.held() > 0 || slots.waiting() > 0;
    }

    private void advance(LedgerEntry entry, Map<String, String> holding, Random random) {
        if (!(entry.stage() instanceof Stage.Waiting)) {
            return;
        }
        var id = entry.request().id();
        switch (ledger().move(entry, beginning(), List.of())) {
            case Move.Moved _ -> holding.put(id, snapshot(entry));
            case Move.NoRoom(var waitsFor) -> {
                var fails = random.nextInt(4) == 0;
                ledger().move(
                                entry,
                                fails
                                        ? settling(FAILED, new AttemptChange.None())
                                        : asleep(waitsFor),
                                List.of());
            }
            case Move.Overtaken _, Move.JobTaken _ -> {}
        }
    }

    /** One that holds a slot. */
    private void goOn(LedgerEntry entry, Map<String, String> holding, Random random) {
        var id = entry.request().id();
        if (entry.stage() instanceof Stage.Tracked tracked) {
            move(
                    id,
                    over(
                            tracked,
                            new Ending(Ending.Kind.EXPIRED, tracked.jobId(), null, null, null)));
            holding.remove(id);
            return;
        }
        var number = entry.attempts().size();
        switch (random.nextInt(4)) {
            case 0 -> {
                move(id, answering(number, REFUSED));
                holding.remove(id);
            }
            case 1 -> {
                var what = random.nextBoolean() ? WaitsFor.SLOT : WaitsFor.SNAPSHOT;
                move(id, refusedForRoom(number, what));
                holding.remove(id);
            }
            default -> move(id, answering(number, created("job-" + id)));
        }
    }

    /** Those of so many that are not over. */
    private List<LedgerEntry> live(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> ledger().find("r-" + i).orElseThrow().open())
                .filter(Objects::nonNull)
                .toList();
    }

    // ---- shared

    protected static Opening download(String id, String snapshot) {
        return inProject(PROJECT, id, snapshot, 0);
    }

    private static Opening inProject(String project, String id, String snapshot, int priority) {
        var request = request(project, id, snapshot, priority);
        return opening(request, new Start.Submit(request, begin()));
    }

    private static RestoreRequest request(String id, String snapshot, int priority) {
        return request(PROJECT, id, snapshot, priority);
    }

    private static RestoreRequest request(
            String project, String id, String snapshot, int priority) {
        var plain = Terms.DEFAULT;
        return new RestoreRequest(
                id,
                project,
                "orders",
                new Delivery.Download(snapshot.repeat(24)),
                new Terms(plain.patience(), plain.onQuota(), plain.onUnknown(), false, priority),
                Remarks.NONE);
    }

    private static Opening opening(RestoreRequest request, Start start) {
        var queueing =
                new Queueing(
                        PATIENCE,
                        (waitsFor, place) ->
                                event(
                                        "%s waits for %s as number %d"
                                                .formatted(request.id(), waitsFor, place)));
        return new Opening(
                request.id(),
                request.content(),
                request.remarks(),
                origin(request.id().hashCode()),
                start,
                List.of(),
                null,
                queueing,
                null);
    }

    private static Opening unqueued(RestoreRequest request) {
        return LedgerFixture.opening(request, 1, new Start.Submit(request, begin()));
    }

    private List<LedgerEntry> open(Opening... openings) {
        return ledger().open(List.of(openings)).stream()
                .map(each -> ((Opened.Fresh) each).entry())
                .toList();
    }

    private static Decision refusedForRoom(WaitsFor what) {
        return refusedForRoom(1, what);
    }

    private static Decision refusedForRoom(int number, WaitsFor what) {
        return new Decision(
                new Stage.Waiting(what, 1),
                BACK_OFF,
                new AttemptChange.Answer(
                        number,
                        new SubmitReply.NotNow(
                                what, Reason.QUOTA_EXCEEDED, Duration.ZERO, "full", ERROR)));
    }

    private static Decision asleep(WaitsFor what) {
        return new Decision(new Stage.Waiting(what, 0), PATIENCE, new AttemptChange.None());
    }

    private static Decision over(Stage.Tracked tracked, Ending ending) {
        return new Decision(
                new Stage.Over(tracked.outcome(), ending), Duration.ZERO, new AttemptChange.None());
    }

    private void move(String id, Decision decision) {
        assertThat(ledger().move(entry(id), decision, List.of())).isInstanceOf(Move.Moved.class);
    }

    private List<String> claim() {
        return ledger().claim(9, HOLD).stream().map(each -> each.request().id()).toList();
    }

    private LedgerEntry entry(String id) {
        return ledger().find(id).map(Ledger.History::open).orElseThrow();
    }

    private static String snapshot(LedgerEntry entry) {
        return ((Delivery.Download) entry.request().delivery()).snapshotId();
    }

    private List<String> told() {
        return PlainEvents.told(outbox()).stream()
                .map(each -> each.substring(each.indexOf(' ') + 1))
                .toList();
    }
}
