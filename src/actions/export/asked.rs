//! Requests to take records out, as they stand: of whoever asks, and for the secretariat everybody's. What a request says is an
//! entry on the timeline of an organisation, and permitting it another; nothing is decided here.

use super::taking::Exports;
use crate::domain::duties::{Duty, Ended, Standing};
use crate::domain::duty::DutyId;
use crate::domain::ids::{EntryId, OrganisationId, PatientId, PersonId};
use crate::domain::kind::Kind;
use crate::domain::list::closed_list;
use crate::domain::reading::ReadScope;
use crate::domain::role::Role;
use crate::domain::state::{ExportAsked, PatientState};
use crate::domain::time::Timestamp;
use crate::hub::reading::LookError;
use crate::hub::sessions::SignedIn;

closed_list! {
    /// How a request stands.
    RequestState {
        Waiting = "waiting", "許可待ち", "waiting for permission";
        Permitted = "permitted", "許可済み", "permitted";
        Declined = "declined", "不許可", "declined";
        Expired = "expired", "期限切れ", "the permission has ended";
        Taken = "taken", "持ち出し済み", "taken out";
    }
}

/// A request.
#[derive(Clone, Debug)]
pub struct Request {
    pub id: EntryId,
    pub organisation: OrganisationId,
    pub by: PersonId,
    pub asked_at: Timestamp,
    pub purpose: String,
    pub scope: String,
    /// None are named where `scope` says which.
    pub patients: Vec<PatientId>,
    pub de_identified: bool,
    pub state: RequestState,
    pub permitted_by: Option<PersonId>,
    /// Until when the permission holds.
    pub until: Option<Timestamp>,
    /// By which the secretariat still owes an answer: declining it declines the request.
    pub duty: Option<DutyId>,
}

impl Exports {
    /// My own requests for the organisation I act for, and for the secretariat everybody's; the newest first. Recorded as looks
    /// at those organisations.
    ///
    /// # Errors
    /// When the hub cannot answer.
    pub async fn requests(&self, signed_in: &SignedIn) -> Result<Vec<Request>, LookError> {
        let sees_all = signed_in.actor.role == Role::Secretariat;
        let (hub, offices) = (self.hub(), self.hub().region().offices());
        let asks = |organisation: &OrganisationId| offices.find(*organisation).is_some_and(|it| !it.exports.is_empty());
        let organisations: Vec<OrganisationId> = match sees_all {
            true => hub.region().directory().organisations.keys().copied().filter(asks).collect(),
            false => [signed_in.actor.organisation].into_iter().filter(asks).collect(),
        };
        let timelines = organisations.into_iter().map(Into::into);
        let sights = hub.look_at_cards(signed_in.actor, signed_in.id, timelines, ReadScope::Office).await?;
        let is_shown = |asked: &&ExportAsked| sees_all || asked.by == signed_in.actor.person;
        let mut requests = Vec::new();
        for sight in sights {
            let Some(office) = sight.state.office.as_deref() else { continue };
            if sees_all && !sight.view.shows_state_of(Kind::Export) {
                continue;
            }
            let shown = office.exports.values().filter(is_shown);
            requests.extend(shown.map(|asked| self.request(&sight.state, asked)));
        }
        requests.sort_by_key(|request| std::cmp::Reverse((request.asked_at, request.id)));
        Ok(requests)
    }

    fn request(&self, state: &PatientState, asked: &ExportAsked) -> Request {
        let until = self.ends_at(asked);
        let duties: Vec<&Duty> = state.duties.iter().filter(|duty| duty.cause == Some(asked.id)).collect();
        let is_declined = || duties.iter().any(|duty| duty.standing() == Standing::Ended(Ended::Declined));
        let stands = match until {
            _ if asked.done.is_some() => RequestState::Taken,
            Some(until) if until <= self.hub().region().now() => RequestState::Expired,
            Some(_) => RequestState::Permitted,
            None if is_declined() => RequestState::Declined,
            None => RequestState::Waiting,
        };
        let said = &asked.said;
        Request {
            id: asked.id,
            organisation: state.timeline.as_organisation(),
            by: asked.by,
            asked_at: asked.asked_at,
            purpose: said.purpose.clone(),
            scope: said.scope.clone(),
            patients: said.patients.clone(),
            de_identified: said.de_identified,
            state: stands,
            permitted_by: asked.permitted.map(|permitted| permitted.by),
            until,
            duty: duties.iter().find(|duty| duty.is_open()).map(|duty| duty.opened.id),
        }
    }
}
