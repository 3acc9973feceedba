-- Bells: devices that are rung by the push services of browsers while their page is closed, and hours of quiet. The same
-- columns as migrations/sqlite/0020_bells.sql; a test compares them.

-- By which the hub says to push services who it is; one row.
create table push_key (
    id bigint not null primary key,
    sealed bytea not null,
    made_at bigint not null
);

create table bell (
    id bytea not null primary key,
    person bytea not null references person (id),
    role text not null,
    organisation bytea not null references organisation (id),
    -- Under which its page was last open. It may have ended by time; ended by somebody, it takes the bell with it.
    sign_in bytea not null references sign_in (id),
    registered_device bytea references device (id),
    -- A keyed digest of where it is rung: found by it, not told by it.
    endpoint bytea not null unique,
    -- Where it is rung, and what the device calls itself.
    sealed bytea not null,
    -- What it takes at least: `mine`, `urgent`.
    wish text not null,
    added_at bigint not null,
    renewed_at bigint not null,
    rung_at bigint
);
create index bell_of on bell (person);
create index bell_under on bell (sign_in);

-- Minutes of the day in the region from and until which somebody wants quiet.
create table quiet_hours (
    person bytea not null primary key references person (id),
    from_min bigint not null,
    until_min bigint not null,
    -- Since when something waits for their end; it is told of once.
    held_at bigint
);
