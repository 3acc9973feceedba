-- When two organisations met last about a patient: counted in the compliance view, never shown of one pair. A projection.
-- The same columns as migrations/sqlite/0005_offices.sql; a test compares them.
create table pair_meeting (
    timeline bytea not null references timeline (id),
    -- The lower id.
    one bytea not null,
    other bytea not null,
    last_at bigint not null,
    primary key (timeline, one, other)
);
