//! Bounds of announcements, trainings, cases and groups. Named as part of `limits`.

// ---- announcements ----

/// Longest title of an announcement or training, in characters.
pub const ANNOUNCEMENT_TITLE_CHARS_MAX: usize = 100;
/// Longest text of an announcement: a page.
pub const ANNOUNCEMENT_TEXT_CHARS_MAX: usize = 4_000;
/// Longest reason for a correction or withdrawal.
pub const ANNOUNCEMENT_REASON_CHARS_MAX: usize = 500;
/// How far ahead an announcement may end, in days: a year.
pub const ANNOUNCEMENT_DAYS_MAX: i32 = 366;
/// Announcements of one organisation that stand at a moment.
pub const ANNOUNCEMENTS_STANDING_MAX: usize = 100;
/// Versions that one may come to.
pub const ANNOUNCEMENT_VERSIONS_MAX: u32 = 20;
/// Announcements that are listed for those who wrote them, the newest first.
pub const ANNOUNCEMENTS_LISTED_MAX: i64 = 200;
/// Types, organisations or roles that an audience is made of.
pub const AUDIENCE_PARTS_MAX: usize = 100;
/// Findings that are told of one text, and that one request confirms.
pub const IDENTIFYING_TOLD_MAX: usize = 50;

// ---- trainings ----

/// How far from today a training may be, in years: records of before are entered afterwards.
pub const TRAINING_YEARS_MAX: i32 = 20;
/// Trainings of a region.
pub const TRAININGS_MAX: usize = 1_000;
/// People of whom one request notes the attendance.
pub const ATTENDANCE_NOTED_MAX: usize = 500;
/// Offices that one request names.
pub const ATTENDANCE_OFFICES_MAX: usize = 50;

// ---- good-practice cases ----

/// Longest title of a case, in characters.
pub const CASE_TITLE_CHARS_MAX: usize = 100;
/// Longest text of each of its parts.
pub const CASE_TEXT_CHARS_MAX: usize = 2_000;
/// Longest remark by which one is returned or withdrawn.
pub const CASE_REMARK_CHARS_MAX: usize = 500;
/// Longest note on where the form of consent is kept.
pub const CASE_CONSENT_CHARS_MAX: usize = 200;
/// Cases of a region that are not withdrawn. All of them are read for each list.
pub const CASES_MAX: usize = 500;
/// Of one author, that they have begun and nobody has approved.
pub const CASES_BEGUN_MAX: usize = 20;
/// Texts that are looked through for one request.
pub const TEXTS_LOOKED_THROUGH_MAX: usize = 10;

// ---- groups ----

/// Longest name of a group, in characters.
pub const GROUP_NAME_CHARS_MAX: usize = 50;
/// Longest words on what it is for.
pub const GROUP_ABOUT_CHARS_MAX: usize = 300;
/// People of one group.
pub const GROUP_MEMBERS_MAX: usize = 200;
/// Groups of one organisation that are not closed.
pub const GROUPS_OPEN_MAX: usize = 300;
/// Longest message, in characters: some sentences. What is longer is an announcement.
pub const GROUP_MESSAGE_CHARS_MAX: usize = 1_000;
/// Longest reason for which a message is withdrawn.
pub const GROUP_REASON_CHARS_MAX: usize = 500;
/// Messages of a group that are kept; older ones are deleted.
pub const GROUP_MESSAGES_KEPT_MAX: u32 = 1_000;
/// Messages that are told at once, the newest first.
pub const GROUP_MESSAGES_TOLD_MAX: usize = 50;
