-- What is audited, in the clear as far as it must be found, and signed checkpoints of all chains. The same columns as
-- migrations/sqlite/0011_provable_history.sql; a test compares them.

-- What the record is about; null: kept before this migration. All four are covered by the record's link and its seal.
alter table audit add column kind text;
-- Who acted, and for which organisation.
alter table audit add column person bytea;
alter table audit add column organisation bytea;
-- The person, organisation or version of the rulebook that something was done to.
alter table audit add column about bytea;
create index audit_by_person on audit (person, seq) where person is not null;
create index audit_by_organisation on audit (organisation, seq) where organisation is not null;
create index audit_by_about on audit (about, seq) where about is not null;
create index audit_by_kind on audit (kind, seq) where kind is not null;

-- What one sign-in was given to read, in time.
create index read_grant_by_sign_in on read_grant (sign_in, opened_at);

-- Signed statements of where every chain ended at a moment.
create table signed_checkpoint (
    number bigint not null primary key,
    made_at bigint not null,
    -- The text that is signed.
    statement text not null,
    signature bytea not null
);

-- Where timelines ended that had moved since the checkpoint before.
create table checkpoint_head (
    timeline bytea not null,
    seq bigint not null,
    chain bytea not null,
    -- The first checkpoint that says it.
    checkpoint bigint not null,
    primary key (timeline, seq)
);
create index checkpoint_head_by_checkpoint on checkpoint_head (checkpoint, timeline);
