-- Posts that came in envelopes, after the sign-in they were written under had ended, until their author releases them; and
-- the keys that envelopes are sealed to. The same columns as migrations/postgres/0018_quarantine.sql; a test compares them.

create table envelope_key (
    -- What devices call it: a part of the hash of its public half.
    name text not null primary key,
    -- Its private half.
    sealed blob not null,
    made_at integer not null
) strict;

create table quarantine (
    -- The id of the post.
    id blob not null primary key,
    -- Who wrote it, by the pass in its envelope.
    person blob not null references person (id),
    organisation blob not null references organisation (id),
    received_at integer not null,
    expires_at integer not null,
    -- Empty once something became of it.
    sealed blob not null,
    -- 'waiting', or what became of it.
    state text not null,
    resolved_at integer
) strict;
create index quarantine_of_person on quarantine (person, received_at) where state = 'waiting';
create index quarantine_expiry on quarantine (expires_at) where state = 'waiting';
