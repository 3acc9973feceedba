-- Identities at another service by which people are let in. The same columns as
-- migrations/postgres/0017_identities.sql; a test compares them.

create table identity (
    id blob not null primary key,
    person blob not null references person (id),
    -- A keyed digest of the service and of its name for them: found by it, not told by it. Nobody shares one.
    known_as blob not null unique,
    -- The service, and its name for them.
    sealed blob not null,
    linked_at integer not null,
    used_at integer,
    -- From when on it lets nobody in: the account is recovered.
    voided_at integer
) strict;
create index identity_of on identity (person);
