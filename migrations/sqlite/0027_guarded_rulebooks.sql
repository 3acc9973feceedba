-- The versions of the rulebook, their files and who signed them carry a keyed MAC, as the rows of 0021 do: nobody without the
-- region's key brings other rules into force. The same columns as migrations/postgres/0027_guarded_rulebooks.sql; a test compares
-- them. A hub with the key gives the rows that stand theirs, once, when it opens the database after this.

alter table rulebook_version add column mac blob;
alter table rulebook_version_file add column mac blob;
alter table rulebook_signature add column mac blob;

-- What was accepted is told by its time: see the audit log's search.
create index entry_by_time on entry (recorded_at);
