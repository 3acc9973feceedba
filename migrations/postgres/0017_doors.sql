-- Identities at another service by which people are let in; authorities for devices, one after the other. The same columns as
-- migrations/sqlite/0017_doors.sql; a test compares them.

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

-- When its certificates stopped counting; null: it is trusted. Of several that are, the one made last issues.
alter table device_authority add column retired_at bigint;

-- Which authority issued it; those before there were several were of the first.
alter table device_certificate add column authority bigint not null default 1;
create index device_certificate_by on device_certificate (authority) where ended_at is null;
