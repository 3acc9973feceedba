-- Emergency access: a projection of the declarations, and which of them a record of reading rests on.
create table emergency_access (
    -- The entry that declared it.
    entry bytea not null primary key,
    timeline bytea not null references timeline (id),
    seq bigint not null,
    declared_at bigint not null,
    ends_at bigint not null,
    -- When the secretariat acknowledged it.
    reviewed_at bigint
);
create index emergency_access_by_timeline on emergency_access (timeline);

-- The entry that declared it; null: read without emergency access.
alter table read_grant add column emergency_access bytea;
