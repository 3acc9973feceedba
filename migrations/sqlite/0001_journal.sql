-- The journal of one region. The same columns as migrations/postgres/0001_journal.sql; a test compares them.
-- Ids are 16 bytes, times are microseconds UTC, `sealed` is ciphertext, `chain` a SHA-256 link.

-- One row per timeline: its key and where it ends.
create table timeline (
    id blob not null primary key,
    subject text not null,
    -- The timeline's key, wrapped by the region's key; null once the record was destroyed.
    wrapped_key blob,
    head_seq integer not null,
    head_chain blob not null,
    -- Of the entry at the head.
    recorded_at integer not null
) strict, without rowid;

-- Appended in order, never updated; the bodies stay out of the two indexes.
create table entry (
    id blob not null unique,
    timeline blob not null references timeline (id),
    seq integer not null,
    recorded_at integer not null,
    mac blob not null,
    sealed blob not null,
    chain blob not null,
    unique (timeline, seq)
) strict;

-- A cache of the fold, ignored when its version is not the hub's.
create table snapshot (
    timeline blob not null primary key references timeline (id),
    seq integer not null,
    fold_version integer not null,
    sealed blob not null
) strict;

-- Projections: written with the entries that cause them, rebuilt from the timelines.
create table patient (
    timeline blob not null primary key references timeline (id),
    sealed blob not null
) strict;

create table team_member (
    timeline blob not null references timeline (id),
    organisation blob not null,
    -- Null: everybody of the organisation.
    person blob,
    host integer not null,
    since integer not null,
    opens_from integer not null,
    unique (timeline, organisation, person)
) strict;
create index team_member_by_organisation on team_member (organisation, person, timeline);

create table patient_consent (
    timeline blob not null primary key references timeline (id),
    state text not null
) strict;

-- The directory.
create table organisation (
    id blob not null primary key,
    kind text not null,
    active integer not null,
    sealed blob not null
) strict;

create table person (
    id blob not null primary key,
    active integer not null,
    sealed blob not null
) strict;

create table person_position (
    person blob not null references person (id),
    role text not null,
    organisation blob not null references organisation (id),
    primary key (person, role, organisation)
) strict, without rowid;

create table sign_in (
    id blob not null primary key,
    token_hash blob not null unique,
    person blob not null references person (id),
    role text not null,
    organisation blob not null references organisation (id),
    issued_at integer not null,
    expires_at integer not null,
    revoked_at integer
) strict;
create index sign_in_by_person on sign_in (person);

-- Who has read, and what was given to read.
create table read_marker (
    timeline blob not null references timeline (id),
    person blob not null,
    seq integer not null,
    read_at integer not null,
    primary key (timeline, person)
) strict, without rowid;

create table read_grant (
    id blob not null primary key,
    sign_in blob not null references sign_in (id),
    timeline blob not null references timeline (id),
    opened_at integer not null,
    from_seq integer not null,
    -- The last entry known to have been sent; an open grant without it counts as up to the head.
    through_seq integer,
    closed_at integer
) strict;
create index read_grant_by_timeline on read_grant (timeline, opened_at);
create index read_grant_open on read_grant (sign_in) where closed_at is null;

create table audit (
    seq integer not null primary key,
    recorded_at integer not null,
    -- The timeline whose key seals the record; null: the region's key does.
    timeline blob,
    sealed blob not null,
    chain blob not null
) strict;
create index audit_by_timeline on audit (timeline, seq) where timeline is not null;

-- One row: where the audit chain ends. Its lock puts the records of several hubs in one order.
create table audit_head (
    id integer not null primary key check (id = 1),
    seq integer not null,
    chain blob not null
) strict;

-- Observations of people who are not linked to the patient yet.
create table linking_queue (
    id blob not null primary key,
    timeline blob not null,
    organisation blob not null,
    received_at integer not null,
    sealed blob not null,
    state text not null,
    resolved_at integer
) strict;
create index linking_queue_waiting on linking_queue (timeline, received_at) where state = 'waiting';

-- Every rulebook that ever decided, as its files were, so that old rulings stay explainable.
create table rulebook (
    digest blob not null,
    path text not null,
    content text not null,
    stored_at integer not null,
    primary key (digest, path)
) strict;

create table meta (
    name text not null primary key,
    value text not null
) strict, without rowid;
