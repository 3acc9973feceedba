-- Groups of people who talk at work, about no patient: who is in which, what they wrote, and up to where they have read it. The
-- same columns as migrations/postgres/0030_groups.sql; a test compares them.

create table talk_group (
    id blob not null primary key,
    -- Which looks after it.
    organisation blob not null references organisation (id),
    -- Its name, what it is for, its members, and whether it is closed.
    sealed blob not null
) strict;

-- Numbered from 1. Of one that was withdrawn no text is left; the oldest are deleted.
create table group_message (
    talk_group blob not null references talk_group (id),
    number integer not null,
    -- Who wrote it when, its text; or who withdrew it.
    sealed blob not null,
    primary key (talk_group, number)
) strict;

-- Up to which message somebody has read.
create table group_receipt (
    talk_group blob not null references talk_group (id),
    person blob not null references person (id),
    number integer not null,
    primary key (talk_group, person)
) strict;
create index group_receipt_of on group_receipt (person);
