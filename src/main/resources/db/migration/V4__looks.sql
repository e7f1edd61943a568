-- How many looks in a row, since any attempt last changed, found no job of the request's.
alter table work add column absent integer not null default 0;

-- The attempts of which Atlas may have made a job that nobody named: few, and asked for by each look.
create index attempt_undecided on attempt (request_id) where state <> 'ANSWERED';
