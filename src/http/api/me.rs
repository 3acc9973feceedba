//! `/api/v1/me`, `/api/v1/tickets`: who I am signed in as, signing out, a ticket for one socket.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::accounts::mine::signed_out;
use super::accounts::passkeys::PasskeyAlarm;
use super::accounts::{HeldPosition, held};
use crate::domain::act::SignInEnd;
use crate::http::app::App;
use crate::http::authentication::Arrived;
use crate::http::problem::Problem;
use crate::http::shapes::Name;

/// The sign-in that the request was made with.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    person: MyPerson,
    /// The role I act in; as in `positions` of a person.
    #[schema(example = "nurse")]
    role: &'static str,
    organisation: MyOrganisation,
    /// The roles I can act in; `PUT /api/v1/me/position` chooses another.
    positions: Vec<HeldPosition>,
    /// The organisations whose people I look after.
    administers: Vec<Uuid>,
    /// Whether nothing else is open to me before I have pledged; `GET /api/v1/pledges` says what.
    pledges_first: bool,
    /// What I should know at once: a passkey of mine that seems to have been copied; for the secretariat, of anybody.
    alarms: Vec<PasskeyAlarm>,
    /// When the sign-in ends.
    #[schema(example = "2026-04-01T09:00:00Z")]
    expires_at: String,
    /// After how many seconds without a touch the page locks; the hub ends a sign-in that makes no request and has no socket
    /// for so long.
    #[schema(example = 1_800)]
    idle_timeout_s: u64,
    /// The registered device that it counts on; `null`: none.
    registered_device: Option<Uuid>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct MyPerson {
    id: Uuid,
    name: Name,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct MyOrganisation {
    id: Uuid,
    name: String,
    #[serde(rename = "type")]
    kind: &'static str,
}

/// Who am I?
#[utoipa::path(get, path = "/api/v1/me", tag = "sign-in", responses((status = 200, body = Me)))]
pub async fn show(State(app): State<App>, Arrived(signed_in): Arrived) -> Result<Json<Me>, Problem> {
    let actor = signed_in.actor;
    let directory = app.hub.region().directory();
    // Authentication found both a moment ago; the directory may have changed since.
    let person = directory.people.get(&actor.person).ok_or_else(Problem::unauthenticated)?;
    let organisation = directory.organisations.get(&actor.organisation).ok_or_else(Problem::unauthenticated)?;
    Ok(Json(Me {
        person: MyPerson { id: person.id.0, name: Name::from(&person.name) },
        role: actor.role.code(),
        organisation: MyOrganisation {
            id: organisation.id.0,
            name: organisation.name.clone(),
            kind: organisation.kind.code(),
        },
        positions: held(&app, &app.accounts.positions_of(actor.person)),
        administers: directory.administered_by(&actor).map(|organisation| organisation.0).collect(),
        alarms: PasskeyAlarm::told(&app, actor).await?,
        pledges_first: app.hub.region().held_back(&signed_in).is_some(),
        expires_at: signed_in.until.to_rfc3339(),
        idle_timeout_s: app.sign_ins.idle_timeout().as_secs(),
        registered_device: signed_in.device.map(|device| device.0),
    }))
}

/// Sign out: this token is void, and its sockets close now.
#[utoipa::path(delete, path = "/api/v1/me", tag = "sign-in", responses((status = 204)))]
pub async fn sign_out(State(app): State<App>, Arrived(signed_in): Arrived) -> Result<Response, Problem> {
    app.sign_ins.revoke(signed_in.by(), signed_in.id, SignInEnd::SignedOut).await?;
    Ok(signed_out(&app))
}

/// A ticket for the first frame of one socket.
#[derive(Debug, Serialize, ToSchema)]
pub struct TicketShape {
    /// To be sent in `hello`, never in a URL.
    #[schema(example = "rk_Zm9yIG9uZSBzb2NrZXQgb25seSwgYW5kIG9ubHkgb25jZQ")]
    ticket: String,
    #[schema(example = "2026-04-01T09:00:30Z")]
    expires_at: String,
}

/// Draw a one-time ticket for a WebSocket.
#[utoipa::path(post, path = "/api/v1/tickets", tag = "sign-in", responses((status = 201, body = TicketShape)))]
pub async fn draw_ticket(
    State(app): State<App>,
    Arrived(signed_in): Arrived,
) -> Result<(StatusCode, Json<TicketShape>), Problem> {
    let (ticket, until) = app.sign_ins.ticket(signed_in)?;
    let shape = TicketShape { ticket: ticket.reveal().to_string(), expires_at: until.to_rfc3339() };
    Ok((StatusCode::CREATED, Json(shape)))
}
