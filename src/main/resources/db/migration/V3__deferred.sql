-- Whether it was told that the request has to wait for more than its turn: that is told once.
alter table work add column deferred boolean not null default false;
