//! Announcements: the secretariat speaks to everybody or to some, an office's administrator to their own office. Published
//! after a look for whatever may say of whom it speaks (`looking_through.rs`); corrected and withdrawn by further versions.
//! What people see of them is `reading.rs`.
//!
//! INVARIANT: nothing is published in which something was found that its author did not confirm, piece by piece.

mod reading;

use crate::domain::act::{Act, Deed};
use crate::domain::announcement::{
    Announcement, AnnouncementDeed, AnnouncementStep, AnnouncementVersion, AnnouncementWords, check_length, check_text,
};
use crate::domain::directory::{Actor, Directory};
use crate::domain::identifying::IdentifierKind;
use crate::domain::ids::{AnnouncementId, OrganisationId};
use crate::domain::role::Role;
use crate::domain::text::{Invalid, Text};
use crate::domain::time::Timestamp;
use crate::hub::Hub;
use crate::hub::sessions::SignedIn;
use crate::limits;
use crate::store::{StoreError, Tx};

use super::looking_through::{LookError, check_confirmations, check_confirmed};

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

impl From<LookError> for AnnounceError {
    fn from(error: LookError) -> Self {
        match error {
            LookError::Invalid(invalid) => invalid.into(),
            LookError::Store(error) => error.into(),
        }
    }
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

    #[must_use]
    pub const fn organisation(self) -> OrganisationId {
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
