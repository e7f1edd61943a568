-- Whether its answer came when another worker held the request, or after its end. Such an answer may
-- name a job that the request does not have yet, or never will: few, and asked for by each look.
alter table attempt add column late boolean not null default false;

create index attempt_late on attempt (request_id) where late;
