-- The database session that the sender held when the attempt was written down, for this alone. Where
-- that session has ended, its sender is dead; null if it held none.
alter table attempt add column session text;
