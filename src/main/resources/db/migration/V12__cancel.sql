-- Who wants a request cancelled: the first one for each, for ever, whether the request came yet or not.
-- Nothing is moved by it; whoever decides about the request reads it. So it names no row of `request`.
create table cancellation (
    request_id text collate "C" primary key check (char_length(request_id) between 1 and 255),
    at timestamptz not null,
    requested_by text,
    reason text,
    record_topic text not null,
    record_partition integer not null,
    record_offset bigint not null,

    -- The dead letter that is due if its request, whose target would be wiped, turns out to have a
    -- job: nobody can cancel that. Null once it is buried, and where it cannot become due.
    letter_fingerprint text,
    letter_key bytea,
    letter_value bytea,
    letter_headers text
);
