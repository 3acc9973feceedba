-- Passkeys: what a person's devices and security keys sign with, so that they are let in. The same columns as
-- migrations/postgres/0012_passkeys.sql; a test compares them.

create table passkey (
    id blob not null primary key,
    person blob not null references person (id),
    -- A keyed digest of the credential's id: found by it, not told by it.
    credential blob not null unique,
    -- What its owner calls it, its credential id and its public key.
    sealed blob not null,
    -- How often it has signed, as it says itself; 0 where it does not count. One that goes back was copied.
    counter integer not null,
    added_at integer not null,
    used_at integer,
    -- From when on it lets nobody in, and why: `copied`, `recovery`.
    voided_at integer,
    voided_why text not null default ''
) strict;
create index passkey_of on passkey (person);
create index passkey_copied on passkey (voided_at) where voided_why = 'copied';
