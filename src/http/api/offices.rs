//! `/api/v1/organisations/{id}/office` and `/api/v1/pledges`: whom to turn to at an organisation, and what is still to be
//! pledged. Liaison, roster and pledges are written as posts on the organisation's timeline.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::actions::offices::{PledgeOwed, look_at_office, pledges_owed};
use crate::domain::body::{ContactWindow, Shift};
use crate::domain::ids::OrganisationId;
use crate::http::app::App;
use crate::http::authentication::Arrived;
use crate::http::input::Id;
use crate::http::problem::Problem;
use crate::http::shapes::Words;
use crate::hub::sessions::SignedIn;

/// An organisation as its own timeline tells of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfficeShape {
    /// The liaison named last; `null` where none was.
    contact: Option<ContactShape>,
    /// Who is on duty at this moment, by the roster.
    on_duty: Option<Vec<ShiftShape>>,
    /// The badge: every pledge that is asked in the organisation's name was given.
    pledged: bool,
    /// Whether the use of the system is stopped for all of it; for the organisation itself and the secretariat.
    #[serde(skip_serializing_if = "Option::is_none")]
    suspended: Option<bool>,
}

/// Whom to turn to.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContactShape {
    department: String,
    person: Option<Uuid>,
    phone: String,
    fax: String,
    email: String,
    hours: String,
    around_the_clock: bool,
    text: String,
}

/// Somebody on duty.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShiftShape {
    person: Uuid,
    #[schema(example = "nurse")]
    role: &'static str,
    phone: String,
    #[schema(example = "2026-04-01T08:30:00Z")]
    from: String,
    until: String,
}

impl From<&ContactWindow> for ContactShape {
    fn from(contact: &ContactWindow) -> Self {
        let ContactWindow { department, person, phone, fax, email, hours, around_the_clock, text } = contact.clone();
        let person = person.map(|person| person.0);
        Self { department, person, phone, fax, email, hours, around_the_clock, text }
    }
}

impl From<&Shift> for ShiftShape {
    fn from(shift: &Shift) -> Self {
        Self {
            person: shift.person.0,
            role: shift.role.code(),
            phone: shift.phone.clone(),
            from: shift.starts_at.to_rfc3339(),
            until: shift.ends_at.to_rfc3339(),
        }
    }
}

/// Whom to turn to at an organisation, who is on duty there now, and whether it pledged. Recorded as a read.
#[utoipa::path(
    get, path = "/api/v1/organisations/{id}/office", tag = "directory",
    params(("id" = Uuid, Path, description = "The organisation")),
    responses((status = 200, body = OfficeShape)),
)]
pub async fn show(
    State(app): State<App>,
    signed_in: SignedIn,
    Id(organisation): Id<OrganisationId>,
) -> Result<Json<OfficeShape>, Problem> {
    let seen = look_at_office(&app.hub, signed_in.actor, signed_in.id, organisation).await?;
    let seen = seen.ok_or_else(Problem::not_found)?;
    Ok(Json(OfficeShape {
        contact: seen.contact.as_ref().map(ContactShape::from),
        on_duty: seen.on_duty.map(|shifts| shifts.iter().map(ShiftShape::from).collect()),
        pledged: seen.has_pledged,
        suspended: seen.is_suspended,
    }))
}

/// Pledges that are still to be given.
#[derive(Debug, Serialize, ToSchema)]
pub struct Pledges {
    /// On whose timeline they are posted: the organisation I act for.
    timeline: Uuid,
    /// My own first.
    owed: Vec<PledgeShape>,
}

/// A rule somebody has still to confirm.
#[derive(Debug, Serialize, ToSchema)]
pub struct PledgeShape {
    /// What the pledge's `rules` names.
    #[schema(example = "OP-11b@operating-policy/1.0.0#3f0c2d9a81be")]
    rule: String,
    title: Words,
    reason: Words,
    /// `person`, `organisation`: in whose name.
    by: &'static str,
    /// When the pledge before ran out; `null` if there was none.
    since: Option<String>,
    /// Whether nothing else is open to me before it is given.
    first: bool,
}

impl From<&PledgeOwed> for PledgeShape {
    fn from(owed: &PledgeOwed) -> Self {
        Self {
            rule: owed.citation.to_string(),
            title: Words::from(&owed.title),
            reason: Words::from(&owed.reason),
            by: if owed.by_office { "organisation" } else { "person" },
            since: owed.since.map(|since| since.to_rfc3339()),
            first: owed.comes_first,
        }
    }
}

/// What I have still to pledge, for myself and in my organisation's name. A pledge is given by posting it on the
/// timeline named here.
#[utoipa::path(get, path = "/api/v1/pledges", tag = "rulebook", responses((status = 200, body = Pledges)))]
pub async fn list_pledges(State(app): State<App>, Arrived(signed_in): Arrived) -> Json<Pledges> {
    let owed = pledges_owed(&app.hub, &signed_in);
    Json(Pledges { timeline: signed_in.actor.organisation.0, owed: owed.iter().map(PledgeShape::from).collect() })
}
