-- Patients who are nobody, registered for training: told apart in the clear, so that they are counted nowhere. As sealed in the
-- registration. The same column as migrations/sqlite/0024_patients_for_training.sql; a test compares them.

alter table patient add column for_training bigint not null default 0;
