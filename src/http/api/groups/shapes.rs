//! What is told of groups and of what was written there, as whoever asks sees it.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::actions::groups::{GroupSeen, may_withdraw};
use crate::domain::directory::{Actor, Directory};
use crate::domain::group::GroupMessage;
use crate::domain::ids::{OrganisationId, PersonId};
use crate::http::shapes::Name;

/// Somebody who is in a group.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberShape {
    person: Uuid,
    name: Name,
}

/// A group.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupShape {
    id: Uuid,
    name: String,
    /// What it is for.
    about: String,
    /// Who looks after it: the secretariat, or the office whose people are in it.
    organisation: Uuid,
    organisation_name: String,
    /// Nobody writes there any more.
    is_closed: bool,
    members: Vec<MemberShape>,
    is_member: bool,
    /// Whether I look after it.
    may_manage: bool,
    /// Messages that I have not read.
    unread: u32,
}

/// The newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Groups {
    pub(super) groups: Vec<GroupShape>,
    /// Whether I make groups.
    pub(super) may_make: bool,
}

/// That a message was taken out. Nothing is kept of its text.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageWithdrawnShape {
    at: String,
    by_author: bool,
    reason: String,
}

/// Something that a member wrote.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageShape {
    number: u32,
    person: Uuid,
    name: Name,
    role: &'static str,
    organisation_name: String,
    at: String,
    /// Empty, of one that was withdrawn.
    text: String,
    is_mine: bool,
    withdrawn: Option<MessageWithdrawnShape>,
    may_withdraw: bool,
}

/// The newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageList {
    pub(super) messages: Vec<MessageShape>,
    /// Whether there are older ones: ask for those before the last of these.
    pub(super) more: bool,
}

fn name_of(directory: &Directory, person: PersonId) -> Name {
    let known = directory.people.get(&person).map(|known| Name::from(&known.name));
    known.unwrap_or_else(|| Name { kanji: String::new(), kana: String::new() })
}

fn organisation_name(directory: &Directory, organisation: OrganisationId) -> String {
    directory.organisations.get(&organisation).map(|known| known.name.clone()).unwrap_or_default()
}

pub(super) fn shape(directory: &Directory, seen: &GroupSeen) -> GroupShape {
    let GroupSeen { group, is_member, may_manage, unread } = seen;
    let member = |person: &PersonId| MemberShape { person: person.0, name: name_of(directory, *person) };
    GroupShape {
        id: group.id.0,
        name: group.words.name.clone(),
        about: group.words.about.clone(),
        organisation: group.organisation.0,
        organisation_name: organisation_name(directory, group.organisation),
        is_closed: group.is_closed,
        members: group.words.members.iter().map(member).collect(),
        is_member: *is_member,
        may_manage: *may_manage,
        unread: *unread,
    }
}

pub(super) fn message(directory: &Directory, actor: &Actor, seen: &GroupSeen, message: &GroupMessage) -> MessageShape {
    let withdrawn = message.withdrawn.as_ref().map(|withdrawn| MessageWithdrawnShape {
        at: withdrawn.at.to_rfc3339(),
        by_author: withdrawn.by == message.by,
        reason: withdrawn.reason.clone(),
    });
    MessageShape {
        number: message.number,
        person: message.by.0,
        name: name_of(directory, message.by),
        role: message.position.role.code(),
        organisation_name: organisation_name(directory, message.position.organisation),
        at: message.at.to_rfc3339(),
        text: message.text.clone(),
        is_mine: message.by == actor.person,
        withdrawn,
        may_withdraw: may_withdraw(seen, actor, message),
    }
}
