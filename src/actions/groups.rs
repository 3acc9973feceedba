//! Groups: people who talk at work, about no patient. The secretariat makes one of anybody who works in the region, an office's
//! administrator of their own people. Members write short messages, each after a look for whatever may say of a patient.
//!
//! INVARIANT: nobody reads a group but its members and whoever looks after it; and nothing is posted in which something was found
//! that its author did not confirm, piece by piece.

mod messages;

use crate::domain::act::{Act, Deed};
use crate::domain::directory::{Actor, Directory};
use crate::domain::group::{Group, GroupDeed, GroupStep, GroupWords};
use crate::domain::identifying::{IdentifierKind, Identifying};
use crate::domain::ids::{GroupId, OrganisationId, PersonId};
use crate::domain::role::{OrganisationType, Role};
use crate::domain::text::{Invalid, Text};
use crate::hub::Hub;
use crate::hub::sessions::SignedIn;
use crate::limits;
use crate::store::{StoreError, Tx};

pub use self::messages::{Messages, list_messages, may_withdraw, note_read, post, withdraw};
use super::announcing::Speaker;
use super::looking_through::{self, LookError, check_confirmations, check_confirmed};
use super::training::worker;

/// What cannot be done with a group.
#[derive(Debug, thiserror::Error)]
pub enum GroupError {
    #[error("not for families and connected systems, or not this actor's to do")]
    Forbidden,
    #[error("not found")]
    NotFound,
    #[error("the group is closed")]
    Closed,
    /// It was withdrawn before.
    #[error("there is nothing of it any more")]
    Gone,
    #[error("too many groups")]
    Full,
    #[error("{}", .0.message.en)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<LookError> for GroupError {
    fn from(error: LookError) -> Self {
        match error {
            LookError::Invalid(invalid) => invalid.into(),
            LookError::Store(error) => error.into(),
        }
    }
}

/// A group as somebody sees it.
#[derive(Clone, Debug)]
pub struct GroupSeen {
    pub group: Group,
    pub is_member: bool,
    /// Whether they look after it.
    pub may_manage: bool,
    /// Messages that a member has not read.
    pub unread: u32,
}

/// What whoever looks after a group writes.
#[derive(Clone, Debug)]
pub struct GroupGiven {
    pub words: GroupWords,
    pub is_closed: bool,
    /// What they were warned of and confirm, as it stands in the text.
    pub confirmed: Vec<String>,
}

fn check_at_work(actor: &Actor) -> Result<(), GroupError> {
    match actor.role {
        Role::Family | Role::Gateway => Err(GroupError::Forbidden),
        _ => Ok(()),
    }
}

/// Whether this actor makes groups.
#[must_use]
pub fn makes_groups(directory: &Directory, actor: &Actor) -> bool {
    Speaker::of(directory, actor).is_ok()
}

fn looks_after(directory: &Directory, actor: &Actor, group: &Group) -> bool {
    Speaker::of(directory, actor).is_ok_and(|speaker| speaker.looks_after(group.organisation))
}

fn is_regional(directory: &Directory, organisation: OrganisationId) -> bool {
    let known = directory.organisations.get(&organisation);
    known.is_some_and(|known| known.kind == OrganisationType::Secretariat)
}

/// Of a group of an office, while they act for that office; of one of the region's, wherever they work.
fn is_member(directory: &Directory, actor: &Actor, group: &Group) -> bool {
    let is_there = is_regional(directory, group.organisation) || actor.organisation == group.organisation;
    group.has(actor.person) && is_there
}

/// As this actor sees it. `None`: of it they learn not even that it is there.
fn seen(directory: &Directory, actor: &Actor, group: Group) -> Option<GroupSeen> {
    let (is_member, may_manage) = (is_member(directory, actor, &group), looks_after(directory, actor, &group));
    (is_member || may_manage).then_some(GroupSeen { group, is_member, may_manage, unread: 0 })
}

/// The groups that this actor is in or looks after, the newest first.
///
/// # Errors
/// When this actor is in none, being a family or a system, or the journal cannot be read.
pub async fn list(hub: &Hub, actor: &Actor) -> Result<Vec<GroupSeen>, GroupError> {
    check_at_work(actor)?;
    let (directory, person) = (hub.region().directory(), actor.person);
    let read = hub.journal().read(move |tx| {
        Box::pin(async move {
            let (groups, last) = (tx.list_groups().await?, tx.list_last_messages().await?);
            Ok::<_, StoreError>((groups, last, tx.list_group_receipts(person).await?))
        })
    });
    let (groups, last, read) = read.await?;
    let groups = groups.into_iter().filter_map(|group| {
        let of = |numbers: &std::collections::HashMap<GroupId, u32>| numbers.get(&group.id).copied().unwrap_or(0);
        let unread = of(&last).saturating_sub(of(&read)).min(limits::GROUP_MESSAGES_KEPT_MAX);
        let seen = seen(&directory, actor, group)?;
        Some(GroupSeen { unread: if seen.is_member { unread } else { 0 }, ..seen })
    });
    Ok(groups.collect())
}

/// What in these texts may say of a patient, among those whom this actor may know of.
///
/// # Errors
/// When this actor writes nowhere, there are too many texts, or the journal cannot be read.
pub async fn look_through(hub: &Hub, actor: &Actor, texts: &[&str]) -> Result<Vec<Identifying>, GroupError> {
    check_at_work(actor)?;
    Ok(looking_through::look_through(hub, actor, texts).await?)
}

async fn find_seen(hub: &Hub, actor: &Actor, id: GroupId) -> Result<GroupSeen, GroupError> {
    check_at_work(actor)?;
    let found = hub.journal().read(move |tx| Box::pin(tx.find_group(id))).await?;
    found.and_then(|group| seen(&hub.region().directory(), actor, group)).ok_or(GroupError::NotFound)
}

/// Makes a group, or what is known of it anew.
///
/// # Errors
/// When this actor may not, a field is wrong, something was found and not confirmed, or there are too many.
pub async fn put(hub: &Hub, by: &SignedIn, id: Option<GroupId>, given: GroupGiven) -> Result<GroupId, GroupError> {
    check_at_work(&by.actor)?;
    let directory = hub.region().directory();
    let speaker = Speaker::of(&directory, &by.actor).map_err(|_| GroupError::Forbidden)?;
    let known = match id {
        None => None,
        Some(id) => {
            let known = find_seen(hub, &by.actor, id).await?;
            if !known.may_manage {
                return Err(GroupError::Forbidden);
            }
            Some(known.group)
        }
    };
    let GroupGiven { words, is_closed, confirmed } = given;
    let organisation = known.as_ref().map_or(speaker.organisation(), |known| known.organisation);
    words.check()?;
    check_members(&directory, organisation, &words.members, known.as_ref())?;
    check_confirmations(&confirmed)?;
    let confirmed = check_confirmed(hub, &by.actor, &[&words.name, &words.about], &confirmed).await?;
    let (now, new) = (hub.region().now(), GroupId(hub.region().draw_id()));
    let id = id.unwrap_or(new);
    let group = Group { id, organisation, words, is_closed, by: by.actor.person, at: now };
    let (known, by) = (known.map(|known| known.id), *by);
    let writing = hub.journal().write(move |tx: &mut Tx| {
        Box::pin(async move {
            if let Some(known) = known {
                tx.lock_group(known).await?;
            }
            let groups = tx.list_groups().await?;
            let before = groups.iter().find(|before| before.id == group.id);
            let is_open = |one: &&Group| !one.is_closed && one.organisation == organisation && one.id != group.id;
            if !group.is_closed && groups.iter().filter(is_open).count() >= limits::GROUPS_OPEN_MAX {
                return Err(GroupError::Full);
            }
            tx.upsert_group(&group).await?;
            let deed = changed(before, &group, confirmed);
            Ok(tx.append_acts(now, [Act { by: by.by(), deed: Deed::Group(deed) }]).await?)
        })
    });
    writing.await?;
    Ok(id)
}

/// Who works, and for an office's group there. Somebody who was in it before stays on the list, whatever became of them.
fn check_members(
    directory: &Directory,
    organisation: OrganisationId,
    members: &[PersonId],
    known: Option<&Group>,
) -> Result<(), Invalid> {
    let office = (!is_regional(directory, organisation)).then_some(organisation);
    let may_be = |id: &PersonId| {
        let person = directory.people.get(id).filter(|person| person.active);
        known.is_some_and(|known| known.has(*id)) || person.is_some_and(|it| worker(directory, it, office).is_some())
    };
    match members.iter().position(|member| !may_be(member)) {
        None => Ok(()),
        Some(at) => {
            let text = match office {
                None => Text::fixed("この地域で働く人ではありません", "nobody who works in the region"),
                Some(_) => Text::fixed("この事業所の人ではありません", "nobody of this office"),
            };
            Err(Invalid::new(format!("members[{at}]"), "unexpected", text))
        }
    }
}

fn changed(before: Option<&Group>, after: &Group, confirmed: Vec<IdentifierKind>) -> GroupDeed {
    let without = |one: &[PersonId], other: &[PersonId]| -> Vec<PersonId> {
        one.iter().filter(|person| !other.contains(person)).copied().collect()
    };
    let members: &[PersonId] = before.map_or(&[], |before| &before.words.members);
    let step = match before {
        None => GroupStep::Made,
        Some(before) if after.is_closed && !before.is_closed => GroupStep::Closed,
        Some(_) => GroupStep::Changed,
    };
    let (joined, left) = (without(&after.words.members, members), without(members, &after.words.members));
    GroupDeed { group: after.id, step, number: 0, joined, left, confirmed }
}
