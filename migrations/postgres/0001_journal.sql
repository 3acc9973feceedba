-- The journal of one region. The same columns as migrations/sqlite/0001_journal.sql; a test compares them.
-- Ids are 16 bytes, times are microseconds UTC, `sealed` is ciphertext, `chain` a SHA-256 link.

-- One row per timeline: its key and where it ends.
create table timeline (
    id bytea not null primary key,
    subject text not null,
    -- The timeline's key, wrapped by the region's key; null once the record was destroyed.
    wrapped_key bytea,
    head_seq bigint not null,
    head_chain bytea not null,
    -- Of the entry at the head.
    recorded_at bigint not null
);

-- Appended in order, never updated; the bodies stay out of the two indexes.
create table entry (
    id bytea not null unique,
    timeline bytea not null references timeline (id),
    seq bigint not null,
    recorded_at bigint not null,
    mac bytea not null,
    sealed bytea not null,
    chain bytea not null,
    unique (timeline, seq)
);

-- A cache of the fold, ignored when its version is not the hub's.
create table snapshot (
    timeline bytea not null primary key references timeline (id),
    seq bigint not null,
    fold_version bigint not null,
    sealed bytea not null
);

-- Projections: written with the entries that cause them, rebuilt from the timelines.
create table patient (
    timeline bytea not null primary key references timeline (id),
    sealed bytea not null
);

create table team_member (
    timeline bytea not null references timeline (id),
    organisation bytea not null,
    -- Null: everybody of the organisation.
    person bytea,
    host boolean not null,
    since bigint not null,
    opens_from bigint not null,
    unique (timeline, organisation, person)
);
create index team_member_by_organisation on team_member (organisation, person, timeline);

create table patient_consent (
    timeline bytea not null primary key references timeline (id),
    state text not null
);

-- The directory.
create table organisation (
    id bytea not null primary key,
    kind text not null,
    active boolean not null,
    sealed bytea not null
);

create table person (
    id bytea not null primary key,
    active boolean not null,
    sealed bytea not null
);

create table person_position (
    person bytea not null references person (id),
    role text not null,
    organisation bytea not null references organisation (id),
    primary key (person, role, organisation)
);

create table sign_in (
    id bytea not null primary key,
    token_hash bytea not null unique,
    person bytea not null references person (id),
    role text not null,
    organisation bytea not null references organisation (id),
    issued_at bigint not null,
    expires_at bigint not null,
    revoked_at bigint
);
create index sign_in_by_person on sign_in (person);

-- Who has read, and what was given to read.
create table read_marker (
    timeline bytea not null references timeline (id),
    person bytea not null,
    seq bigint not null,
    read_at bigint not null,
    primary key (timeline, person)
);

create table read_grant (
    id bytea not null primary key,
    sign_in bytea not null references sign_in (id),
    timeline bytea not null references timeline (id),
    opened_at bigint not null,
    from_seq bigint not null,
    -- The last entry known to have been sent; an open grant without it counts as up to the head.
    through_seq bigint,
    closed_at bigint
);
create index read_grant_by_timeline on read_grant (timeline, opened_at);
create index read_grant_open on read_grant (sign_in) where closed_at is null;

create table audit (
    seq bigint not null primary key,
    recorded_at bigint not null,
    -- The timeline whose key seals the record; null: the region's key does.
    timeline bytea,
    sealed bytea not null,
    chain bytea not null
);
create index audit_by_timeline on audit (timeline, seq) where timeline is not null;

-- One row: where the audit chain ends. Its lock puts the records of several hubs in one order.
create table audit_head (
    id bigint not null primary key check (id = 1),
    seq bigint not null,
    chain bytea not null
);

-- Observations of people who are not linked to the patient yet.
create table linking_queue (
    id bytea not null primary key,
    timeline bytea not null,
    organisation bytea not null,
    received_at bigint not null,
    sealed bytea not null,
    state text not null,
    resolved_at bigint
);
create index linking_queue_waiting on linking_queue (timeline, received_at) where state = 'waiting';

-- Every rulebook that ever decided, as its files were, so that old rulings stay explainable.
create table rulebook (
    digest bytea not null,
    path text not null,
    content text not null,
    stored_at bigint not null,
    primary key (digest, path)
);

create table meta (
    name text not null primary key,
    value text not null
);
