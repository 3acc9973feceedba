-- Passkeys: what a person's devices and security keys sign with, so that they are let in. The same columns as
-- migrations/sqlite/0012_passkeys.sql; a test compares them.

create table passkey (
    id bytea not null primary key,
    person bytea not null references person (id),
    -- A keyed digest of the credential's id: found by it, not told by it.
    credential bytea not null unique,
    -- What its owner calls it, its credential id and its public key.
    sealed bytea not null,
    -- How often it has signed, as it says itself; 0 where it does not count. One that goes back was copied.
    counter bigint not null,
    added_at bigint not null,
    used_at bigint,
    -- From when on it lets nobody in, and why: `copied`, `recovery`.
    voided_at bigint,
    voided_why text not null default ''
);
create index passkey_of on passkey (person);
create index passkey_copied on passkey (voided_at) where voided_why = 'copied';
