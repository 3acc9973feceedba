//! Announcements: words of the secretariat, or of an office's administrator to their own office, about no patient. Whom each is
//! for, its versions, and what an announcement must hold. Called by `actions/announcing`.

use jiff::civil::Date;

use super::directory::{Directory, Person, Position};
use super::identifying::IdentifierKind;
use super::ids::{AnnouncementId, OrganisationId, PersonId};
use super::list::closed_list;
use super::plain::is_blank;
use super::role::{OrganisationType, Role};
use super::text::{Invalid, Text};
use super::time::Timestamp;
use crate::limits;

/// Whom an announcement is for. What is empty does not narrow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audience {
    /// Everybody at organisations of these types …
    pub types: Vec<OrganisationType>,
    /// … and at these.
    pub organisations: Vec<OrganisationId>,
    /// Of them, those who act in one of these roles.
    pub roles: Vec<Role>,
}

/// What stands in one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnouncementWords {
    pub title: String,
    pub text: String,
    /// The last day in the region on which it is shown.
    pub until: Date,
    pub audience: Audience,
}

/// As it was published, or as it was corrected or withdrawn after that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnouncementVersion {
    /// From 1.
    pub number: u32,
    pub by: PersonId,
    pub at: Timestamp,
    /// From this version on it counts no more.
    pub is_withdrawn: bool,
    /// Why it was corrected or withdrawn; those who read it see it.
    pub reason: String,
    pub words: AnnouncementWords,
}

/// An announcement with its history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    pub id: AnnouncementId,
    /// For which its author speaks.
    pub organisation: OrganisationId,
    /// The oldest first; never empty.
    pub versions: Vec<AnnouncementVersion>,
}

closed_list! {
    /// What was done with an announcement.
    AnnouncementStep {
        Published = "published", "掲示", "published";
        Corrected = "corrected", "訂正", "corrected";
        Withdrawn = "withdrawn", "取り下げ", "withdrawn";
    }
}

/// See [`AnnouncementStep`]. The words stand in the announcement, not here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnouncementDeed {
    pub announcement: AnnouncementId,
    pub step: AnnouncementStep,
    /// The version that came of it.
    pub number: u32,
    /// What its author was warned of and confirmed.
    pub confirmed: Vec<IdentifierKind>,
}

impl Audience {
    /// Whether it is for whoever acts in this position, at an organisation of this type. Families are meant only where they are
    /// named; connected systems never.
    #[must_use]
    pub fn takes(&self, position: Position, kind: OrganisationType) -> bool {
        let is_everywhere = self.types.is_empty() && self.organisations.is_empty();
        let is_there =
            is_everywhere || self.types.contains(&kind) || self.organisations.contains(&position.organisation);
        let is_such = match position.role {
            Role::Gateway => false,
            Role::Family => self.roles.contains(&Role::Family),
            role => self.roles.is_empty() || self.roles.contains(&role),
        };
        is_there && is_such
    }

    /// The positions of a person in which it is for them.
    pub fn positions_of<'a>(
        &'a self,
        directory: &'a Directory,
        person: &'a Person,
    ) -> impl Iterator<Item = Position> + 'a {
        let is_meant = |position: &&Position| {
            let organisation = directory.organisations.get(&position.organisation).filter(|found| found.active);
            organisation.is_some_and(|organisation| self.takes(**position, organisation.kind))
        };
        person.positions.iter().filter(move |position| person.active && is_meant(position)).copied()
    }

    /// Whether it can be meant so.
    ///
    /// # Errors
    /// Which part cannot.
    pub fn check(&self, directory: &Directory) -> Result<(), Invalid> {
        let bound = limits::AUDIENCE_PARTS_MAX;
        for (field, count) in
            [("types", self.types.len()), ("organisations", self.organisations.len()), ("roles", self.roles.len())]
        {
            if count > bound {
                return Err(Invalid::too_long(field, bound, ("個", "entries"), count));
            }
        }
        for (at, organisation) in self.organisations.iter().enumerate() {
            if !directory.has_active(*organisation) {
                let text = Text::fixed("その事業所は登録されていません", "no such organisation in the directory");
                return Err(Invalid::new(format!("organisations[{at}]"), "not_found", text));
            }
        }
        match self.roles.iter().position(|role| *role == Role::Gateway) {
            Some(at) => {
                let text = Text::fixed("連携システムは読みません", "connected systems read no announcements");
                Err(Invalid::new(format!("roles[{at}]"), "unexpected", text))
            }
            None => Ok(()),
        }
    }
}

impl AnnouncementWords {
    /// Whether they can be published today.
    ///
    /// # Errors
    /// Which field cannot be taken.
    pub fn check(&self, directory: &Directory, today: Date) -> Result<(), Invalid> {
        check_text("title", &self.title, limits::ANNOUNCEMENT_TITLE_CHARS_MAX)?;
        if self.title.chars().any(char::is_control) {
            let expected = Text::fixed("改行などの制御文字は使えません", "no control characters");
            return Err(Invalid::new("title", "implausible", expected));
        }
        check_text("text", &self.text, limits::ANNOUNCEMENT_TEXT_CHARS_MAX)?;
        let last = today.saturating_add(jiff::Span::new().days(limits::ANNOUNCEMENT_DAYS_MAX));
        if self.until < today || self.until > last {
            let text = Text::new(
                format!("掲示の終わりは {today} から {last} までの日です"),
                format!("a day from {today} to {last} is expected"),
            );
            return Err(Invalid::new("until", "out_of_range", text));
        }
        self.audience.check(directory).map_err(|invalid| invalid.within("audience"))
    }
}

/// A text that somebody must write.
///
/// # Errors
/// When nothing stands there, or too much.
pub fn check_text(field: &str, text: &str, chars_max: usize) -> Result<(), Invalid> {
    if is_blank(text) {
        return Err(Invalid::required(field));
    }
    check_length(field, text, chars_max)
}

/// A text that may be left out.
///
/// # Errors
/// When it is too long.
pub fn check_length(field: &str, text: &str, chars_max: usize) -> Result<(), Invalid> {
    match text.chars().count() {
        chars if chars > chars_max => Err(Invalid::too_long(field, chars_max, ("文字", "characters"), chars)),
        _ => Ok(()),
    }
}

impl Announcement {
    /// As it stands.
    ///
    /// # Panics
    /// Never: an announcement has a first version.
    #[must_use]
    pub fn current(&self) -> &AnnouncementVersion {
        self.versions.last().expect("an announcement has a first version")
    }

    /// As it was published.
    ///
    /// # Panics
    /// Never: an announcement has a first version.
    #[must_use]
    pub fn first(&self) -> &AnnouncementVersion {
        self.versions.first().expect("an announcement has a first version")
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn at(role: Role, number: u128) -> Position {
        Position { role, organisation: OrganisationId(Uuid::from_u128(number)) }
    }

    #[test]
    fn an_audience_is_narrowed_by_place_and_by_role() {
        let (nurse, family) = (at(Role::Nurse, 1), at(Role::Family, 2));
        let everybody = Audience::default();
        assert!(everybody.takes(nurse, OrganisationType::NursingStation));
        assert!(!everybody.takes(family, OrganisationType::Home), "families are named where they are meant");
        assert!(!everybody.takes(at(Role::Gateway, 1), OrganisationType::NursingStation));
        let families = Audience { roles: vec![Role::Family], ..Audience::default() };
        assert!(families.takes(family, OrganisationType::Home));
        assert!(!families.takes(nurse, OrganisationType::NursingStation));
        let stations = Audience { types: vec![OrganisationType::NursingStation], ..Audience::default() };
        assert!(stations.takes(nurse, OrganisationType::NursingStation));
        assert!(!stations.takes(at(Role::Doctor, 3), OrganisationType::Clinic));
        // Types and offices add up; roles narrow what they give.
        let both = Audience {
            organisations: vec![OrganisationId(Uuid::from_u128(3))],
            roles: vec![Role::Doctor],
            ..stations.clone()
        };
        assert!(both.takes(at(Role::Doctor, 3), OrganisationType::Clinic));
        assert!(!both.takes(nurse, OrganisationType::NursingStation));
    }

    #[test]
    fn words_must_be_there_end_in_time_and_be_for_somebody() {
        let today = jiff::civil::date(2026, 4, 1);
        let directory = Directory::default();
        let words = |title: &str, text: &str, until: Date| AnnouncementWords {
            title: title.to_owned(),
            text: text.to_owned(),
            until,
            audience: Audience::default(),
        };
        assert_eq!(words("研修", "第2会議室", today).check(&directory, today), Ok(()));
        let yesterday = today.yesterday().unwrap();
        let field = |words: AnnouncementWords| words.check(&directory, today).unwrap_err().field;
        assert_eq!(field(words(" ", "第2会議室", today)), "title");
        assert_eq!(field(words("研\n修", "第2会議室", today)), "title");
        assert_eq!(field(words("研修", "　", today)), "text");
        assert_eq!(field(words("研修", &"長".repeat(limits::ANNOUNCEMENT_TEXT_CHARS_MAX + 1), today)), "text");
        assert_eq!(field(words("研修", "第2会議室", yesterday)), "until");
        let to = |audience| AnnouncementWords { audience, ..words("研修", "第2会議室", today) };
        let nowhere = vec![OrganisationId(Uuid::nil())];
        let nowhere = Audience { organisations: nowhere, ..Audience::default() };
        assert_eq!(field(to(nowhere)), "audience.organisations[0]");
        let systems = Audience { roles: vec![Role::Gateway], ..Audience::default() };
        assert_eq!(field(to(systems)), "audience.roles[0]");
    }
}
