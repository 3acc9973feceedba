-- Identities at another service by which people are let in. The same columns as
-- migrations/sqlite/0017_identities.sql; a test compares them.

create table identity (
    id bytea not null primary key,
    person bytea not null references person (id),
    -- A keyed digest of the service and of its name for them: found by it, not told by it. Nobody shares one.
    known_as bytea not null unique,
    -- The service, and its name for them.
    sealed bytea not null,
    linked_at bigint not null,
    used_at bigint,
    -- From when on it lets nobody in: the account is recovered.
    voided_at bigint
);
create index identity_of on identity (person);
