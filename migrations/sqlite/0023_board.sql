-- Announcements: words to people of the region, about no patient, with their history, and who has read them. And trainings
-- with who was there. The same columns as migrations/postgres/0023_board.sql; a test compares them.

create table announcement (
    id blob not null primary key,
    -- For which its author speaks.
    organisation blob not null references organisation (id),
    -- From when on nobody is shown it; so that those that stand are found. What counts is in the sealed version.
    ends_at integer not null
) strict;
create index announcement_standing on announcement (ends_at);

-- As it was published (1), and each correction or its withdrawal after that. Never updated.
create table announcement_version (
    announcement blob not null references announcement (id),
    number integer not null,
    -- Who wrote it when, its words, for whom it is and until when.
    sealed blob not null,
    primary key (announcement, number)
) strict;

-- Up to which version somebody said that they have read it.
create table announcement_receipt (
    announcement blob not null references announcement (id),
    person blob not null references person (id),
    number integer not null,
    read_at integer not null,
    primary key (announcement, person)
) strict;
create index announcement_receipt_of on announcement_receipt (person);

create table training (
    id blob not null primary key,
    -- Its title, kind and day, who entered it, and whether it was cancelled.
    sealed blob not null
) strict;

create table training_attendance (
    training blob not null references training (id),
    person blob not null references person (id),
    -- `expected`, `attended`, `absent`.
    state text not null,
    noted_by blob not null references person (id),
    noted_at integer not null,
    primary key (training, person)
) strict;
create index training_attendance_of on training_attendance (person);
