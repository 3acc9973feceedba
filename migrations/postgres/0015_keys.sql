-- The region's data key, and records that were destroyed. The same columns as migrations/sqlite/0015_keys.sql; a test compares them.

-- One row: the key from which every other comes that seals something here, wrapped by the region's key.
create table data_key (
    id bigint not null primary key check (id = 1),
    wrapped bytea not null,
    -- Names the region's key that wraps it, without revealing it.
    region_key text not null,
    -- The name of the key before, and when it was replaced; null: there was none.
    region_key_before text,
    rotated_at bigint,
    -- Whether the region's first key was taken over as data key: what was sealed before this migration was sealed with it.
    adopted boolean not null
);

-- What is left of a record that was destroyed when its retention had ended; nothing of it tells whose it was.
create table destroyed_record (
    timeline bytea not null primary key references timeline (id),
    destroyed_at bigint not null,
    -- Null: whoever runs commands on the hub's machine.
    person bytea,
    -- The days of the last entry and of the end of the span, and the type of organisation whose span was the longest.
    ended_on text not null,
    until_on text not null,
    kind text not null,
    years bigint not null
);
