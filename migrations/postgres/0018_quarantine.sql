-- Posts that came in envelopes, after the sign-in they were written under had ended, until their author releases them; and
-- the keys that envelopes are sealed to. The same columns as migrations/sqlite/0018_quarantine.sql; a test compares them.

create table envelope_key (
    -- What devices call it: a part of the hash of its public half.
    name text not null primary key,
    -- Its private half.
    sealed bytea not null,
    made_at bigint not null
);

create table quarantine (
    -- The id of the post.
    id bytea not null primary key,
    -- Who wrote it, by the pass in its envelope.
    person bytea not null references person (id),
    organisation bytea not null references organisation (id),
    received_at bigint not null,
    expires_at bigint not null,
    -- Empty once something became of it.
    sealed bytea not null,
    -- 'waiting', or what became of it.
    state text not null,
    resolved_at bigint
);
create index quarantine_of_person on quarantine (person, received_at) where state = 'waiting';
create index quarantine_expiry on quarantine (expires_at) where state = 'waiting';
