//! Finding patients. Nobody but the secretariat finds a patient whose team they are not on, and whatever is found
//! passes the rules once more before it is shown.

use std::collections::HashSet;

use crate::domain::ids::{PatientId, TimelineId};
use crate::domain::kind::Kind;
use crate::domain::reading::ReadScope;
use crate::domain::role::Role;
use crate::hub::patients::PatientQuery;
use crate::hub::reading::LookError;
use crate::hub::sessions::SignedIn;
use crate::hub::{Hub, Sight, StoreError};

/// What a search found.
#[derive(Debug)]
pub struct Found {
    pub sights: Vec<Sight>,
    /// More match than are shown.
    pub more: bool,
    /// Of those that match, how many have a record that cannot be read: they are not shown.
    pub unreadable: usize,
}

/// Why a search has no answer.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Look(#[from] LookError),
}

/// The patients that match, as far as the one who asks may know of them; all of theirs for an empty query.
/// With `mine`, the secretariat too searches only among the patients whose team it is on.
///
/// # Errors
/// When the journal cannot be read, or the looks cannot be recorded.
pub async fn find(hub: &Hub, signed_in: &SignedIn, query: &PatientQuery, mine: bool) -> Result<Found, SearchError> {
    let SignedIn { id, actor, .. } = *signed_in;
    let index = hub.region().patients();
    let (patients, more) = if actor.role == Role::Secretariat && !mine {
        index.search(query, |_| true)
    } else {
        let own: HashSet<PatientId> = hub.timelines_of(&actor).await?.into_iter().map(TimelineId::as_patient).collect();
        index.search(query, |patient| own.contains(&patient))
    };
    let timelines: Vec<TimelineId> = patients.into_iter().map(TimelineId::from).collect();
    let mut sights = hub.look_at_cards(actor, id, timelines.iter().copied(), ReadScope::Found).await?;
    // Nor may they find out by that whose number it is.
    let may_count = query.identifier.is_none();
    let unreadable = timelines.iter().filter(|timeline| may_count && hub.journal().is_damaged(**timeline)).count();
    if query.identifier.is_some() {
        // Whom the card shows no numbers may not find out by searching whose number this is.
        sights.retain(|sight| sight.view.shows_state_of(Kind::Registration));
    }
    sights.retain(|sight| may_have_card(actor.role, sight));
    Ok(Found { sights, more, unreadable })
}

/// A system from which the registration is hidden is not told of the patient by name either: it has no screen on which
/// somebody would look for their own entries.
fn may_have_card(role: Role, sight: &Sight) -> bool {
    role != Role::Gateway || sight.view.shows_state_of(Kind::Registration)
}
