//! Registering a patient in one step: registration, first link and consent, as entries of their own, all or none.

use uuid::Uuid;

use crate::domain::body::Body;
use crate::domain::directory::Actor;
use crate::domain::entry::{Intent, Sensitivity};
use crate::domain::ids::{EntryId, OrganisationId, PatientId, PersonId, TimelineId};
use crate::domain::patient::Registration;
use crate::domain::team::{ConsentChange, History, TeamLink};
use crate::hub::answer::{Accepted, Refused};
use crate::hub::{Hub, Writer};

/// Somebody to register.
#[derive(Clone, Debug)]
pub struct NewPatient {
    /// Made by the client and kept for every resend, so that a lost answer does not register somebody twice.
    pub request: Option<Uuid>,
    pub registration: Registration,
    /// The organisation that becomes the host, and those of its people who serve; none: all of them.
    pub host: Option<(OrganisationId, Vec<PersonId>)>,
    pub consent: Option<ConsentChange>,
}

/// A registered patient.
#[derive(Clone, Debug)]
pub struct Registered {
    pub patient: PatientId,
    /// Registration, link and consent, as far as they were asked for.
    pub entries: Vec<Accepted>,
}

/// Registers somebody.
///
/// # Errors
/// The refusal of the first entry that was refused, its field as the request names it; nothing is stored then.
pub async fn register(hub: &Hub, by: impl Into<Writer>, new: NewPatient) -> Result<Registered, Refused> {
    let by = by.into();
    let patient = patient_of(hub, &by.actor, new.request);
    let host = new.host.map(|(organisation, people)| {
        // Whoever registers names the organisation that serves the patient already.
        Body::TeamLink(TeamLink { organisation, people, host: true, history: History::All, relation_confirmed: true })
    });
    // Consent comes last: whoever is on the team by then may record it.
    let bodies = [Some(Body::Registration(Box::new(new.registration))), host, new.consent.map(Body::Consent)];
    let intents = bodies.into_iter().flatten().map(|body| first_of_its_kind(hub, patient.into(), body)).collect();
    let entries = hub.post_together(by, intents).await.map_err(in_words_of_the_request)?;
    Ok(Registered { patient, entries })
}

/// Nobody can name the id of a patient there is: it is made of the request and of the one who asks, with a key.
fn patient_of(hub: &Hub, actor: &Actor, request: Option<Uuid>) -> PatientId {
    let Some(request) = request else { return PatientId(hub.region().draw_id()) };
    let asker = [actor.person.0.as_bytes().as_slice(), actor.organisation.0.as_bytes()];
    PatientId(derive_id(hub, &[b"registered", request.as_bytes(), asker[0], asker[1]]))
}

/// With a key, so that nobody finds out what a patient has by posting under the id that it would have.
fn first_of_its_kind(hub: &Hub, timeline: TimelineId, body: Body) -> Intent {
    let id = EntryId(derive_id(hub, &[b"first", timeline.0.as_bytes(), body.kind().code().as_bytes()]));
    Intent {
        id,
        timeline,
        observed_at: None,
        sensitivity: Sensitivity::Normal,
        addressed_to: Vec::new(),
        body,
        reasons: Vec::new(),
        on_behalf_of: None,
    }
}

fn derive_id(hub: &Hub, parts: &[&[u8]]) -> Uuid {
    hub.journal().region().derive_id(parts)
}

fn in_words_of_the_request(mut refused: Refused) -> Refused {
    if let Some(field) = &mut refused.field {
        let inner = field.strip_prefix("body.").unwrap_or(field);
        *field = match inner.split_once('.') {
            Some(("registration", rest)) => rest.to_owned(),
            Some(("team_link", rest)) => format!("host.{rest}"),
            _ => inner.to_owned(),
        };
    }
    refused
}
