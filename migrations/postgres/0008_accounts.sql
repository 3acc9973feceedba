-- Accounts: how a person of the directory shows who they are, and how they were asked to set that up. The same columns
-- as migrations/sqlite/0007_accounts.sql; a test compares them.

create table account (
    person bytea not null primary key references person (id),
    -- A keyed digest of the sign-in name: found by it, not told by it.
    login bytea not null unique,
    -- Sign-in name, hash of the password, secret of the authenticator, passkeys.
    sealed bytea not null,
    -- The last step of the authenticator's clock whose code was used: a code counts once.
    code_step bigint,
    changed_at bigint not null
);

create table invitation (
    id bytea not null primary key,
    token_hash bytea not null unique,
    person bytea not null references person (id),
    -- `first` or `recovery`.
    purpose text not null,
    -- The code that is told apart from the link, and the secret of the authenticator to be set up.
    sealed bytea not null,
    issued_at bigint not null,
    expires_at bigint not null,
    -- Wrong codes that it still bears.
    tries_left bigint not null,
    -- When it was used, withdrawn or tried too often.
    ended_at bigint
);
create index invitation_open on invitation (person) where ended_at is null;

create table office_administrator (
    organisation bytea not null references organisation (id),
    person bytea not null references person (id),
    primary key (organisation, person)
);

-- What the person's device calls itself.
alter table sign_in add column device text not null default '';
-- By which factors; empty: before there were accounts.
alter table sign_in add column way text not null default '';
-- When it was last used, to within a few minutes; null: not since it was issued.
alter table sign_in add column used_at bigint;
