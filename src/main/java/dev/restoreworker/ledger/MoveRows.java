package dev.restoreworker.ledger;

import dev.restoreworker.core.Decision.AttemptChange;
import dev.restoreworker.core.LedgerEntry.Stage;
import dev.restoreworker.core.SubmitReply;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The statement that writes moves, and its parameters. */
final class MoveRows {

    static final Rows<Wish> ROWS =
            new Rows<>(
                    "w",
                    List.of(
                            text("request_id", Wish::requestId),
                            column("version", "bigint", wish -> wish.from().version()),
                            text("stage", wish -> stage(wish.decision().stage())),
                            text("waits_for", wish -> waitsFor(wish.decision().stage())),
                            column("tries", "integer", wish -> tries(wish.decision().stage())),
                            column("absent", "integer", wish -> absent(wish.decision().stage())),
                            column("defers", "boolean", wish -> wish.decision().defers()),
                            column(
                                    "due_in",
                                    "interval",
                                    wish -> Entries.kept(wish.decision().dueIn())),
                            column("slot", "boolean", MoveRows::slot),
                            column("is_over", "boolean", wish -> isOver(wish.decision().stage())),
                            column("is_news", "boolean", EndRows::isNews),
                            text("outcome", EndRows::outcome),
                            text("job_id", EndRows::jobId),
                            text("job_state", EndRows::jobState),
                            column("job_finished_at", "timestamptz", EndRows::jobFinishedAt),
                            column("job_expires_at", "timestamptz", EndRows::jobExpiresAt),
                            text("resolved_by", EndRows::resolvedBy),
                            text("resolved_why", EndRows::resolvedWhy),
                            text("change", wish -> change(wish.decision().change())),
                            column("number", "integer", MoveRows::number),
                            text("state", wish -> state(wish.decision().change())),
                            text("reply", wish -> reply(wish.decision().change())),
                            column(
                                    "not_before",
                                    "timestamptz",
                                    wish -> notBefore(wish.decision().change())),
                            column("lease", "interval", wish -> lease(wish.decision().change()))));

    /**
     * {@code wish} says of each move whether the entry is still as its caller saw it, and whether
     * the attempt takes the answer, if the move brings one. It is carried out if both hold. An
     * answer that is taken by itself wakes its entry, if that is still live. What is cancelled
     * waits for nothing.
     */
    static final String WRITE =
            """
            with clock as materialized (select ledger_now() as now),
            wish as materialized (
                select
                    w.*, now,
                    coalesce(work.version = w.version, false) as current,
                    a.reply as known_reply,
                    change <> 'ANSWER' or coalesce(
                        a.state in ('OPEN', 'ABANDONED')
                        or a.state = 'CLOSED' and w.state = 'ANSWERED', false) as taken
                from %s cross join clock
                left join work using (request_id)
                left join attempt a
                    on a.request_id = w.request_id and a.number = w.number and change = 'ANSWER'),
            carried_out as materialized (select * from wish where current and taken),
            moved as (
                update work
                set version = work.version + 1, stage = c.stage, waits_for = c.waits_for,
                    tries = c.tries, absent = c.absent, deferred = deferred or defers,
                    slot = coalesce(c.slot, work.slot),
                    due_at = case
                        when c.stage = 'TRACKED' then 'infinity'
                        when c.stage = 'WAITING' and exists (
                            select 1 from cancellation
                            where cancellation.request_id = c.request_id) then now
                        else now + due_in end
                from carried_out c
                where work.request_id = c.request_id and not c.is_over),
            left_work as (
                delete from work using carried_out c
                where work.request_id = c.request_id and c.is_over),
            settled as (
                update request
                set outcome = coalesce(request.outcome, c.outcome),
                    settled_at = coalesce(request.settled_at, now),
                    job_id = coalesce(request.job_id, c.job_id),
                    job_state = c.job_state, job_finished_at = c.job_finished_at,
                    job_expires_at = c.job_expires_at,
                    ended_at = case when c.job_state is not null then now end,
                    resolved_by = coalesce(request.resolved_by, c.resolved_by),
                    resolved_why = coalesce(request.resolved_why, c.resolved_why),
                    resolved_at = case
                        when c.resolved_by is not null then coalesce(request.resolved_at, now)
                        else request.resolved_at end
                from carried_out c
                where request.id = c.request_id and c.is_news),
            begun as (
                insert into attempt (
                    request_id, number, worker, session, begun_at, not_before, lease_until,
                    state)
                select request_id, number, ?, ?, now, not_before, now + lease, state
                from carried_out where change = 'BEGIN'),
            abandoned as (
                update attempt set state = c.state, state_at = now
                from carried_out c
                where attempt.request_id = c.request_id and attempt.number = c.number
                    and change = 'ABANDON'),
            answered as (
                update attempt
                set state = wish.state, state_at = now, reply = wish.reply, late = not current
                from wish
                where attempt.request_id = wish.request_id and attempt.number = wish.number
                    and change = 'ANSWER' and taken),
            woken as (
                update work set version = work.version + 1, absent = 0, due_at = now
                from wish
                where work.request_id = wish.request_id and work.stage <> 'TRACKED'
                    and change = 'ANSWER' and taken and not current),
            decided as (
                insert into outbox (written_at, kind, key, value, headers)
                select now, kind, key, value, headers
                from %s join carried_out c on c.n = event.owner
                order by event.n)
            select current, taken, known_reply, now from wish order by n"""
                    .formatted(ROWS.sql(), OutboxRow.ROWS.sql());

    /** The first of the two parameters of {@link Intents#bind}, after those of {@link #ROWS}. */
    static final int SENDER = ROWS.columns().size() + 1;

    /** The first parameter of {@link OutboxRow#ROWS}. */
    static final int EVENTS = SENDER + Intents.PARAMETERS;

    private MoveRows() {}

    private static Rows.Column<Wish> text(String name, Function<Wish, @Nullable Object> value) {
        return column(name, "text", value);
    }

    private static Rows.Column<Wish> column(
            String name, String type, Function<Wish, @Nullable Object> value) {
        return new Rows.Column<>(name, type, value);
    }

    private static String stage(Stage stage) {
        return switch (stage) {
            case Stage.Waiting _ -> "WAITING";
            case Stage.Submitting _ -> "SUBMITTING";
            case Stage.Followed _ -> "FOLLOWED";
            case Stage.Tracked _ -> "TRACKED";
            case Stage.Settled _, Stage.Over _ -> "OVER";
        };
    }

    /** Null where it stays as it is. */
    private static @Nullable Object slot(Wish wish) {
        if (!wish.from().isDownload()) {
            return null;
        }
        if (wish.begins()) {
            return true;
        }
        return wish.decision().givesUpSlot(wish.from()) ? (Object) false : null;
    }

    private static boolean isOver(Stage stage) {
        return stage instanceof Stage.Settled || stage instanceof Stage.Over;
    }

    private static @Nullable Object waitsFor(Stage stage) {
        return stage instanceof Stage.Waiting(var waitsFor, _) ? waitsFor.name() : null;
    }

    private static @Nullable Object tries(Stage stage) {
        return stage instanceof Stage.Waiting(_, var tries) ? (Integer) tries : null;
    }

    private static Object absent(Stage stage) {
        return switch (stage) {
            case Stage.Submitting(var absent) -> absent;
            case Stage.Followed(_, var absent) -> absent;
            case Stage.Tracked tracked -> tracked.absent();
            case Stage.Waiting _, Stage.Settled _, Stage.Over _ -> 0;
        };
    }

    private static String change(AttemptChange change) {
        return switch (change) {
            case AttemptChange.None _ -> "NONE";
            case AttemptChange.Begin _ -> "BEGIN";
            case AttemptChange.Answer _ -> "ANSWER";
            case AttemptChange.Abandon _ -> "ABANDON";
        };
    }

    private static @Nullable Object number(Wish wish) {
        return switch (wish.decision().change()) {
            case AttemptChange.None _ -> null;
            case AttemptChange.Begin _ -> (Integer) (wish.from().attempts().size() + 1);
            case AttemptChange.Answer(var number, _) -> (Integer) number;
            case AttemptChange.Abandon(var number) -> (Integer) number;
        };
    }

    private static @Nullable Object state(AttemptChange change) {
        return switch (change) {
            case AttemptChange.None _ -> null;
            case AttemptChange.Begin _ -> "OPEN";
            case AttemptChange.Answer(_, SubmitReply.Unknown _) -> "CLOSED";
            case AttemptChange.Answer _ -> "ANSWERED";
            case AttemptChange.Abandon _ -> "ABANDONED";
        };
    }

    private static @Nullable Object reply(AttemptChange change) {
        return change instanceof AttemptChange.Answer(_, var reply) ? Json.write(reply) : null;
    }

    private static @Nullable Object notBefore(AttemptChange change) {
        return change instanceof AttemptChange.Begin(var notBefore, _)
                ? Entries.kept(notBefore)
                : null;
    }

    private static @Nullable Object lease(AttemptChange change) {
        return change instanceof AttemptChange.Begin(_, var lease) ? Entries.kept(lease) : null;
    }
}
