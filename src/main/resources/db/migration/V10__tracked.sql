-- A request whose job is known stays in `work` until the job holds nothing any more: neither its
-- target nor its slot. It is due by itself never: the list of its cluster's jobs serves all of them.
alter table work
    add column source_project text collate "C",
    add column source_cluster text collate "C",
    drop constraint work_stage_check,
    add constraint work_stage_check
        check (stage in ('WAITING', 'SUBMITTING', 'FOLLOWED', 'TRACKED'));

update work
set source_project = project_id, source_cluster = cluster_name
from request
where id = request_id;

alter table work
    alter column source_project set not null,
    alter column source_cluster set not null;

create index work_tracked on work (source_project, source_cluster) where stage = 'TRACKED';

-- The clusters on which jobs are tracked, and when their jobs are to be listed again. The version
-- says whether a job was added since it was read.
create table watch (
    project_id text collate "C" not null,
    cluster_name text collate "C" not null,
    version bigint not null default 1,
    due_at timestamptz not null,
    primary key (project_id, cluster_name)
) with (fillfactor = 70);

create index watch_due on watch (due_at);

update work
set stage = 'TRACKED', due_at = 'infinity', absent = 0, version = version + 1
from request
where id = request_id and stage = 'FOLLOWED' and job_id is not null;

insert into watch (project_id, cluster_name, due_at)
select distinct source_project, source_cluster, ledger_now() from work where stage = 'TRACKED';
