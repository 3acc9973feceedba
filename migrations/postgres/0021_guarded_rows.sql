-- Rows that give somebody power carry a keyed MAC over what decides, so that nobody adds or changes one without the region's
-- key. The same columns as migrations/sqlite/0021_guarded_rows.sql; a test compares them.

-- Of what ended: null. A hub with the key gives the others theirs, once, when it opens the database after this.
alter table sign_in add column mac bytea;
alter table organisation add column mac bytea;
alter table person add column mac bytea;
alter table person_position add column mac bytea;
alter table office_administrator add column mac bytea;
alter table invitation add column mac bytea;
alter table passkey add column mac bytea;
alter table identity add column mac bytea;
alter table client add column mac bytea;
alter table client_key add column mac bytea;
alter table device_authority add column mac bytea;
alter table device add column mac bytea;
alter table device_certificate add column mac bytea;
alter table device_enrolment add column mac bytea;
alter table device_exception add column mac bytea;

-- Sign-ins of before have none and end here: everybody signs in again.
update sign_in set revoked_at = coalesce(used_at, issued_at) where revoked_at is null;
