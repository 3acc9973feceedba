-- A file goes off the shelf with the record that names it. That it may is said by the destruction, with the region's key, so that
-- nobody has the hub remove the file of another record. The same column as migrations/postgres/0031_files_of_destroyed.sql; a test
-- compares them.

alter table file add column let_go blob;
