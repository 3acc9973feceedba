-- Records that were destroyed. The same columns as migrations/sqlite/0019_destroyed_records.sql; a test compares them.

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
