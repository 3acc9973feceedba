-- The life of the region's rulebook: its versions with their files, and who signed which set of rules.

create table rulebook_version (
    id blob not null primary key,
    title text not null,
    fingerprint text not null,
    stage text not null,
    drafted_at integer not null,
    -- When it comes, or came, into force.
    effective_at integer,
    changed_at integer not null
) strict;

create table rulebook_version_file (
    version blob not null references rulebook_version (id),
    path text not null,
    content text not null,
    primary key (version, path)
) strict, without rowid;

create table rulebook_signature (
    version blob not null references rulebook_version (id),
    ruleset text not null,
    body text not null,
    role text not null,
    person text not null,
    signed_on text not null,
    -- The digest that was signed.
    agreement text not null,
    primary key (version, ruleset, body, role)
) strict, without rowid;
