//! Records whose retention ended: which they are, and destroying one. Called by REST for the secretariat and by the command
//! line; the record goes in `hub/destroying.rs`, and what a later restore needs to know of it stands in `list.rs`.
//!
//! INVARIANT: no record is destroyed while its patient is in care or before the longest span of those who wrote on it ended,
//! by recorded time and by the machine's clock; nor while the two are so far apart that nobody can tell.

pub mod list;

use std::path::PathBuf;

use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::files::Files;
use crate::domain::act::By;
use crate::domain::directory::Directory;
use crate::domain::ids::{OrganisationId, PatientId};
use crate::domain::patient::HumanName;
use crate::domain::retention::{Kept, Retention, Tombstone};
use crate::domain::role::OrganisationType;
use crate::domain::search::plain;
use crate::domain::text::{Invalid, Text};
use crate::domain::time::Timestamp;
use crate::hub::{Hub, Unavailable};
use crate::limits;
use crate::store::{Journal, Loaded, StoreError};

/// How records are kept, and where it is noted which were destroyed.
#[derive(Clone, Debug, Default)]
pub struct Keeping {
    pub retention: Retention,
    /// The folder of the backups; `None`: nowhere.
    pub list: Option<PathBuf>,
}

/// A record that may be destroyed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    pub patient: PatientId,
    pub name: HumanName,
    pub kept: Kept,
}

/// What was found due, the oldest first.
#[derive(Clone, Debug, Default)]
pub struct DueList {
    pub due: Vec<Due>,
    /// Where to go on looking, if not everything was looked into.
    pub next: Option<Timestamp>,
}

/// What whoever destroys a record types once more, and why they do it.
#[derive(Clone, Debug)]
pub struct Typed {
    pub name: String,
    pub birth_date: Date,
    pub reason: String,
}

/// Why a record is not destroyed.
#[derive(Debug, thiserror::Error)]
pub enum DestroyError {
    #[error("no such patient")]
    NotFound,
    #[error("the patient is in care: neither dead, nor is their page closed")]
    InCare,
    #[error("{}", .0.reason().en)]
    Retained(Kept),
    #[error("the machine's clock is behind the recorded time")]
    ClockBehind,
    #[error("{0}")]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl DestroyError {
    /// For people, where more can be said than what failed.
    #[must_use]
    pub fn text(&self) -> Option<Text> {
        Some(match self {
            Self::NotFound => Text::fixed("この患者は見つかりません", "no such patient"),
            Self::InCare => Text::fixed(
                "この患者は支援中です（亡くなった記録も、ページを閉じた記録もありません）。記録は廃棄できません",
                "the patient is in care: neither dead, nor is their page closed; the record cannot be destroyed",
            ),
            Self::Retained(kept) => kept.reason(),
            Self::ClockBehind => Text::fixed(
                "このマシンの時計が記録済みの時刻より遅れているため、保存期間が終わったかどうかを判断できません。\
                 運用者に時計を確かめてもらい、追いつくまで廃棄はお待ちください",
                "this machine's clock is behind the recorded time, so that nobody can tell whether a retention has ended: have \
                 whoever runs the hub look at the clock, and destroy nothing until it has caught up",
            ),
            Self::Invalid(invalid) => invalid.message.clone(),
            Self::Unavailable(_) | Self::Store(_) => return None,
        })
    }
}

/// Where records are looked into. Nothing is written, and no hub need run.
#[derive(Clone, Copy, Debug)]
pub struct Looking<'a> {
    pub journal: &'a Journal,
    pub directory: &'a Directory,
    pub zone: &'a TimeZone,
    /// The earlier of recorded time and the machine's clock: whoever moves one of them brings no end nearer.
    pub now: Timestamp,
}

impl<'a> Looking<'a> {
    /// As a running hub sees it.
    #[must_use]
    pub fn with(hub: &'a Hub, directory: &'a Directory) -> Self {
        let region = hub.region();
        Self { journal: hub.journal(), directory, zone: region.time_zone(), now: region.earliest() }
    }

    fn date_at(&self, at: Timestamp) -> Date {
        at.to_jiff().map_or(Date::MIN, |at| at.to_zoned(self.zone.clone()).date())
    }

    async fn load(&self, patient: PatientId) -> Result<Option<(Loaded, HumanName)>, StoreError> {
        match self.journal.load(patient.into()).await {
            Ok(Some(loaded)) => {
                let name = loaded.state.registration.as_ref().map(|registration| registration.name.clone());
                Ok(name.map(|name| (loaded, name)))
            }
            Ok(None) | Err(StoreError::KeyDestroyed(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn judge(&self, retention: &Retention, loaded: &Loaded) -> Option<Kept> {
        let type_of = |id: OrganisationId| -> Option<OrganisationType> {
            self.directory.organisations.get(&id).map(|organisation| organisation.kind)
        };
        retention.judge(&loaded.state, type_of, |at| self.date_at(at))
    }
}

/// The records that may be destroyed now, among those last written on at `after` or later.
///
/// # Errors
/// When the database fails.
pub async fn list_due(looking: Looking<'_>, retention: &Retention, after: Timestamp) -> Result<DueList, StoreError> {
    let today = looking.date_at(looking.now);
    let newest = today.saturating_sub(i64::from(retention.shortest()).years());
    let before =
        newest.to_zoned(looking.zone.clone()).map_or(Timestamp::MIN, |day| Timestamp(day.timestamp().as_microsecond()));
    let limit = limits::RETENTION_LOOKED_INTO_RECORDS_MAX;
    let list =
        looking.journal.read(move |tx| Box::pin(async move { tx.list_quiet_patients(before, after, limit + 1).await }));
    let quiet: Vec<(PatientId, Timestamp)> = list.await.map_err(|error: StoreError| error)?;
    let mut found = DueList::default();
    for (at, (patient, written_at)) in quiet.into_iter().enumerate() {
        if at == limit || found.due.len() == limits::RETENTION_LISTED_RECORDS_MAX {
            found.next = Some(written_at);
            break;
        }
        let (loaded, name) = match looking.load(patient).await {
            Ok(Some(found)) => found,
            // Destroyed by somebody since it was listed; or it does not read, and cannot be judged.
            Ok(None) | Err(StoreError::Inconsistent { .. }) => continue,
            Err(error) => return Err(error),
        };
        if let Some(kept) = looking.judge(retention, &loaded)
            && kept.is_over(today)
        {
            found.due.push(Due { patient, name, kept });
        }
    }
    Ok(found)
}

/// How one patient's record stands; `None`: in care.
///
/// # Errors
/// [`DestroyError::NotFound`], or that the database fails.
pub async fn find_standing(hub: &Hub, retention: &Retention, patient: PatientId) -> Result<Option<Kept>, DestroyError> {
    let directory = hub.region().directory();
    let looking = Looking::with(hub, &directory);
    let (loaded, _) = looking.load(patient).await?.ok_or(DestroyError::NotFound)?;
    Ok(looking.judge(retention, &loaded))
}

/// Destroys a record for good.
///
/// # Errors
/// See [`DestroyError`]; but for `Unavailable` and `Store` nothing was changed.
pub async fn destroy(
    hub: &Hub,
    files: &Files,
    keeping: &Keeping,
    by: By,
    patient: PatientId,
    typed: &Typed,
) -> Result<Tombstone, DestroyError> {
    let reason = reason_of(&typed.reason)?;
    loop {
        let directory = hub.region().directory();
        let looking = Looking::with(hub, &directory);
        let (loaded, name) = looking.load(patient).await?.ok_or(DestroyError::NotFound)?;
        let kept = looking.judge(&keeping.retention, &loaded).ok_or(DestroyError::InCare)?;
        if hub.region().is_clock_behind() {
            return Err(DestroyError::ClockBehind);
        }
        if !kept.is_over(looking.date_at(looking.now)) {
            return Err(DestroyError::Retained(kept));
        }
        let born = loaded.state.registration.as_ref().map(|registration| registration.birth_date);
        check_typed(typed, &name, born)?;
        let by_person = by.actor().map(|actor| actor.person);
        let stone = Tombstone { patient, destroyed_at: hub.region().now(), by: by_person, kept };
        if hub.destroy(stone.clone(), by, reason.clone(), loaded.head).await? {
            clear_away(hub, files, keeping).await;
            return Ok(stone);
        }
        // Something was written on it in between: it is judged again.
    }
}

/// The record is destroyed already; what is left to do is done again by the next sweep, backup or destruction.
async fn clear_away(hub: &Hub, files: &Files, keeping: &Keeping) {
    files.sweep().await;
    if let Err(error) = hub.journal().purge().await {
        tracing::warn!(%error, "what a destroyed record left in the database's files is not overwritten yet");
    }
    if let Some(folder) = &keeping.list
        && let Err(error) = list::write(hub.journal(), folder).await
    {
        tracing::error!(%error, "the list of destroyed records was not written; the next backup writes it");
    }
}

fn reason_of(reason: &str) -> Result<String, Invalid> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Invalid::required("reason"));
    }
    if reason.chars().count() > limits::DESTRUCTION_REASON_CHARS_MAX {
        let max = limits::DESTRUCTION_REASON_CHARS_MAX;
        let message = Text::new(format!("{max} 文字までです"), format!("at most {max} characters"));
        return Err(Invalid::new("reason", "too_long", message));
    }
    Ok(reason.to_owned())
}

/// The whole name, in kanji or in kana, and the birth date: a slip of the finger meets nobody else.
fn check_typed(typed: &Typed, name: &HumanName, born: Option<Date>) -> Result<(), Invalid> {
    let mismatch = |field: &'static str| {
        Invalid::new(
            field,
            "mismatch",
            Text::fixed("登録されている患者と一致しません", "this is not the patient who is registered"),
        )
    };
    let asked = plain(&typed.name);
    if asked.is_empty() || ![&name.kanji, &name.kana].into_iter().any(|own| plain(own) == asked) {
        return Err(mismatch("name"));
    }
    if born != Some(typed.birth_date) {
        return Err(mismatch("birth_date"));
    }
    Ok(())
}
