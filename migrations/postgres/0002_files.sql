-- Files that entries refer to. The same columns as migrations/sqlite/0002_files.sql; a test compares them.
-- The files themselves lie sealed beside the database, under their names.

-- One row per file and organisation that handed it in: who may name it in an entry, and since when nobody has.
create table file (
    timeline bytea not null references timeline (id),
    -- A keyed digest of timeline, content, media type and size.
    name bytea not null,
    organisation bytea not null,
    sign_in bytea not null references sign_in (id),
    bytes bigint not null,
    uploaded_at bigint not null,
    -- When the content was durable; null: it is not yet, or is being swept.
    kept_at bigint,
    -- The first entry of this organisation that named it.
    entry bytea,
    primary key (timeline, name, organisation)
);
create index file_unnamed on file (uploaded_at) where entry is null;
