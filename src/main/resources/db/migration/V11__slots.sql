-- A download holds a slot of its project and its snapshot from the moment at which its first attempt
-- is written down, or at which it is given the slot that another gave up, for as long as its job may
-- live. Slots are counted, never kept count of: `slot` says of each row whether it holds one.
alter table work
    -- the snapshot that is downloaded; null for what restores into a cluster
    add column download text collate "C",
    add column priority integer not null default 0,
    add column queue_place bigint,
    add column slot boolean not null default false,
    add constraint work_queued check ((download is null) = (queue_place is null)),
    add constraint work_slot check (not slot or download is not null);

update work
set download = live.snapshot_id, queue_place = live.queue_place, slot = live.slot
from (
    select request_id, snapshot_id, slot, nextval('line_place') as queue_place
    from (
        select
            request_id, snapshot_id,
            stage <> 'WAITING' or exists (
                select 1 from attempt
                where attempt.request_id = id and attempt.state <> 'ANSWERED') as slot
        from request join work on id = request_id
        where delivery_type = 'download'
        order by received_at, id) as downloads) as live
where work.request_id = live.request_id;

create index work_slots on work (source_project, download) where slot;
create index work_queue on work (source_project, priority desc, queue_place)
    where download is not null and not slot and stage = 'WAITING';
-- Those that Atlas itself refused, and that ask it again when they are due.
create index work_knocking on work (source_project)
    where download is not null and not slot and stage = 'WAITING' and tries > 0;
