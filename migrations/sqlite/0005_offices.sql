-- When two organisations met last about a patient: counted in the compliance view, never shown of one pair. A projection.
-- The same columns as migrations/postgres/0005_offices.sql; a test compares them.
create table pair_meeting (
    timeline blob not null references timeline (id),
    -- The lower id.
    one blob not null,
    other blob not null,
    last_at integer not null,
    primary key (timeline, one, other)
) strict;
