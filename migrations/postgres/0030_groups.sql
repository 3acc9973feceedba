-- Groups of people who talk at work, about no patient: who is in which, what they wrote, and up to where they have read it. The
-- same columns as migrations/sqlite/0030_groups.sql; a test compares them.

create table talk_group (
    id bytea not null primary key,
    -- Which looks after it.
    organisation bytea not null references organisation (id),
    -- Its name, what it is for, its members, and whether it is closed.
    sealed bytea not null
);

-- Numbered from 1. Of one that was withdrawn no text is left; the oldest are deleted.
create table group_message (
    talk_group bytea not null references talk_group (id),
    number bigint not null,
    -- Who wrote it when, its text; or who withdrew it.
    sealed bytea not null,
    primary key (talk_group, number)
);

-- Up to which message somebody has read.
create table group_receipt (
    talk_group bytea not null references talk_group (id),
    person bytea not null references person (id),
    number bigint not null,
    primary key (talk_group, person)
);
create index group_receipt_of on group_receipt (person);
