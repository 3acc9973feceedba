-- The region's data key. The same columns as migrations/sqlite/0015_keys.sql; a test compares them.

-- One row: the key from which every other comes that seals something here, wrapped by the region's key.
create table data_key (
    id bigint not null primary key check (id = 1),
    wrapped bytea not null,
    -- Names the region's key that wraps it, without revealing it.
    region_key text not null,
    -- The name of the key before, and when it was replaced; null: there was none.
    region_key_before text,
    rotated_at bigint,
    -- Whether the region's first key was taken over as data key: what was sealed before this migration was sealed with it.
    adopted boolean not null
);
