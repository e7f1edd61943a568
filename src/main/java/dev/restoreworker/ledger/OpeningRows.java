package dev.restoreworker.ledger;

import dev.restoreworker.Ledger.Opening;
import dev.restoreworker.Ledger.Queueing;
import dev.restoreworker.Ledger.Start;
import dev.restoreworker.core.LedgerEntry.Line;
import dev.restoreworker.core.RestoreRequest;
import dev.restoreworker.core.WaitsFor;
import dev.restoreworker.ledger.SlotPlaces.Slot;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The statements that open entries. */
final class OpeningRows {

    static final int FIRST_VERSION = 1;

    /**
     * An opening that found its place: whether it goes on, or waits for others first.
     *
     * @param slot null for what is no download
     */
    record Placed(
            Opening opening, Start start, @Nullable String target, Line line, @Nullable Slot slot) {

        /** The same, with or without the slot that it wants. */
        Placed with(Start begun, Slot found) {
            return new Placed(opening, begun, target, line, found);
        }

        WaitsFor waitsFor() {
            return slot == null || slot.waitsFor() == null ? WaitsFor.TURN : slot.waitsFor();
        }

        /** How it waits in the queue of its project; null if it does not. */
        @Nullable Queueing queueing() {
            return waitsFor().isForRoom() ? opening.queueing() : null;
        }
    }

    /** What decides what Atlas does. */
    static final List<Rows.Column<Opening>> CONTENT =
            List.of(
                    text("project_id", o -> o.content().projectId()),
                    text("cluster_name", o -> o.content().clusterName()),
                    text("delivery_type", o -> o.content().deliveryType()),
                    text("snapshot_id", o -> o.content().snapshotId()),
                    text("oplog_ts", o -> o.content().oplogTs()),
                    text("oplog_inc", o -> o.content().oplogInc()),
                    text("point_in_time_utc_seconds", o -> o.content().pointInTimeUTCSeconds()),
                    text("target_project_id", o -> o.content().targetProjectId()),
                    text("target_cluster_name", o -> o.content().targetClusterName()));

    static final Rows<Placed> ROWS =
            new Rows<>(
                            "o",
                            Stream.concat(
                                            CONTENT.stream(),
                                            Stream.of(
                                                    text("id", Opening::requestId),
                                                    text("record_topic", o -> o.origin().topic()),
                                                    column(
                                                            "record_partition",
                                                            "integer",
                                                            o -> o.origin().partition()),
                                                    column(
                                                            "record_offset",
                                                            "bigint",
                                                            o -> o.origin().offset()),
                                                    text(
                                                            "requested_by",
                                                            o -> o.remarks().requestedBy()),
                                                    text("remarks", o -> Json.write(o.remarks()))))
                                    .toList())
                    .of(
                            Placed::opening,
                            List.of(
                                    started("terms", "text", OpeningRows::terms),
                                    started("outcome", "text", OpeningRows::outcome),
                                    started("stage", "text", OpeningRows::stage),
                                    started("lease", "interval", OpeningRows::lease),
                                    started("not_before", "timestamptz", OpeningRows::notBefore),
                                    new Rows.Column<>("target", "text", Placed::target),
                                    new Rows.Column<>(
                                            "repeats", "text", placed -> placed.line().repeats()),
                                    new Rows.Column<>(
                                            "waits_for",
                                            "text",
                                            placed -> placed.waitsFor().name()),
                                    slot("download", "text", Slot::snapshot),
                                    slot("priority", "integer", Slot::priority),
                                    slot("slot", "boolean", Slot::isHeld),
                                    new Rows.Column<>(
                                            "patience",
                                            "interval",
                                            placed -> {
                                                var queueing = placed.queueing();
                                                return queueing == null
                                                        ? null
                                                        : Entries.kept(queueing.patience());
                                            })));

    /**
     * Ids are written in one order by all workers, so that two batches with the same ids wait for
     * each other at most, and never each for the other. Places are given in the order of the
     * records. The rows of {@code work}, {@code attempt} and {@code outbox} are those of the
     * requests that are new.
     */
    static final String INSERT =
            """
            with clock as materialized (select ledger_now() as now),
            o as materialized (select * from %3$s),
            fresh as (
                insert into request (
                    id, format, received_at, record_topic, record_partition, record_offset,
                    project_id, cluster_name, delivery_type, snapshot_id, oplog_ts, oplog_inc,
                    point_in_time_utc_seconds, target_project_id, target_cluster_name,
                    terms, requested_by, remarks, outcome, settled_at)
                select
                    id, %4$d, now, record_topic, record_partition, record_offset,
                    project_id, cluster_name, delivery_type, snapshot_id, oplog_ts, oplog_inc,
                    point_in_time_utc_seconds, target_project_id, target_cluster_name,
                    terms, requested_by, remarks, outcome,
                    case when outcome is not null then now end
                from o, clock
                order by id collate "C"
                on conflict (id) do nothing
                returning id),
            begun as (select o.*, now from o join fresh using (id), clock),
            live as (
                insert into work (
                    request_id, source_project, source_cluster,
                    version, stage, waits_for, tries, due_at,
                    target, place, content_hash, repeats,
                    download, queue_place, priority, slot, deferred)
                select
                    id, project_id, cluster_name,
                    %1$d, stage, case when stage = 'WAITING' then waits_for end,
                    case when stage = 'WAITING' then 0 end,
                    case when stage = 'SUBMITTING' then now + lease
                        else now + coalesce(patience, '0') end,
                    target, case when target is not null then nextval('line_place') end,
                    case when target is not null then %2$s end, repeats,
                    download, case when download is not null then nextval('line_place') end,
                    coalesce(priority, 0), coalesce(slot, false), patience is not null
                from begun
                where stage is not null
                order by n),
            intent as (
                insert into attempt (
                    request_id, number, worker, session, begun_at, not_before, lease_until,
                    state)
                select id, 1, ?, ?, now, not_before, now + lease, 'OPEN'
                from begun where stage = 'SUBMITTING'),
            decided as (
                insert into outbox (written_at, kind, key, value, headers)
                select now, kind, key, value, headers
                from %5$s join begun on begun.n = event.owner
                order by event.n)
            select id, now from begun"""
                    .formatted(
                            FIRST_VERSION,
                            Lines.hash("begun"),
                            ROWS.sql(),
                            Json.FORMAT,
                            OutboxRow.ROWS.sql());

    /** The first of the two parameters of {@link Intents#bind}, after those of {@link #ROWS}. */
    static final int SENDER = ROWS.columns().size() + 1;

    /** The first parameter of {@link OutboxRow#ROWS}. */
    static final int EVENTS = SENDER + Intents.PARAMETERS;

    static final Rows<Opening> DUPLICATES =
            new Rows<>(
                    "o",
                    List.of(
                            text("id", Opening::requestId),
                            text("record_topic", o -> o.origin().topic()),
                            column("record_partition", "integer", o -> o.origin().partition()),
                            column("record_offset", "bigint", o -> o.origin().offset())));

    static final String INSERT_DUPLICATES =
            """
            insert into duplicate (
                request_id, record_topic, record_partition, record_offset, seen_at)
            select id, record_topic, record_partition, record_offset, now
            from (select ledger_now() as now) as clock, %s
            order by id collate "C", record_topic, record_partition, record_offset
            on conflict do nothing"""
                    .formatted(DUPLICATES.sql());

    private OpeningRows() {}

    private static Rows.Column<Placed> started(
            String name, String type, Function<Start, @Nullable Object> value) {
        return new Rows.Column<>(name, type, placed -> value.apply(placed.start()));
    }

    private static Rows.Column<Placed> slot(
            String name, String type, Function<Slot, @Nullable Object> value) {
        return new Rows.Column<>(
                name, type, placed -> placed.slot() == null ? null : value.apply(placed.slot()));
    }

    private static Rows.Column<Opening> text(
            String name, Function<Opening, @Nullable Object> value) {
        return column(name, "text", value);
    }

    private static Rows.Column<Opening> column(
            String name, String type, Function<Opening, @Nullable Object> value) {
        return new Rows.Column<>(name, type, value);
    }

    private static @Nullable String stage(Start start) {
        return switch (start) {
            case Start.Wait _ -> "WAITING";
            case Start.Submit _ -> "SUBMITTING";
            case Start.Fail _ -> null;
        };
    }

    private static @Nullable String terms(Start start) {
        return switch (start) {
            case Start.Wait(RestoreRequest request) -> Json.write(request.terms());
            case Start.Submit(RestoreRequest request, _) -> Json.write(request.terms());
            case Start.Fail _ -> null;
        };
    }

    private static @Nullable String outcome(Start start) {
        return start instanceof Start.Fail(var outcome) ? Json.write(outcome) : null;
    }

    private static @Nullable Object lease(Start start) {
        return start instanceof Start.Submit(_, var intent) ? Entries.kept(intent.lease()) : null;
    }

    private static @Nullable Object notBefore(Start start) {
        return start instanceof Start.Submit(_, var intent)
                ? Entries.kept(intent.notBefore())
                : null;
    }
}
