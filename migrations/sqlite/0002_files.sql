-- Files that entries refer to. The same columns as migrations/postgres/0002_files.sql; a test compares them.
-- The files themselves lie sealed beside the database, under their names.

-- One row per file and organisation that handed it in: who may name it in an entry, and since when nobody has.
create table file (
    timeline blob not null references timeline (id),
    -- A keyed digest of timeline, content, media type and size.
    name blob not null,
    organisation blob not null,
    sign_in blob not null references sign_in (id),
    bytes integer not null,
    uploaded_at integer not null,
    -- When the content was durable; null: it is not yet, or is being swept.
    kept_at integer,
    -- The first entry of this organisation that named it.
    entry blob,
    primary key (timeline, name, organisation)
) strict, without rowid;
create index file_unnamed on file (uploaded_at) where entry is null;
