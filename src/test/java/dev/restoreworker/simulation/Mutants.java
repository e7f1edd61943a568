package dev.restoreworker.simulation;

import java.util.List;

/**
 * The deliberate faults, each of which must be found. To add one, take the shortest text that
 * stands once in its file, and say what goes wrong without it.
 */
final class Mutants {

    private static final String MAIN = "src/main/java/dev/restoreworker/";
    private static final String TEST = "src/test/java/dev/restoreworker/";

    private static final String LOOKS = "dev.restoreworker.core.LookTest#";
    private static final String CANCELS = "dev.restoreworker.ledger.PostgresCancelTest#";
    private static final String CONTRACT = "dev.restoreworker.ledger.PostgresLedgerTest#";

    private Mutants() {}

    static List<Mutant> all() {
        return List.of(
                // What is decided.
                simulated(
                        "an abandoned attempt is sent again",
                        MAIN + "core/Lifecycle.java",
                        "return policy.onUnknown() == RetryPolicy.OnUnknown.RETRY",
                        "return policy.onUnknown() != null"),
                simulated(
                        "what was sent again at a risk may fail like anything else",
                        MAIN + "core/Lifecycle.java",
                        "return entry.silent(answered)",
                        "return Optional.<Attempt>empty()"),
                simulated(
                        "the list of a wrong cluster proves that there is no job",
                        MAIN + "core/Lifecycle.java",
                        "if (silent || !sourceProven) {",
                        "if (silent) {"),
                simulated(
                        "one look that finds nothing is enough",
                        MAIN + "core/Lifecycle.java",
                        "if (looks < policy.looks() || entry.asOf().isBefore(settledAt(entry))) {",
                        "if (looks < 1) {"),
                tested(
                        "the settle window counts from the beginning of the attempt",
                        MAIN + "core/LedgerEntry.java",
                        "return latest(Attempt::changedAt);",
                        "return latest(Attempt::begunAt);",
                        LOOKS + "each_change_of_an_attempt_begins_the_settle_window_anew"),
                tested(
                        "the last look may begin before the settle window is over",
                        MAIN + "core/Lifecycle.java",
                        "if (looks < policy.looks() || entry.asOf().isBefore(settledAt(entry))) {",
                        "if (looks < policy.looks()) {",
                        LOOKS
                                + "a_look_that_began_before_the_settle_window_was_over_is_not_the_last"),
                simulated(
                        "nobody looks once more before it is sent again",
                        MAIN + "core/Lifecycle.java",
                        "return !entry.undecided().isEmpty();",
                        "return false;"),
                simulated(
                        "an unknown answer counts as a failure",
                        MAIN + "core/Lifecycle.java",
                        "case SubmitReply.Unknown _ -> new Decision(new Submitting(), Duration.ZERO, change);",
                        "case SubmitReply.Unknown _ -> settled(new JobFailed(Reason.ATLAS_UNAVAILABLE, \"\","
                                + " null), change);"),
                tested(
                        "a busy target is believed to be busy with somebody else's job",
                        MAIN + "core/Lifecycle.java",
                        "when !entry.undecided().isEmpty() && doubts(reply) ->",
                        "when entry == null ->",
                        LOOKS + "busy_with_something_else_is_a_wait_once_a_look_has_said_so"),
                simulated(
                        "a missing field rules a job out",
                        MAIN + "core/JobMatcher.java",
                        "return Field.MISSING;",
                        "return Field.OTHER;"),
                simulated(
                        "a job outside of all windows is ruled out",
                        MAIN + "core/JobMatcher.java",
                        ": Verdict.DOUBTFUL;",
                        ": Verdict.RULED_OUT;"),
                simulated(
                        "a job is ours whenever it was made",
                        MAIN + "core/JobMatcher.java",
                        "&& isIn(windows, job.createdAt())",
                        ""),
                simulated(
                        "a job that another attempt may have made is ours",
                        MAIN + "core/JobMatcher.java",
                        "&& !isIn(reaches(rivals), job.createdAt())",
                        ""),
                tested(
                        "a job that another request has is ours",
                        MAIN + "core/JobMatcher.java",
                        "|| rivals.named().contains(job.id())",
                        "",
                        "dev.restoreworker.core.JobMatcherTest#a_job_that_another_request_has_is_ruled_out"),
                simulated(
                        "a window is as long as its sender was silent",
                        MAIN + "core/Attempt.java",
                        "state instanceof State.Closed(var at, _) && at.isBefore(leaseUntil)",
                        "state instanceof State.Closed(var at, _)"),
                tested(
                        "towards others a paused sender's window ends with its lease",
                        MAIN + "core/Attempt.java",
                        ": Instant.MAX);",
                        ": inAtlasTime(leaseUntil).plus(late));",
                        "dev.restoreworker.core.JobMatcherTest#an_attempt_of_another_request_that_may_still_be_sent_may_have_made_any_later_job"),
                simulated(
                        "only the last attempt keeps its window",
                        MAIN + "core/LedgerEntry.java",
                        "return attempts.stream().filter(Attempt::undecided).toList();",
                        "return attempts.stream().skip(Math.max(0, attempts.size() - 1))"
                                + ".filter(Attempt::undecided).toList();"),
                tested(
                        "requests for the same are told apart by the cluster in their path",
                        MAIN + "core/Content.java",
                        "return equals(other.under(clusterName));",
                        "return equals(other);",
                        "dev.restoreworker.InMemoryLedgerTest#a_request_for_the_same_that_names_another_source_is_a_rival"),
                simulated(
                        "a paused sender is taken for a dead one",
                        MAIN + "core/Attempt.java",
                        "senderGone && asOf.isAfter(begunAt.plus(sendWithin));",
                        "asOf.isAfter(begunAt.plus(sendWithin));"),
                tested(
                        "whoever lost its session is dead at once",
                        MAIN + "core/Attempt.java",
                        "senderGone && asOf.isAfter(begunAt.plus(sendWithin));",
                        "senderGone;",
                        "dev.restoreworker.core.DeadSenderTest#"
                                + "it_may_have_lost_its_session_and_live_so_its_time_to_send_must_be_over"),
                tested(
                        "what is silent long enough made no job",
                        MAIN + "core/Following.java",
                        ": over(followed, Ending.lost(null, null));",
                        ": over(followed, Ending.notFound(null));",
                        "dev.restoreworker.core.FollowingTest#"
                                + "silence_is_lost_when_the_time_is_over_and_not_before"),
                tested(
                        "what one list does not show is lost",
                        MAIN + "core/Tracking.java",
                        "Math.max(policy.looks(), settle + 1)",
                        "Math.min(1, settle + 1)",
                        "dev.restoreworker.core.TrackingTest#"
                                + "a_job_that_is_missing_is_lost_after_enough_lists_in_a_row"),
                simulated(
                        "what became of a download is told twice",
                        MAIN + "Moves.java",
                        "case Stage.Over _ when isTold(before) -> List.of();",
                        ""),
                simulated(
                        "a job of which nobody is told is not tracked",
                        TEST + "InMemoryLedger.java",
                        "if (!(open.stage() instanceof Stage.Tracked)) {\n                    watches",
                        "if (open.stage() instanceof Stage.Tracked) {\n                    watches"),
                simulated(
                        "a download that can be fetched holds no slot",
                        MAIN + "core/JobProgress.java",
                        "return isOver() && state != State.READY;",
                        "return isOver();"),
                tested(
                        "what may have made a job gives its slot up",
                        MAIN + "core/Decision.java",
                        ".noneMatch(Attempt::undecided)",
                        ".noneMatch(each -> each.number() == 0)",
                        "dev.restoreworker.core.QueueTest#"
                                + "a_slot_is_given_up_by_who_waits_for_room_and_made_no_job_for_certain"),
                simulated(
                        "one more may live than there are slots",
                        TEST + "InMemorySlots.java",
                        "        if (left(projectId) <= 0\n",
                        "        if (left(projectId) < 0\n"),
                tested(
                        "a slot that is given up goes to nobody",
                        MAIN + "core/Decision.java",
                        "case Stage.Settled _, Stage.Over _ -> true;",
                        "case Stage.Settled _, Stage.Over _ -> false;",
                        "dev.restoreworker.InMemorySlotTest#"
                                + "a_slot_that_is_given_up_goes_to_the_first_that_waits_and_to_no_other"),
                tested(
                        "a repeat is sent",
                        MAIN + "core/Lifecycle.java",
                        "if (line.repeats() != null) {",
                        "if (line == null) {",
                        "dev.restoreworker.core.LineTest#a_repeat_fails_at_once_and_no_job_of_it_exists"),
                simulated(
                        "what is cancelled is sent",
                        MAIN + "core/Lifecycle.java",
                        "return Optional.ofNullable(entry.cancel())",
                        "return Optional.<Cancel>empty()"),
                tested(
                        "what is cancelled is put off where it would be sent again",
                        MAIN + "core/Lifecycle.java",
                        "if (entry.cancel() != null) {",
                        "if (entry.cancel() != null && entry.version() < 0) {",
                        "dev.restoreworker.core.CancelTest#where_it_would_be_sent_again_it_ends"),

                // What is done.
                simulated(
                        "a download that is cancelled goes on",
                        MAIN + "Tracker.java",
                        ".filter(Tracking::cancels)",
                        ".filter(_ -> false)"),
                simulated(
                        "what speaks for others is not asked for",
                        MAIN + "RestoreWorker.java",
                        "matcher.match(entry, jobs, rivals)",
                        "matcher.match(entry, jobs, JobMatcher.Rivals.NONE)"),
                simulated(
                        "the budget begins after the intent",
                        MAIN + "RestoreWorker.java",
                        "case Move.Moved(var submitting) -> exchange(submitting, budget, turn);",
                        "case Move.Moved(var submitting) ->"
                                + " exchange(submitting, sending.budget(), turn);"),
                simulated(
                        "a conflict is told to nobody",
                        MAIN + "RestoreWorker.java",
                        "if (!letters.isEmpty()) {",
                        "if (letters == null) {"),
                simulated(
                        "each wait is told",
                        MAIN + "Moves.java",
                        "when from.firstDeferredBy(decision) ->",
                        "when decision.defers() ->"),
                simulated(
                        "what is sent at once may wipe anything",
                        MAIN + "Intake.java",
                        "targets.objection(request.delivery())",
                        "java.util.Optional.<String>empty()"),
                simulated(
                        "the budget is counted by the monotonic clock alone",
                        MAIN + "Sending.java",
                        "return byWall.compareTo(sendWithin) > 0 || byNanos.compareTo(sendWithin) > 0",
                        "return byNanos.compareTo(sendWithin) > 0"),
                tested(
                        "the budget is counted by the wall clock alone",
                        MAIN + "Sending.java",
                        "return byWall.compareTo(sendWithin) > 0 || byNanos.compareTo(sendWithin) > 0",
                        "return byWall.compareTo(sendWithin) > 0",
                        "dev.restoreworker.SendingTest#a_budget_ends_by_the_monotonic_clock_when_the_other_was_set_back"),
                simulated(
                        "the last check does not ask whether sending is paused",
                        MAIN + "Sending.java",
                        ": Sending.this.objection();",
                        ": Optional.empty();"),
                tested(
                        "Atlas' clock is believed to have run as far as the faster of ours",
                        MAIN + "atlas/AtlasClock.java",
                        "byWall.compareTo(byNanos) < 0 ? byWall : byNanos",
                        "byWall.compareTo(byNanos) > 0 ? byWall : byNanos",
                        "dev.restoreworker.atlas.AtlasClockTest#a_wall_clock_that_is_put_forward_does_not_move_atlas"),
                tested(
                        "who looks takes the list that is being read already",
                        MAIN + "atlas/SharedLists.java",
                        "if (last != null && !last.begun) {",
                        "if (last != null) {",
                        "dev.restoreworker.atlas.SharedListsTest#all_who_ask_while_a_list_is_read_share_the_next_one"),

                // What the ledger's rules are.
                simulated(
                        "a move passes whatever happened since it was decided",
                        TEST + "InMemoryLedger.java",
                        "open != null && open.version() == from.version();",
                        "open != null;"),
                tested(
                        "an answer that is taken does not raise the version",
                        TEST + "InMemoryLedger.java",
                        "row.open = row.with(open, open.version() + 1, stage, now, now);",
                        "row.open = row.with(open, open.version(), stage, now, now);",
                        "dev.restoreworker.InMemoryLedgerTest#a_move_that_was_decided_without_the_answer_is_overtaken_by_it"),
                simulated(
                        "a request is settled without its event",
                        TEST + "InMemoryLedger.java",
                        "        events.forEach(outbox::add);\n        if (decision.isRefusedRoom(",
                        "        if (decision.isRefusedRoom("),
                simulated(
                        "other content under a known id is a duplicate",
                        TEST + "InMemoryLedger.java",
                        "if (!known.opening.content().equals(opening.content())) {",
                        "if (known == null) {"),
                tested(
                        "a job that a late answer named is nobody's until its request has it",
                        TEST + "InMemoryLedger.java",
                        ".filter(jobIds::contains)",
                        ".filter(jobId -> named == null)",
                        "dev.restoreworker.InMemoryLedgerTest#a_job_that_a_late_answer_named_is_anothers_before_and_after_the_end"),
                simulated(
                        "everybody is first in line",
                        TEST + "InMemoryLine.java",
                        "return first == row ? Line.FREE : new Line(first.opening.requestId(), null);",
                        "return Line.FREE;"),
                simulated(
                        "a cancel does not overtake who decided to send",
                        TEST + "InMemoryCancels.java",
                        "row.open = row.with(open, open.version() + 1, open.stage(), now, now);",
                        "row.open = row.with(open, open.version(), open.stage(), now, now);"),
                simulated(
                        "a cancel that comes before its request is forgotten",
                        TEST + "InMemoryLedger.java",
                        "var opening = asked.cancelledBy(cancel);",
                        "var opening = asked.cancelledBy(null);"),

                // The same rules in SQL.
                tested(
                        "a cancel does not overtake who decided to send",
                        MAIN + "ledger/Cancellations.java",
                        "update work set version = version + 1, due_at = ledger_now()",
                        "update work set due_at = ledger_now()",
                        CANCELS + "whoever_decided_to_send_it_before_the_cancel_is_overtaken"),
                tested(
                        "what is cancelled waits for what it would wait for",
                        MAIN + "ledger/MoveRows.java",
                        "when c.stage = 'WAITING' and exists (",
                        "when c.stage = 'NONE' and exists (",
                        CANCELS + "what_comes_to_wait_after_its_cancel_waits_for_nothing"),
                tested(
                        "a move passes whatever happened since it was decided",
                        MAIN + "ledger/MoveRows.java",
                        "coalesce(work.version = w.version, false) as current",
                        "work.version is not null as current",
                        CONTRACT + "a_claim_overtakes_who_read_the_entry_before"),
                tested(
                        "an answer that is taken does not raise the version",
                        MAIN + "ledger/MoveRows.java",
                        "update work set version = work.version + 1, absent = 0, due_at = now",
                        "update work set absent = 0, due_at = now",
                        CONTRACT + "a_move_that_was_decided_without_the_answer_is_overtaken_by_it"),
                tested(
                        "an answer is overwritten",
                        MAIN + "ledger/MoveRows.java",
                        "a.state in ('OPEN', 'ABANDONED')",
                        "a.state in ('OPEN', 'ABANDONED', 'ANSWERED')",
                        CONTRACT + "an_answer_is_never_overwritten"),
                tested(
                        "what is not due is claimed",
                        MAIN + "ledger/Claims.java",
                        "where due_at <= (select now from clock)",
                        "where true",
                        CONTRACT
                                + "a_claimed_entry_is_due_again_when_the_hold_is_over_and_not_before"),
                tested(
                        "only what is out is a rival",
                        MAIN + "ledger/RivalRows.java",
                        "where state <> 'ANSWERED' and",
                        "where state = 'OPEN' and",
                        CONTRACT
                                + "a_request_that_ended_as_unknown_is_a_rival_still_and_its_own_job_is_none"),
                tested(
                        "requests for the same are told apart by the cluster in their path",
                        MAIN + "ledger/RivalRows.java",
                        "and (other.project_id, other.delivery_type,",
                        "and other.cluster_name = own.cluster_name and (other.project_id,"
                                + " other.delivery_type,",
                        CONTRACT + "a_request_for_the_same_that_names_another_source_is_a_rival"));
    }

    private static Mutant simulated(String breaks, String path, String from, String to) {
        return new Mutant(breaks, path, from, to, null);
    }

    /**
     * One that a single test finds: of the PostgreSQL ledger, or of a guard that stands beside
     * another, without which nothing happens yet.
     */
    private static Mutant tested(String breaks, String path, String from, String to, String test) {
        return new Mutant(breaks, path, from, to, test);
    }
}
