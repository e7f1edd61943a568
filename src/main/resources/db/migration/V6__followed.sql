-- A settled request stays in `work` for as long as it is looked at what became of its job.
alter table work drop constraint work_stage_check;
alter table work add constraint work_stage_check
    check (stage in ('WAITING', 'SUBMITTING', 'FOLLOWED'));

-- What became of the job, and on whose word that rests if it is an operator's. `job_id` may now be
-- learned after the outcome.
alter table request
    add column job_state text,
    add column job_finished_at timestamptz,
    add column job_expires_at timestamptz,
    add column ended_at timestamptz,
    add column resolved_by text,
    add column resolved_why text,
    add column resolved_at timestamptz,
    add constraint request_ended check ((job_state is null) = (ended_at is null)),
    add constraint request_ended_after_outcome check (job_state is null or outcome is not null),
    add constraint request_resolved check (
        (resolved_by is null) = (resolved_at is null)
        and (resolved_by is null) = (resolved_why is null)),
    add constraint request_not_found check (job_state <> 'NOT_FOUND' or job_id is null);

-- What ended as unknown before is looked at from now on. Its version is one that no worker can have
-- seen: a sender that was paused all the while may still come with a move.
insert into work (request_id, version, stage, due_at)
select id, 1000000000, 'FOLLOWED', ledger_now()
from request
where job_id is null and outcome like '%"reason":"OUTCOME_UNKNOWN"%';
