-- Good-practice cases: what a team did well, told without the patient; published once somebody else approved it. The same
-- columns as migrations/sqlite/0029_cases.sql; a test compares them.

-- A case as one step of its life left it. Of each there are at most the version that is published and the one that is being
-- written after it; what was never approved, or stands no more, is deleted.
create table case_version (
    case_id bytea not null,
    number bigint not null,
    -- Who did what with it when, its author and their office, its words, and where the form of consent is kept.
    sealed bytea not null,
    primary key (case_id, number)
);
