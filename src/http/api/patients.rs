//! `/api/v1/patients`: finding patients and looking at one. Registering and linking stand in `registering`.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::actions;
use crate::domain::alarm::AlarmLimit;
use crate::domain::ids::{PatientId, Seq};
use crate::domain::kind::Kind;
use crate::domain::patient::Registration;
use crate::domain::reading::ReadScope;
use crate::domain::role::Role;
use crate::domain::state::Latest;
use crate::domain::team::Membership;
use crate::domain::text::{Invalid, Text};
use crate::domain::time::Timestamp;
use crate::domain::withheld::WithheldPurpose;
use crate::http::app::App;
use crate::http::input::{Asked, Id};
use crate::http::problem::Problem;
use crate::http::shapes::{Name, Number};
use crate::hub::patients::PatientQuery;
use crate::hub::sessions::SignedIn;
use crate::hub::{Region, Sight};
use crate::wire;
use crate::wire::codes::Code;

/// A patient as a list shows them.
#[derive(Debug, Serialize, ToSchema)]
pub struct Card {
    /// Also the id of the patient's timeline.
    id: Uuid,
    name: Name,
    #[schema(example = "1938-04-12")]
    birth_date: String,
    /// `male`, `female`, `other`, `unknown`.
    #[schema(example = "female")]
    sex: &'static str,
    /// Whether this is nobody, registered for training; left out of everybody else.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    for_training: bool,
    /// `null`: not for this reader.
    identifiers: Option<Vec<Number>>,
    /// `none`, `team`, `withdrawn`; `null`: not for this reader.
    #[schema(example = "team")]
    consent: Option<&'static str>,
    /// What the patient withholds: `family`, `systems`, `export`, `education`; left out where nothing is, or not for this
    /// reader.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    withheld: Vec<&'static str>,
    /// Which version of the region's form was signed; left out where nobody said, or not for this reader.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(example = "2026年4月版")]
    consent_form: String,
    /// `null`: not for this reader.
    team: Option<Vec<LinkShape>>,
    /// `home`, `admitted`, `deceased`; of one's own patients alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    stay: Option<&'static str>,
    /// Whether the page is closed; of one's own patients alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    closed: Option<bool>,
}

/// An organisation on a patient's team.
#[derive(Debug, Serialize, ToSchema)]
pub struct LinkShape {
    organisation: Uuid,
    /// Empty: everybody of the organisation.
    people: Vec<Uuid>,
    /// Whether it looks after who is on the team.
    host: bool,
    #[schema(example = "2026-04-01T00:30:00Z")]
    since: String,
    /// Roles held there by those of the team who may use the system now; left out where the list is not of one's own
    /// patients.
    #[serde(skip_serializing_if = "Option::is_none")]
    roles: Option<Vec<&'static str>>,
}

impl Card {
    /// `None` while the registration is still to come, which no sight is given of.
    pub fn of(sight: &Sight) -> Option<Self> {
        let Registration { name, birth_date, sex, identifiers, for_training, .. } =
            &**sight.state.registration.as_ref()?;
        let shows = |kind| sight.view.shows_state_of(kind);
        Some(Self {
            id: sight.state.timeline.0,
            name: Name::from(name),
            birth_date: birth_date.to_string(),
            sex: sex.code(),
            for_training: *for_training,
            identifiers: shows(Kind::Registration).then(|| Number::list(identifiers)),
            consent: shows(Kind::Consent).then(|| sight.state.consent.code()),
            withheld: if shows(Kind::Consent) { withheld(sight) } else { Vec::new() },
            consent_form: if shows(Kind::Consent) { form_version(sight) } else { String::new() },
            team: shows(Kind::TeamLink).then(|| sight.state.team.iter().map(LinkShape::of).collect()),
            stay: None,
            closed: None,
        })
    }
}

impl Card {
    /// The same for somebody who serves the patient: what a device knows of the team while it is away.
    fn of_mine(region: &Region, sight: &Sight) -> Option<Self> {
        let mut card = Self::of(sight)?;
        let shows = |kind| sight.view.shows_state_of(kind);
        let says_where = [Kind::Admission, Kind::Discharge, Kind::Death].into_iter().all(shows);
        card.stay = says_where.then(|| sight.state.course.stay().code());
        card.closed = shows(Kind::Closing).then(|| sight.state.course.is_closed());
        let surroundings = region.surroundings(&sight.state);
        for link in card.team.iter_mut().flatten() {
            let seat = surroundings.team.iter().find(|seat| seat.organisation.0 == link.organisation);
            link.roles = Some(seat.map(|seat| seat.roles.roles().map(Role::code).collect()).unwrap_or_default());
        }
        Some(card)
    }
}

fn withheld(sight: &Sight) -> Vec<&'static str> {
    sight.state.withheld().iter().map(WithheldPurpose::code).collect()
}

fn form_version(sight: &Sight) -> String {
    sight.state.terms.form_version.to_string()
}

impl LinkShape {
    fn of((organisation, membership): (&crate::domain::ids::OrganisationId, &Membership)) -> Self {
        Self {
            organisation: organisation.0,
            people: membership.people.iter().map(|person| person.0).collect(),
            host: membership.host,
            since: membership.since.to_rfc3339(),
            roles: None,
        }
    }
}

/// Patients by kana.
#[derive(Debug, Serialize, ToSchema)]
pub struct Patients {
    patients: Vec<Card>,
    /// More match than are shown: ask more exactly.
    more: bool,
    /// How many of those that match are not shown because their record cannot be read; left out where none.
    #[serde(skip_serializing_if = "is_none")]
    unreadable: usize,
}

const fn is_none(count: &usize) -> bool {
    *count == 0
}

/// Find patients. Without any word: all whose team I am on. The secretariat searches the whole region.
#[utoipa::path(
    get, path = "/api/v1/patients", tag = "patients",
    params(
        ("mine" = Option<bool>, Query, description = "Only patients whose team I am on"),
        ("q" = Option<String>, Query, description = "Part of the name in kanji or kana; width, script, voiced marks \
            and spaces do not count", example = "たかはし"),
        ("birth_date" = Option<String>, Query, description = "Exactly this birth date", example = "1938-04-12"),
        ("identifier" = Option<String>, Query, description = "An identifier's value, or `system|value`"),
    ),
    responses((status = 200, body = Patients)),
)]
pub async fn find(State(app): State<App>, signed_in: SignedIn, asked: Asked) -> Result<Json<Patients>, Problem> {
    let (query, mine) = read_query(asked)?;
    let found = actions::patients::find(&app.hub, &signed_in, &query, mine).await?;
    let card = |sight| if mine { Card::of_mine(app.hub.region(), sight) } else { Card::of(sight) };
    let patients = found.sights.iter().filter_map(card).collect();
    Ok(Json(Patients { patients, more: found.more, unreadable: found.unreadable }))
}

fn read_query(mut asked: Asked) -> Result<(PatientQuery, bool), Invalid> {
    let truth = Text::fixed("true か false です", "true or false is expected");
    let mine = asked.take_as("mine", truth)?.unwrap_or(false);
    let name = asked.take("q").unwrap_or_default();
    let birth_date = asked.take("birth_date").map(|given| wire::date("birth_date", &given)).transpose()?;
    let identifier = asked.take("identifier").map(|given| match given.split_once('|') {
        Some((system, value)) => (Some(system.to_owned()), value.to_owned()),
        None => (None, given),
    });
    asked.finish()?;
    Ok((PatientQuery { name, birth_date, identifier }, mine))
}

/// One patient as they stand now.
#[derive(Debug, Serialize, ToSchema)]
pub struct Patient {
    #[serde(flatten)]
    card: Card,
    /// The newest value of each vital sign, of those in entries that this reader may see, as corrected. A sign whose
    /// last values are all hidden from the reader or taken back is left out.
    latest_vitals: Vec<LatestVital>,
    /// Set by the doctor; `null`: not for this reader.
    alarm_limits: Option<Vec<AlarmLimitShape>>,
    /// Set when I see the patient by emergency access alone: nothing is shown from this moment on.
    #[schema(example = "2026-04-01T01:30:00Z")]
    emergency_access_until: Option<String>,
    /// The last `seq` of the timeline.
    head: u64,
}

/// A measured value.
#[derive(Debug, Serialize, ToSchema)]
pub struct LatestVital {
    /// `systolic`, `diastolic`, `pulse`, `spo2`, `temperature`, `respiration`, `weight`, `glucose`, `pain`.
    #[schema(example = "spo2")]
    sign: &'static str,
    /// Decimal, in the sign's canonical unit.
    #[schema(example = "96")]
    value: String,
    /// UCUM.
    #[schema(example = "%")]
    unit: &'static str,
    /// When it was measured, as the device claims (but not after it was recorded), else when it was recorded.
    #[schema(example = "2026-04-01T00:30:00Z")]
    at: String,
    /// Its entry on the timeline.
    seq: u64,
}

impl From<Latest> for LatestVital {
    fn from(latest: Latest) -> Self {
        Self {
            sign: latest.sign.code(),
            value: latest.value.to_string(),
            unit: latest.sign.facts().unit.code(),
            at: latest.measured.at.to_rfc3339(),
            seq: latest.measured.seq.0,
        }
    }
}

/// The limits of one vital sign, in its canonical unit.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlarmLimitShape {
    #[schema(example = "spo2")]
    sign: &'static str,
    /// A value below it alarms.
    #[schema(example = "92")]
    low: Option<String>,
    /// A value above it alarms.
    high: Option<String>,
    #[schema(example = "%")]
    unit: &'static str,
}

impl From<&AlarmLimit> for AlarmLimitShape {
    fn from(limit: &AlarmLimit) -> Self {
        Self {
            sign: limit.sign.code(),
            low: limit.low.map(|low| low.to_string()),
            high: limit.high.map(|high| high.to_string()),
            unit: limit.sign.facts().unit.code(),
        }
    }
}

/// Look at one patient. Recorded as a read of the timeline up to its head.
#[utoipa::path(
    get, path = "/api/v1/patients/{id}", tag = "patients",
    params(("id" = Uuid, Path, description = "The patient")),
    responses((status = 200, body = Patient)),
)]
pub async fn show(
    State(app): State<App>,
    signed_in: SignedIn,
    Id(patient): Id<PatientId>,
) -> Result<Json<Patient>, Problem> {
    let sight =
        app.hub.look(signed_in.actor, signed_in.id, patient.into(), Seq::ZERO, None, ReadScope::Patient).await?;
    let sight = sight.ok_or_else(Problem::not_found)?;
    let latest_vitals = app.hub.latest_vitals(&sight).await?;
    let limits = || sight.state.alarm_limits().iter().map(AlarmLimitShape::from).collect();
    Ok(Json(Patient {
        card: Card::of(&sight).ok_or_else(|| Problem::of(Code::Internal))?,
        latest_vitals: latest_vitals.into_iter().map(LatestVital::from).collect(),
        alarm_limits: sight.view.shows_state_of(Kind::AlarmLimits).then(limits),
        emergency_access_until: sight.view.expires_at().map(Timestamp::to_rfc3339),
        head: sight.state.head.0,
    }))
}
