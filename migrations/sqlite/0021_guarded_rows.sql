-- Rows that give somebody power carry a keyed MAC over what decides, so that nobody adds or changes one without the region's
-- key. The same columns as migrations/postgres/0021_guarded_rows.sql; a test compares them.

-- Of what ended: null. A hub with the key gives the others theirs, once, when it opens the database after this.
alter table sign_in add column mac blob;
alter table organisation add column mac blob;
alter table person add column mac blob;
alter table person_position add column mac blob;
alter table office_administrator add column mac blob;
alter table invitation add column mac blob;
alter table passkey add column mac blob;
alter table identity add column mac blob;
alter table client add column mac blob;
alter table client_key add column mac blob;
alter table device_authority add column mac blob;
alter table device add column mac blob;
alter table device_certificate add column mac blob;
alter table device_enrolment add column mac blob;
alter table device_exception add column mac blob;

-- Sign-ins of before have none and end here: everybody signs in again.
update sign_in set revoked_at = coalesce(used_at, issued_at) where revoked_at is null;
