-- A projection: on which timelines the secretariat was advised something, and when last. What, the entries say.
create table advice (
    timeline bytea not null primary key references timeline (id),
    newest_at bigint not null
);
