//! Breaking the glass, besides the declaration itself, which is a post: finding a patient of others by name and birth
//! date, and what the secretariat looks into afterwards.

use std::time::Duration;

use futures_util::future::try_join_all;
use jiff::civil::Date;

use crate::domain::act::{Act, Deed};
use crate::domain::body::Body;
use crate::domain::directory::Actor;
use crate::domain::ids::{PatientId, Seq};
use crate::domain::patient::HumanName;
use crate::domain::reading::ReadScope;
use crate::domain::text::Invalid;
use crate::hub::allowance::Asked;
use crate::hub::answer::Refused;
use crate::hub::reading::{LookError, Span};
use crate::hub::sessions::SignedIn;
use crate::hub::{Hub, Sight, StoreError};
use crate::limits;
use crate::store::DeclaredAccess;

use super::patients::SearchError;

/// Why an emergency search has no answer.
#[derive(Debug, thiserror::Error)]
pub enum EmergencySearchError {
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The rules let this role declare no emergency access.
    #[error("the rules refuse emergency access")]
    Refused(Box<Refused>),
    /// This person has made as many searches as are allowed in a while; the next is allowed after this.
    #[error("too many emergency searches")]
    TooMany { wait: Duration },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The patients of exactly this name, in kanji or in kana, and this birth date. Whoever searched is on record before
/// anything is answered, whether it found anybody or not, and may declare access to what it found for
/// [`limits::EMERGENCY_FINDING_MS`].
///
/// # Errors
/// When the name is missing or too long, the rules or the allowance refuse, or the search cannot be recorded.
pub async fn search(
    hub: &Hub,
    signed_in: &SignedIn,
    name: String,
    birth_date: Date,
) -> Result<Vec<(PatientId, HumanName)>, EmergencySearchError> {
    check_name(&name)?;
    let (region, actor) = (hub.region(), signed_in.actor);
    if let Some(refused) = region.refuses_emergency_access(&actor) {
        return Err(EmergencySearchError::Refused(Box::new(refused)));
    }
    let now = region.now();
    if !region.spend(actor.person.0, Asked::EmergencySearch, 1).await {
        return Err(EmergencySearchError::TooMany { wait: Duration::from_millis(limits::EMERGENCY_SEARCH_REFILL_MS) });
    }
    let found = region.patients().find_exactly(&name, birth_date);
    let patients: Vec<PatientId> = found.iter().map(|(patient, _)| *patient).collect();
    let deed = Deed::EmergencySearch { name, birth_date, found: patients.clone() };
    let act = Act { by: signed_in.by(), deed };
    hub.journal().write(move |tx| Box::pin(async move { tx.append_acts(now, [act.clone()]).await })).await?;
    region.findings().note(&actor, patients.into_iter().map(Into::into), now);
    Ok(found)
}

fn check_name(name: &str) -> Result<(), Invalid> {
    if name.trim().is_empty() {
        return Err(Invalid::required("name"));
    }
    let (max, chars) = (limits::NAME_CHARS_MAX, name.chars().count());
    if chars > max { Err(Invalid::too_long("name", max, ("文字", "characters"), chars)) } else { Ok(()) }
}

/// A declaration, or what whoever runs the hub's machine took out, as the secretariat looks at it.
#[derive(Debug)]
pub struct Declared {
    pub access: DeclaredAccess,
    /// The patient's card, and who declared it and why: the entry.
    pub sight: Sight,
    pub author: Actor,
    pub reason: String,
    /// By which command; `None`: somebody declared emergency access.
    pub command: Option<String>,
}

/// The declarations that the asker may see: those that wait for the secretariat first, then the newest. Reading the
/// reasons is on record as reading those entries.
///
/// # Errors
/// When the journal cannot be read, or the looks cannot be recorded.
pub async fn list(hub: &Hub, signed_in: &SignedIn) -> Result<Vec<Declared>, SearchError> {
    let all = hub
        .journal()
        .read(|tx| Box::pin(async move { tx.list_accesses(limits::EMERGENCY_ACCESSES_LISTED_MAX).await }))
        .await?;
    let shown = try_join_all(all.into_iter().map(|access| show(hub, signed_in, access))).await?;
    Ok(shown.into_iter().flatten().collect())
}

async fn show(hub: &Hub, signed_in: &SignedIn, access: DeclaredAccess) -> Result<Option<Declared>, SearchError> {
    let (timeline, seq) = (access.timeline, access.seq);
    let span = Span { after: Seq(seq.0.saturating_sub(1)), through: seq };
    let sight = hub.look(signed_in.actor, signed_in.id, timeline, span.after, Some(seq), ReadScope::Declaration).await;
    let sight = match sight {
        // The others are listed.
        Err(LookError::Damaged) => None,
        sight => sight?,
    };
    let Some(sight) = sight else { return Ok(None) };
    let page = match hub.read_page(timeline, &sight.view, span, 1).await {
        Err(StoreError::Inconsistent { .. }) => return Ok(None),
        page => page?,
    };
    let entry = page.entries.first().map(|found| &found.entry);
    let Some(entry) = entry else { return Ok(None) };
    let (reason, command) = match (&entry.body, entry.taken_out()) {
        (Body::EmergencyAccess(said), _) => (said.reason.clone(), None),
        (_, Some(said)) => (said.purpose.clone(), Some(said.scope.clone())),
        _ => return Ok(None),
    };
    Ok(Some(Declared { access, author: entry.author, sight, reason, command }))
}
