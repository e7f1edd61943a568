-- The number of the last batch that is known to be published. With the number of the last one that
-- was prepared it leaves Kafka's marker two values that are right: the batch that is prepared, or
-- this one. Numbers in between are those of batches of which Kafka refused every event.
alter table ledger add column published bigint not null default 0;

update ledger
set published = batch
    - case when exists (select 1 from outbox where outbox.batch is not null) then 1 else 0 end;

alter table ledger add constraint ledger_published check (published between 0 and batch);
