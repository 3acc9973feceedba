-- When somebody last wrote on a timeline: what the hub tells by itself lengthens no record's retention. The same column as
-- migrations/sqlite/0028_written_at.sql; a test compares them.

alter table timeline add column written_at bigint not null default 0;
-- Of those of before, no later than that: whoever lists the records that are due looks into them, and the next entry says it
-- exactly. `renkei store rebuild` says it of all.
update timeline set written_at = coalesce(
    (select entry.recorded_at from entry where entry.timeline = timeline.id and entry.seq = 1), timeline.recorded_at);
