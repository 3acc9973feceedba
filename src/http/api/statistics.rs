//! `/api/v1/statistics` and `/api/v1/accounts`: the region in counts, and who uses their account.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::actions::statistics::{AccountUse, Statistics, account_uses, count};
use crate::domain::time::Timestamp;
use crate::http::app::App;
use crate::http::authentication::Secretariat;
use crate::http::problem::Problem;

/// The region in counts. Of nobody by name.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatisticsShape {
    /// Active ones, by type.
    organisations: Vec<OrganisationCount>,
    /// Active ones, by role; who has two roles counts in both.
    people: Vec<PeopleCount>,
    /// By what they consent to.
    patients: Vec<PatientCount>,
    /// The last twelve months with entries, the oldest first.
    entries: Vec<MonthCount>,
    reading: ReadingShape,
}

/// Organisations of a type.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrganisationCount {
    #[serde(rename = "type")]
    kind: &'static str,
    organisations: u64,
}

/// People of a role.
#[derive(Debug, Serialize, ToSchema)]
pub struct PeopleCount {
    role: &'static str,
    people: u64,
    /// Not set up, invited or not.
    without_account: u64,
    never_signed_in: u64,
    /// Signed in before, and not in the last 90 days.
    dormant: u64,
}

/// Patients by consent.
#[derive(Debug, Serialize, ToSchema)]
pub struct PatientCount {
    /// `none`, `team`, `withdrawn`.
    consent: &'static str,
    patients: u64,
}

/// Entries of a month, those that the hub wrote itself (steps of duties) included.
#[derive(Debug, Serialize, ToSchema)]
pub struct MonthCount {
    #[schema(example = "2026-04")]
    month: String,
    of_patients: u64,
    of_organisations: u64,
}

/// Pairs of a patient and somebody linked to them, and of how many the person has read something in the last 90 days.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadingShape {
    linked: u64,
    read_lately: u64,
}

impl From<&Statistics> for StatisticsShape {
    fn from(counted: &Statistics) -> Self {
        let organisations = counted.organisations.iter();
        let people = counted.people.iter().map(|(role, count)| PeopleCount {
            role: role.code(),
            people: count.people,
            without_account: count.without_account,
            never_signed_in: count.never_signed_in,
            dormant: count.dormant,
        });
        let patients = counted.consents.iter();
        let entries = counted.months.iter().map(|(month, count)| MonthCount {
            month: month.strftime("%Y-%m").to_string(),
            of_patients: count.of_patients,
            of_organisations: count.of_organisations,
        });
        Self {
            organisations: organisations
                .map(|(kind, count)| OrganisationCount { kind: kind.code(), organisations: *count })
                .collect(),
            people: people.collect(),
            patients: patients.map(|(state, count)| PatientCount { consent: state.code(), patients: *count }).collect(),
            entries: entries.collect(),
            reading: ReadingShape { linked: counted.reading.linked, read_lately: counted.reading.read },
        }
    }
}

/// The region in counts.
#[utoipa::path(
    get, path = "/api/v1/statistics", tag = "secretariat",
    responses((status = 200, body = StatisticsShape), (status = 403, body = Problem, description = "Not the secretariat")),
)]
pub async fn show(State(app): State<App>, _secretariat: Secretariat) -> Result<Json<StatisticsShape>, Problem> {
    Ok(Json(StatisticsShape::from(&count(&app.hub).await?)))
}

/// How the accounts of everybody active are used.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountUses {
    accounts: Vec<AccountUseShape>,
}

/// How somebody's account is used.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountUseShape {
    person: Uuid,
    is_set_up: bool,
    /// Whether it does not open: nobody signs in, and recovering it makes it anew.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_damaged: bool,
    /// When they were last here, to within a few minutes; `null`: never.
    used_at: Option<String>,
    /// Until when an open invitation lets them set it up.
    invited_until: Option<String>,
}

impl From<&AccountUse> for AccountUseShape {
    fn from(used: &AccountUse) -> Self {
        Self {
            person: used.person.0,
            is_set_up: used.is_set_up,
            is_damaged: used.is_damaged,
            used_at: used.used_at.map(Timestamp::to_rfc3339),
            invited_until: used.invited_until.map(Timestamp::to_rfc3339),
        }
    }
}

/// Who has an account, was invited, and when each was last here: for finding those who never came and those who left.
#[utoipa::path(
    get, path = "/api/v1/accounts", tag = "secretariat",
    responses((status = 200, body = AccountUses), (status = 403, body = Problem, description = "Not the secretariat")),
)]
pub async fn list_accounts(State(app): State<App>, _secretariat: Secretariat) -> Result<Json<AccountUses>, Problem> {
    let uses = account_uses(&app.hub).await?;
    Ok(Json(AccountUses { accounts: uses.iter().map(AccountUseShape::from).collect() }))
}
