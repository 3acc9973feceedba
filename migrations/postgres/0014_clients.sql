-- System clients: EHRs and device gateways, their public keys, and which of their assertions were used. The same columns
-- as migrations/sqlite/0014_clients.sql; a test compares them.

create table client (
    -- The person of the directory that acts in its place.
    id bytea not null primary key references person (id),
    organisation bytea not null references organisation (id),
    -- What it is for.
    sealed bytea not null,
    scopes text not null,
    registered_at bigint not null,
    suspended_at bigint,
    removed_at bigint
);

-- Kept after they were removed: a key's name is never given to another.
create table client_key (
    client bytea not null references client (id),
    kid text not null,
    algorithm text not null,
    material bytea not null,
    added_at bigint not null,
    removed_at bigint,
    primary key (client, kid)
);

-- Until they end, so that each counts once, also across a restart.
create table client_assertion (
    client bytea not null references client (id),
    digest bytea not null,
    expires_at bigint not null,
    primary key (client, digest)
);

-- Of a token: what it allows, and by which key it was asked for. Null: a person's.
alter table sign_in add column scopes text;
alter table sign_in add column client_key text;
-- Those that nobody ended; few, since a client's next token closes what ran out.
create index sign_in_of_client on sign_in (person) where client_key is not null and revoked_at is null;
