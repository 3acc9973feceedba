//! Announcements: the secretariat speaks to everybody or to some, an office's administrator to their own office. Published
//! after a look for whatever may say of whom it speaks; corrected and withdrawn by further versions. What people see of them
//! is `reading.rs`.
//!
//! INVARIANT: nothing is published in which something was found that its author did not confirm, piece by piece.

mod reading;

use std::collections::HashSet;

use crate::domain::act::{Act, Deed};
use crate::domain::announcement::{
    Announcement, AnnouncementDeed, AnnouncementStep, AnnouncementVersion, AnnouncementWords, check_length, check_text,
};
use crate::domain::directory::{Actor, Directory};
use crate::domain::identifying::{IdentifierKind, Identifying, Searched, find_figures};
use crate::domain::ids::{AnnouncementId, OrganisationId, TimelineId};
use crate::domain::role::Role;
use crate::domain::text::{Invalid, Text};
use crate::domain::time::Timestamp;
use crate::hub::Hub;
use crate::hub::sessions::SignedIn;
use crate::limits;
use crate::store::{StoreError, Tx};

pub use reading::{Addressed, AnnouncementSeen, OfficeReach, Reach, list_for, list_sent, note_read, reach};

/// For whom somebody may speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaker {
    /// For the region, to whomever.
    Secretariat(OrganisationId),
    /// For an office, to those who work there.
    Office(OrganisationId),
}

/// What cannot be done with an announcement.
#[derive(Debug, thiserror::Error)]
pub enum AnnounceError {
    #[error("neither the secretariat nor an office's administrator")]
    Forbidden,
    #[error("not found")]
    NotFound,
    /// It was corrected or withdrawn since it was read, or has ended.
    #[error("the announcement is another by now")]
    Moved,
    #[error("too many announcements")]
    Full,
    #[error("{}", .0.message.en)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What somebody writes.
#[derive(Clone, Debug)]
pub struct Given {
    pub words: AnnouncementWords,
    /// Why it is corrected; empty, of a new one.
    pub reason: String,
    /// What they were warned of and confirm, as it stands in the text.
    pub confirmed: Vec<String>,
}

impl Speaker {
    /// For whom this actor may speak.
    ///
    /// # Errors
    /// When for nobody.
    pub fn of(directory: &Directory, actor: &Actor) -> Result<Self, AnnounceError> {
        match actor.role {
            Role::Secretariat => Ok(Self::Secretariat(actor.organisation)),
            _ if directory.administers(actor.person, actor.organisation) => Ok(Self::Office(actor.organisation)),
            _ => Err(AnnounceError::Forbidden),
        }
    }

    const fn organisation(self) -> OrganisationId {
        match self {
            Self::Secretariat(organisation) | Self::Office(organisation) => organisation,
        }
    }

    /// Whether what this organisation announced is theirs to look after.
    #[must_use]
    pub fn looks_after(self, organisation: OrganisationId) -> bool {
        matches!(self, Self::Secretariat(_)) || self.organisation() == organisation
    }

    /// INVARIANT: who looks after an office speaks to nobody else.
    fn narrow(self, words: &mut AnnouncementWords) -> Result<(), Invalid> {
        let Self::Office(own) = self else { return Ok(()) };
        let audience = &mut words.audience;
        if !audience.types.is_empty() || audience.organisations.iter().any(|organisation| *organisation != own) {
            let text = Text::fixed(
                "自分の事業所の人にだけ知らせることができます",
                "an administrator speaks to their own office alone",
            );
            return Err(Invalid::new("audience", "unexpected", text));
        }
        audience.organisations = vec![own];
        Ok(())
    }
}

/// What in these texts may say of whom they speak: names and numbers of patients whom the author may know of, days that look
/// like birth dates, long numbers. Nobody learns by it of a patient whom they do not know.
///
/// # Errors
/// When the journal cannot be read.
pub async fn look_for_identifiers(hub: &Hub, actor: &Actor, texts: &[&str]) -> Result<Vec<Identifying>, StoreError> {
    let known: Option<HashSet<_>> = match actor.role {
        Role::Secretariat => None,
        _ => Some(hub.timelines_of(actor).await?.into_iter().map(TimelineId::as_patient).collect()),
    };
    let (region, today) = (hub.region(), hub.region().date_at(hub.region().now()));
    let mut found = Vec::new();
    for text in texts {
        let searched = Searched::new(text);
        let named =
            region.patients().find_in(&searched, |patient| known.as_ref().is_none_or(|own| own.contains(&patient)));
        found.extend(named.into_iter().chain(find_figures(text, today)));
    }
    let mut told: HashSet<String> = HashSet::new();
    found.retain(|one: &Identifying| told.insert(one.excerpt.clone()));
    Ok(found)
}

/// The kinds of what was confirmed, or which piece was not.
async fn check_confirmed(
    hub: &Hub,
    actor: &Actor,
    texts: &[&str],
    confirmed: &[String],
) -> Result<Vec<IdentifierKind>, AnnounceError> {
    let found = look_for_identifiers(hub, actor, texts).await?;
    check_few(found.len())?;
    if let Some(open) = found.iter().find(|one| !confirmed.contains(&one.excerpt)) {
        let Identifying { kind, excerpt } = open;
        let text = Text::new(
            format!(
                "「{excerpt}」は{}かもしれません。お知らせには患者さんの情報を書きません。直すか、患者さんのことでないと確かめてください",
                kind.ja()
            ),
            format!(
                "`{excerpt}` may be {}: announcements hold nothing about patients; change it, or confirm that it is none",
                kind.en()
            ),
        );
        return Err(Invalid::new("confirmed", "required", text).into());
    }
    let mut kinds: Vec<IdentifierKind> = found.iter().map(|one| one.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    Ok(kinds)
}

/// As many pieces as can be confirmed: of more, some would be nobody's decision.
fn check_few(count: usize) -> Result<(), Invalid> {
    let max = limits::IDENTIFYING_TOLD_MAX;
    if count <= max {
        return Ok(());
    }
    let text = Text::new(
        format!("患者さんの情報かもしれないところが{count}か所あります。{max}か所までに減らしてください"),
        format!("{count} pieces may say something about a patient: at most {max} can be confirmed"),
    );
    Err(Invalid::new("text", "out_of_range", text))
}

/// The moment after the last day on which it is shown.
fn end_of(hub: &Hub, words: &AnnouncementWords) -> Timestamp {
    let day_after = words.until.tomorrow().unwrap_or(words.until);
    let midnight = day_after.to_zoned(hub.region().time_zone().clone());
    midnight.map_or(Timestamp(0), |midnight| Timestamp(midnight.timestamp().as_microsecond()))
}

fn check_given(hub: &Hub, speaker: Speaker, given: &mut Given) -> Result<(), Invalid> {
    let region = hub.region();
    speaker.narrow(&mut given.words)?;
    given.words.check(&region.directory(), region.date_at(region.now()))?;
    check_length("reason", &given.reason, limits::ANNOUNCEMENT_REASON_CHARS_MAX)?;
    check_confirmations(&given.confirmed)
}

fn check_confirmations(confirmed: &[String]) -> Result<(), Invalid> {
    match confirmed.len() {
        count if count > limits::IDENTIFYING_TOLD_MAX => {
            Err(Invalid::too_long("confirmed", limits::IDENTIFYING_TOLD_MAX, ("個", "entries"), count))
        }
        _ => Ok(()),
    }
}

/// Publishes an announcement.
///
/// # Errors
/// When this actor may not, a field is wrong, something was found and not confirmed, or too many stand.
pub async fn publish(hub: &Hub, by: &SignedIn, mut given: Given) -> Result<Announcement, AnnounceError> {
    let speaker = Speaker::of(&hub.region().directory(), &by.actor)?;
    check_given(hub, speaker, &mut given)?;
    let Given { words, confirmed, .. } = given;
    let confirmed = check_confirmed(hub, &by.actor, &[&words.title, &words.text], &confirmed).await?;
    let (now, ends_at) = (hub.region().now(), end_of(hub, &words));
    let new = Announcement {
        id: AnnouncementId(hub.region().draw_id()),
        organisation: speaker.organisation(),
        versions: vec![AnnouncementVersion {
            number: 1,
            by: by.actor.person,
            at: now,
            is_withdrawn: false,
            reason: String::new(),
            words,
        }],
    };
    let deed = AnnouncementDeed { announcement: new.id, step: AnnouncementStep::Published, number: 1, confirmed };
    let (stored, act) = (new.clone(), Act { by: by.by(), deed: Deed::Announcement(deed) });
    let writing = hub.journal().write(move |tx| {
        Box::pin(async move {
            let known = tx.list_announcements(now, Some(stored.organisation), i64::MAX).await?;
            let standing = known.iter().filter(|known| !known.current().is_withdrawn).count();
            if standing >= limits::ANNOUNCEMENTS_STANDING_MAX {
                return Err(AnnounceError::Full);
            }
            tx.insert_announcement(&stored, ends_at).await?;
            Ok(tx.append_acts(now, [act]).await?)
        })
    });
    writing.await?;
    Ok(new)
}

/// Corrects an announcement that stands; `number` is the version that its author has before them.
///
/// # Errors
/// When this actor may not, it is another by now, a field is wrong, or something was found and not confirmed.
pub async fn correct(
    hub: &Hub,
    by: &SignedIn,
    id: AnnouncementId,
    number: u32,
    mut given: Given,
) -> Result<(), AnnounceError> {
    let speaker = Speaker::of(&hub.region().directory(), &by.actor)?;
    let known = find(hub, speaker, id).await?;
    check_given(hub, speaker, &mut given)?;
    let Given { words, reason, confirmed } = given;
    let confirmed = check_confirmed(hub, &by.actor, &[&words.title, &words.text, &reason], &confirmed).await?;
    let ends_at = end_of(hub, &words);
    let change = Change { step: AnnouncementStep::Corrected, number, words, reason, confirmed, ends_at };
    append(hub, by, known, change).await
}

/// Withdraws an announcement: those who read it see that, and why; nobody else sees it any more.
///
/// # Errors
/// When this actor may not, it is another by now, no reason is given, or something in it was found and not confirmed.
pub async fn withdraw(
    hub: &Hub,
    by: &SignedIn,
    id: AnnouncementId,
    reason: String,
    confirmed: &[String],
) -> Result<(), AnnounceError> {
    let speaker = Speaker::of(&hub.region().directory(), &by.actor)?;
    let known = find(hub, speaker, id).await?;
    check_text("reason", &reason, limits::ANNOUNCEMENT_REASON_CHARS_MAX)?;
    check_confirmations(confirmed)?;
    let confirmed = check_confirmed(hub, &by.actor, &[&reason], confirmed).await?;
    let current = known.current();
    let (number, words) = (current.number, current.words.clone());
    let ends_at = end_of(hub, &words);
    let change = Change { step: AnnouncementStep::Withdrawn, number, words, reason, confirmed, ends_at };
    append(hub, by, known, change).await
}

struct Change {
    step: AnnouncementStep,
    /// The version that it follows.
    number: u32,
    words: AnnouncementWords,
    reason: String,
    confirmed: Vec<IdentifierKind>,
    ends_at: Timestamp,
}

async fn append(hub: &Hub, by: &SignedIn, known: Announcement, change: Change) -> Result<(), AnnounceError> {
    let now = hub.region().now();
    let current = known.current();
    let has_ended = end_of(hub, &current.words) <= now;
    if current.number != change.number || current.is_withdrawn || has_ended {
        return Err(AnnounceError::Moved);
    }
    if current.number >= limits::ANNOUNCEMENT_VERSIONS_MAX && change.step == AnnouncementStep::Corrected {
        return Err(AnnounceError::Full);
    }
    let Change { step, words, reason, confirmed, ends_at, .. } = change;
    let version = AnnouncementVersion {
        number: current.number + 1,
        by: by.actor.person,
        at: now,
        is_withdrawn: step == AnnouncementStep::Withdrawn,
        reason,
        words,
    };
    let deed = AnnouncementDeed { announcement: known.id, step, number: version.number, confirmed };
    let act = Act { by: by.by(), deed: Deed::Announcement(deed) };
    let writing = hub.journal().write(move |tx: &mut Tx| {
        Box::pin(async move {
            if !tx.append_announcement_version(&known, &version, ends_at).await? {
                return Err(AnnounceError::Moved);
            }
            Ok(tx.append_acts(now, [act]).await?)
        })
    });
    writing.await
}

/// An announcement that is this speaker's to look after.
async fn find(hub: &Hub, speaker: Speaker, id: AnnouncementId) -> Result<Announcement, AnnounceError> {
    let found = hub.journal().read(move |tx| Box::pin(tx.find_announcement(id))).await?;
    found.filter(|known| speaker.looks_after(known.organisation)).ok_or(AnnounceError::NotFound)
}
