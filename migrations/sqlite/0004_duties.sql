-- Projections of what is owed. The same columns as migrations/postgres/0004_duties.sql; a test compares them.

-- When the duty clock must look at a timeline again. It says nothing of why.
create table timeline_due (
    timeline blob not null primary key references timeline (id),
    at integer not null
) strict, without rowid;
create index timeline_due_by_time on timeline_due (at);

-- One row per duty. Which rule opened it says something clinical, so that it is sealed with the timeline's key.
create table duty (
    timeline blob not null references timeline (id),
    id blob not null,
    open integer not null,
    sealed blob not null,
    primary key (timeline, id)
) strict;
create index duty_open on duty (timeline) where open;
