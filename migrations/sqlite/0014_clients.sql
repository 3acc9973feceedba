-- System clients: EHRs and device gateways, their public keys, and which of their assertions were used. The same columns
-- as migrations/postgres/0014_clients.sql; a test compares them.

create table client (
    -- The person of the directory that acts in its place.
    id blob not null primary key references person (id),
    organisation blob not null references organisation (id),
    -- What it is for.
    sealed blob not null,
    scopes text not null,
    registered_at integer not null,
    suspended_at integer,
    removed_at integer
) strict;

-- Kept after they were removed: a key's name is never given to another.
create table client_key (
    client blob not null references client (id),
    kid text not null,
    algorithm text not null,
    material blob not null,
    added_at integer not null,
    removed_at integer,
    primary key (client, kid)
) strict, without rowid;

-- Until they end, so that each counts once, also across a restart.
create table client_assertion (
    client blob not null references client (id),
    digest blob not null,
    expires_at integer not null,
    primary key (client, digest)
) strict, without rowid;

-- Of a token: what it allows, and by which key it was asked for. Null: a person's.
alter table sign_in add column scopes text;
alter table sign_in add column client_key text;
-- Those that nobody ended; few, since a client's next token closes what ran out.
create index sign_in_of_client on sign_in (person) where client_key is not null and revoked_at is null;
