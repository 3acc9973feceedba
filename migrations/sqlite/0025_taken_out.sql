-- Whose record whoever runs the hub's machine took out or looked into, and when its timeline told the team. Who it was, why and by
-- which command says the audit record. The same columns as migrations/postgres/0025_taken_out.sql; a test compares them.

create table taken_out (
    -- The audit record that says so.
    audit integer not null references audit (seq),
    -- A patient's; or a secretariat's own, which hears of the region as a whole and may have no entry yet.
    timeline blob not null,
    -- Null: the hub has not written it there yet.
    told_at integer,
    primary key (audit, timeline)
) strict;
create index taken_out_untold on taken_out (audit, timeline) where told_at is null;
create index taken_out_of on taken_out (timeline, audit);
