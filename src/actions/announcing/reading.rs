//! What people see of announcements: those that are for them, with what they have read; and for whoever looks after one, whom
//! it is for and how many of them have read it. By name for the secretariat alone.

use std::collections::{BTreeMap, HashMap};

use super::{AnnounceError, Speaker, find};
use crate::domain::announcement::Announcement;
use crate::domain::directory::{Actor, Directory, Position};
use crate::domain::ids::{AnnouncementId, OrganisationId, PersonId};
use crate::domain::time::Timestamp;
use crate::hub::Hub;
use crate::limits;
use crate::store::{Receipt, StoreError};

/// An announcement as somebody for whom it is sees it.
#[derive(Clone, Debug)]
pub struct AnnouncementSeen {
    pub announcement: Announcement,
    /// When they read it as it stands.
    pub read_at: Option<Timestamp>,
}

/// What is for this actor today, the newest first. One that was withdrawn is seen by those who read it before, as withdrawn.
///
/// # Errors
/// When the journal cannot be read.
pub async fn list_for(hub: &Hub, actor: &Actor) -> Result<Vec<AnnouncementSeen>, StoreError> {
    let (person, now) = (actor.person, hub.region().now());
    let read = hub.journal().read(move |tx| {
        Box::pin(async move {
            let standing = tx.list_announcements(now, None, i64::MAX).await?;
            Ok::<_, StoreError>((standing, tx.list_receipts_of(person).await?))
        })
    });
    let (standing, receipts) = read.await?;
    let receipts: HashMap<AnnouncementId, Receipt> =
        receipts.into_iter().map(|receipt| (receipt.announcement, receipt)).collect();
    let seen = |announcement: Announcement| {
        let current = announcement.current();
        let receipt = receipts.get(&announcement.id);
        let is_seen = is_for(&announcement, actor) && (!current.is_withdrawn || receipt.is_some());
        let read_at = receipt.filter(|receipt| receipt.number >= current.number).map(|receipt| receipt.read_at);
        is_seen.then_some(AnnouncementSeen { announcement, read_at })
    };
    Ok(standing.into_iter().filter_map(seen).collect())
}

/// Whether it is for whoever acts so, as it stands. Who looks after it reads it among those that were sent.
fn is_for(announcement: &Announcement, actor: &Actor) -> bool {
    let position = Position { role: actor.role, organisation: actor.organisation };
    announcement.current().words.audience.takes(position, actor.organisation_type)
}

/// Keeps that this actor has read an announcement that is for them, up to this version.
///
/// # Errors
/// When there is none for them, or it has no such version.
pub async fn note_read(hub: &Hub, actor: &Actor, id: AnnouncementId, number: u32) -> Result<(), AnnounceError> {
    let seen = list_for(hub, actor).await?.into_iter().find(|seen| seen.announcement.id == id);
    let known = seen.ok_or(AnnounceError::NotFound)?.announcement;
    if !(1..=known.current().number).contains(&number) {
        return Err(AnnounceError::NotFound);
    }
    let receipt = Receipt { announcement: id, person: actor.person, number, read_at: hub.region().now() };
    Ok(hub.journal().write(move |tx| Box::pin(async move { tx.upsert_receipt(&receipt).await })).await?)
}

/// What this actor looks after, with its history, the newest first; what has ended, too.
///
/// # Errors
/// When they look after none, or the journal cannot be read.
pub async fn list_sent(hub: &Hub, actor: &Actor) -> Result<Vec<Announcement>, AnnounceError> {
    let of = match Speaker::of(&hub.region().directory(), actor)? {
        Speaker::Secretariat(_) => None,
        Speaker::Office(own) => Some(own),
    };
    let (always, bound) = (Timestamp(i64::MIN), limits::ANNOUNCEMENTS_LISTED_MAX);
    Ok(hub.journal().read(move |tx| Box::pin(tx.list_announcements(always, of, bound))).await?)
}

/// Somebody for whom an announcement is.
#[derive(Clone, Debug)]
pub struct Addressed {
    pub person: PersonId,
    /// The first position in which it is for them.
    pub position: Position,
    /// When they read it as it stands.
    pub read_at: Option<Timestamp>,
}

/// An office with people for whom it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfficeReach {
    pub organisation: OrganisationId,
    pub addressed: u64,
    pub read: u64,
}

/// How far an announcement came.
#[derive(Clone, Debug)]
pub struct Reach {
    pub number: u32,
    pub offices: Vec<OfficeReach>,
    /// Of whom; `None`: that is told to the secretariat alone.
    pub people: Option<Vec<Addressed>>,
}

/// How many of those for whom an announcement is have read it as it stands.
///
/// # Errors
/// When it is not this actor's to look after, or the journal cannot be read.
pub async fn reach(hub: &Hub, actor: &Actor, id: AnnouncementId) -> Result<Reach, AnnounceError> {
    let directory = hub.region().directory();
    let speaker = Speaker::of(&directory, actor)?;
    let known = find(hub, speaker, id).await?;
    let receipts = hub.journal().read(move |tx| Box::pin(tx.list_receipts_on(id))).await?;
    let number = known.current().number;
    let read: HashMap<PersonId, Timestamp> = receipts
        .into_iter()
        .filter(|receipt| receipt.number >= number)
        .map(|receipt| (receipt.person, receipt.read_at))
        .collect();
    let (offices, people) = counted(&directory, &known, &read);
    let people = matches!(speaker, Speaker::Secretariat(_)).then_some(people);
    Ok(Reach { number, offices, people })
}

/// By office, in which somebody with two roles counts once; and by person.
fn counted(
    directory: &Directory,
    known: &Announcement,
    read: &HashMap<PersonId, Timestamp>,
) -> (Vec<OfficeReach>, Vec<Addressed>) {
    let audience = &known.current().words.audience;
    let mut offices: BTreeMap<OrganisationId, OfficeReach> = BTreeMap::new();
    let mut people = Vec::new();
    for person in directory.people.values() {
        let positions: Vec<Position> = audience.positions_of(directory, person).collect();
        let read_at = read.get(&person.id).copied();
        let mut at: Vec<OrganisationId> = positions.iter().map(|position| position.organisation).collect();
        at.sort_unstable();
        at.dedup();
        for organisation in at {
            let office = offices.entry(organisation).or_insert(OfficeReach { organisation, addressed: 0, read: 0 });
            office.addressed += 1;
            office.read += u64::from(read_at.is_some());
        }
        if let Some(position) = positions.first() {
            people.push(Addressed { person: person.id, position: *position, read_at });
        }
    }
    people.sort_by_key(|addressed| (addressed.position.organisation, addressed.person));
    (offices.into_values().collect(), people)
}
