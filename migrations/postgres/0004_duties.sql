-- Projections of what is owed. The same columns as migrations/sqlite/0004_duties.sql; a test compares them.

-- When the duty clock must look at a timeline again. It says nothing of why.
create table timeline_due (
    timeline bytea not null primary key references timeline (id),
    at bigint not null
);
create index timeline_due_by_time on timeline_due (at);

-- One row per duty. Which rule opened it says something clinical, so that it is sealed with the timeline's key.
create table duty (
    timeline bytea not null references timeline (id),
    id bytea not null,
    open boolean not null,
    sealed bytea not null,
    primary key (timeline, id)
);
create index duty_open on duty (timeline) where open;
