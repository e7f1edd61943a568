-- Those that wipe one target stand in one line, and only the first of a line may be sent. A place is
-- given under the lock of its target, so places have the order of the transactions that gave them:
-- whoever sees a place sees all that are before it. `content_hash` finds those that ask for the same.
-- What goes into no cluster, and what only repeats another request, has no place.
create sequence line_place;

alter table work
    add column target text collate "C",
    add column place bigint,
    add column content_hash uuid,
    add column repeats text collate "C",
    add check ((target is null) = (place is null)),
    add check (repeats is null or target is null);

update work
set target = live.target, place = live.place, content_hash = live.content_hash
from (
    select id, target, content_hash, nextval('line_place') as place
    from (
        select
            id,
            md5(row(project_id, cluster_name, delivery_type, snapshot_id, oplog_ts, oplog_inc,
                point_in_time_utc_seconds, target_project_id, target_cluster_name)::text)::uuid
                as content_hash,
            target_project_id || '/' || target_cluster_name as target
        from request join work on id = request_id
        where target_cluster_name is not null
        order by received_at, id) as destructive) as live
where request_id = live.id;

create index work_line on work (target, place) where target is not null;
create index work_same on work (content_hash) where content_hash is not null;

-- What was restored a short while ago, and would be wiped by a repeat.
create index request_restored on request (target_project_id, target_cluster_name, settled_at)
    where job_id is not null and target_cluster_name is not null;

-- When all that is not kept for ever was removed from a request.
alter table request add column purged_at timestamptz;
create index request_purge on request (settled_at) where settled_at is not null and purged_at is null;
