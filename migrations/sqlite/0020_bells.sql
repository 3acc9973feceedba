-- Bells: devices that are rung by the push services of browsers while their page is closed, and hours of quiet. The same
-- columns as migrations/postgres/0020_bells.sql; a test compares them.

-- By which the hub says to push services who it is; one row.
create table push_key (
    id integer not null primary key,
    sealed blob not null,
    made_at integer not null
) strict;

create table bell (
    id blob not null primary key,
    person blob not null references person (id),
    role text not null,
    organisation blob not null references organisation (id),
    -- Under which its page was last open. It may have ended by time; ended by somebody, it takes the bell with it.
    sign_in blob not null references sign_in (id),
    registered_device blob references device (id),
    -- A keyed digest of where it is rung: found by it, not told by it.
    endpoint blob not null unique,
    -- Where it is rung, and what the device calls itself.
    sealed blob not null,
    -- What it takes at least: `mine`, `urgent`.
    wish text not null,
    added_at integer not null,
    renewed_at integer not null,
    rung_at integer
) strict;
create index bell_of on bell (person);
create index bell_under on bell (sign_in);

-- Minutes of the day in the region from and until which somebody wants quiet.
create table quiet_hours (
    person blob not null primary key references person (id),
    from_min integer not null,
    until_min integer not null,
    -- Since when something waits for their end; it is told of once.
    held_at integer
) strict;
