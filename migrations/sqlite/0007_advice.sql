-- A projection: on which timelines the secretariat was advised something, and when last. What, the entries say.
create table advice (
    timeline blob not null primary key references timeline (id),
    newest_at integer not null
) strict;
