-- The ledger: one entry for each request id, for ever, and the events that are decided and not
-- yet published. What is live and what is over stand in different tables, so that neither the
-- cost of a move nor that of a vacuum grows with history.

-- Every time in these tables comes from here. Workers' clocks differ; this one is the same for
-- all of them, and within a statement it is read once.
create function ledger_now() returns timestamptz
    language sql volatile
    as 'select clock_timestamp()';

-- Which ledger this is. The markers in Kafka name it, so that two deployments with two ledgers
-- cannot publish to one set of topics. `batch` is the number of the last batch of events that was
-- prepared: it has to be durable before that batch may be published.
create table ledger (
    only_row boolean primary key default true check (only_row),
    id uuid not null default gen_random_uuid(),
    format integer not null,
    batch bigint not null default 0
);

insert into ledger (format) values (1);

-- Every request that was ever seen: who it is, what it asked for, how it ended. A row is written
-- once, and once more when the request is settled. It is never deleted: an id that was forgotten
-- would be restored again when its record comes back.
--
-- Ids are compared and sorted byte by byte: a collation of the operating system's may change with
-- an update, and with it what an index finds.
create table request (
    id text collate "C" primary key check (char_length(id) between 1 and 255),
    -- the form of `terms`, `remarks` and `outcome`
    format integer not null,
    received_at timestamptz not null,

    -- where its first record stands in Kafka
    record_topic text not null,
    record_partition integer not null,
    record_offset bigint not null,

    -- what decides what Atlas does, valid or not, as text: a second record with this id is
    -- compared with it field by field
    project_id text,
    cluster_name text,
    delivery_type text,
    snapshot_id text,
    oplog_ts text,
    oplog_inc text,
    point_in_time_utc_seconds text,
    target_project_id text,
    target_cluster_name text,

    -- null for a request that never goes to Atlas
    terms text,
    requested_by text,
    remarks text not null,

    -- null until it is settled
    outcome text,
    job_id text collate "C",
    settled_at timestamptz,
    check ((outcome is null) = (settled_at is null)),
    check (job_id is null or outcome is not null)
);

-- A job is one request's. The index is partial because most rows have no job for most of their
-- life, and because a full one would make each settling a change of a key, which waits for those
-- who check that the request exists.
create unique index request_job on request (job_id) where job_id is not null;

-- The requests that are not settled, and when each is to be looked at again. A move updates its
-- row here and nothing else of this size, so the rows are narrow, and a page keeps room for the
-- next version of its rows. It is small and changes all the time: a share of its size says little
-- about when a vacuum is due.
create table work (
    request_id text collate "C" primary key references request,
    version bigint not null,
    stage text not null check (stage in ('WAITING', 'SUBMITTING')),
    waits_for text,
    tries integer,
    due_at timestamptz not null,
    check ((stage = 'WAITING') = (waits_for is not null)),
    check ((stage = 'WAITING') = (tries is not null))
) with (
    fillfactor = 70,
    autovacuum_vacuum_scale_factor = 0.0,
    autovacuum_vacuum_threshold = 2000,
    autovacuum_analyze_scale_factor = 0.0,
    autovacuum_analyze_threshold = 5000
);

create index work_due on work (due_at);

-- Each create call, from the moment that the intent to send it was written down: what it takes to
-- recognise its job, who sent it, and what came of it. `not_before` alone is Atlas' time.
create table attempt (
    request_id text collate "C" not null references request,
    number integer not null check (number > 0),
    -- who sent it, and the mark of the transaction that wrote it down
    worker text not null,
    begun_at timestamptz not null,
    not_before timestamptz not null,
    lease_until timestamptz not null,
    state text not null check (state in ('OPEN', 'CLOSED', 'ABANDONED', 'ANSWERED')),
    -- when it came to this state; null while it is open
    state_at timestamptz,
    -- what was heard: the answer, or why there will be none
    reply text,
    primary key (request_id, number),
    check ((state = 'OPEN') = (state_at is null)),
    check ((state in ('CLOSED', 'ANSWERED')) = (reply is not null))
) with (fillfactor = 80);

-- Further records with the id and content of a request. They are not answered again.
create table duplicate (
    request_id text collate "C" not null references request,
    record_topic text not null,
    record_partition integer not null,
    record_offset bigint not null,
    seen_at timestamptz not null,
    primary key (request_id, record_topic, record_partition, record_offset)
);

-- Events that are decided. They are written by the transaction that decides, numbered into a
-- batch by the relay, and deleted when that batch is published. Ids come from a sequence and may
-- be committed out of order: whether an event is done is told by its row, never by a last id.
create table outbox (
    id bigint generated always as identity primary key,
    written_at timestamptz not null,
    kind text not null,
    key bytea,
    value bytea,
    -- a JSON array of names and base64 values
    headers text not null,
    batch bigint
) with (
    autovacuum_vacuum_scale_factor = 0.0,
    autovacuum_vacuum_threshold = 2000,
    autovacuum_analyze_scale_factor = 0.0,
    autovacuum_analyze_threshold = 5000
);

-- Finds the prepared batch however many events wait behind it.
create index outbox_batch on outbox (batch) where batch is not null;

-- Events that Kafka refuses for themselves, for an operator to look at.
create table outbox_aside (
    id bigint primary key,
    written_at timestamptz not null,
    kind text not null,
    key bytea,
    value bytea,
    headers text not null,
    set_aside_at timestamptz not null,
    cause text not null
);

-- The records that went to the dead letters: each is published once, however often it is read.
create table dead_letter (
    fingerprint text collate "C" primary key,
    reason text not null,
    buried_at timestamptz not null
);

-- Elections. A row that runs out, and not a lock of a session: PostgreSQL may keep the session of
-- a machine that lost power for hours, and behind a pooler a session is nobody's.
create table lease (
    name text primary key,
    holder text not null,
    expires_at timestamptz not null
);
