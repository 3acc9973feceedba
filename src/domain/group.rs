//! Groups (グループ): people who talk with each other at work, about no patient. A named, closed list of members, and short
//! messages. Called by `actions/groups`, which judges who sees what.

use super::announcement::{check_length, check_text};
use super::directory::Position;
use super::identifying::IdentifierKind;
use super::ids::{GroupId, OrganisationId, PersonId};
use super::list::closed_list;
use super::plain::check_plain;
use super::text::{Invalid, Text};
use super::time::Timestamp;
use crate::limits;

/// A group as it is looked after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub id: GroupId,
    /// Which looks after it: the secretariat, or the office whose people are in it. It never changes.
    pub organisation: OrganisationId,
    pub words: GroupWords,
    /// Nobody writes there any more; its members read what there is.
    pub is_closed: bool,
    /// Who made it what it is, and when.
    pub by: PersonId,
    pub at: Timestamp,
}

/// What whoever looks after a group says of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupWords {
    pub name: String,
    /// What it is for.
    pub about: String,
    pub members: Vec<PersonId>,
}

/// Something that a member wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupMessage {
    /// From 1, one after the other in its group.
    pub number: u32,
    pub by: PersonId,
    /// In which they acted.
    pub position: Position,
    pub at: Timestamp,
    /// Empty, of one that was withdrawn.
    pub text: String,
    pub withdrawn: Option<MessageWithdrawn>,
}

/// That a message is there no more. INVARIANT: nothing is kept of its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageWithdrawn {
    pub by: PersonId,
    pub at: Timestamp,
    /// Of who withdraws what another wrote.
    pub reason: String,
}

closed_list! {
    /// What was done with a group.
    GroupStep {
        Made = "made", "作成", "made";
        Changed = "changed", "変更", "changed";
        Closed = "closed", "終了", "closed";
        Posted = "posted", "投稿", "posted";
        Withdrawn = "withdrawn", "投稿の取り下げ", "a message was withdrawn";
    }
}

/// See [`GroupStep`]. What was written stands in the group, not here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupDeed {
    pub group: GroupId,
    pub step: GroupStep,
    /// Of a message, which; else 0.
    pub number: u32,
    /// Who came into it and who left it, when it was made or changed.
    pub joined: Vec<PersonId>,
    pub left: Vec<PersonId>,
    /// What whoever did it was warned of and confirmed.
    pub confirmed: Vec<IdentifierKind>,
}

impl GroupWords {
    /// Whether a group can be so. Whether its members can be members, `actions/groups` asks the directory.
    ///
    /// # Errors
    /// Which field cannot be taken.
    pub fn check(&self) -> Result<(), Invalid> {
        check_text("name", &self.name, limits::GROUP_NAME_CHARS_MAX)?;
        check_plain("name", &self.name)?;
        check_length("about", &self.about, limits::GROUP_ABOUT_CHARS_MAX)?;
        match self.members.len() {
            0 => Err(Invalid::required("members")),
            count if count > limits::GROUP_MEMBERS_MAX => {
                Err(Invalid::too_long("members", limits::GROUP_MEMBERS_MAX, ("人", "people"), count))
            }
            _ => match (0..self.members.len()).find(|at| self.members[..*at].contains(&self.members[*at])) {
                Some(at) => {
                    let text = Text::fixed("同じ人が二度あります", "somebody is named twice");
                    Err(Invalid::new(format!("members[{at}]"), "duplicate", text))
                }
                None => Ok(()),
            },
        }
    }
}

impl Group {
    #[must_use]
    pub fn has(&self, person: PersonId) -> bool {
        self.words.members.contains(&person)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn person(number: u128) -> PersonId {
        PersonId(Uuid::from_u128(number))
    }

    #[test]
    fn a_group_has_a_name_and_members_each_once() {
        let words =
            GroupWords { name: "褥瘡の勉強会".to_owned(), about: String::new(), members: vec![person(1)] };
        assert_eq!(words.check(), Ok(()));
        let field = |words: GroupWords| words.check().unwrap_err().field;
        assert_eq!(field(GroupWords { name: " ".to_owned(), ..words.clone() }), "name");
        assert_eq!(field(GroupWords { name: "勉\n強".to_owned(), ..words.clone() }), "name");
        let long = "長".repeat(limits::GROUP_ABOUT_CHARS_MAX + 1);
        assert_eq!(field(GroupWords { about: long, ..words.clone() }), "about");
        assert_eq!(field(GroupWords { members: Vec::new(), ..words.clone() }), "members");
        let many = (1..=limits::GROUP_MEMBERS_MAX as u128 + 1).map(person).collect();
        assert_eq!(field(GroupWords { members: many, ..words.clone() }), "members");
        assert_eq!(field(GroupWords { members: vec![person(1), person(2), person(1)], ..words }), "members[2]");
    }
}
