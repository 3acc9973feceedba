//! Keeping the directory: organisations and people enter, change and leave. How a change is stored and shown is
//! `directory/changing.rs`.
//!
//! What it does not do: decide who may (that is the extractors' and `accounts`'), or bring back a secretariat that is gone
//! (`directory/restoring.rs`, for the machine's operator).

mod changing;
mod restoring;
mod secretariat;

use std::collections::HashSet;

use self::changing::{change_organisation, change_person};
use crate::actions::sign_in::SignIns;
use crate::domain::act::By;
use crate::domain::directory::{Actor, Directory, Organisation, Person, Position};
use crate::domain::ids::{OrganisationId, PersonId};
use crate::domain::patient::{HumanName, Identifier};
use crate::domain::plain::check_plain;
use crate::domain::role::{OrganisationType, Role};
use crate::domain::text::{Invalid, Text};
use crate::hub::Hub;
use crate::limits;
use crate::store::StoreError;

pub use restoring::{Restored, Restoring, restore_secretariat};

/// Why the directory stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    #[error("no such person or organisation in the directory")]
    NotFound,
    /// It does not fit what is there, or what has to stay.
    #[error("{}", .0.en)]
    Conflict(Text),
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is to be known of an organisation from now on.
#[derive(Clone, Debug)]
pub struct OrganisationGiven {
    pub kind: OrganisationType,
    pub name: String,
    pub kana: String,
    pub phone: String,
    pub identifiers: Vec<Identifier>,
    /// `None`: as it is.
    pub active: Option<bool>,
}

/// What is to be known of a person from now on.
#[derive(Clone, Debug)]
pub struct PersonGiven {
    pub name: HumanName,
    pub positions: Vec<Position>,
    /// `None`: as it is.
    pub active: Option<bool>,
    /// The positions that these take the place of; `None`: whichever there are.
    pub positions_before: Option<Vec<Position>>,
}

/// Enters an organisation or replaces all that is known of it. When it ends its work, all sign-ins there end at once; when
/// it becomes another type, open sockets come back as that.
///
/// # Errors
/// When a field is wrong, nobody would act for the secretariat any more, or the store fails.
pub async fn put_organisation(
    hub: &Hub,
    sign_ins: &SignIns,
    by: By,
    organisation: Organisation,
) -> Result<(), DirectoryError> {
    change_organisation(hub, sign_ins, by, organisation.id, move |_| Ok(organisation)).await.map(drop)
}

/// Replaces what is known of an organisation.
///
/// # Errors
/// As [`put_organisation`], and when there is none.
pub async fn replace_organisation(
    hub: &Hub,
    sign_ins: &SignIns,
    by: By,
    id: OrganisationId,
    given: OrganisationGiven,
) -> Result<Organisation, DirectoryError> {
    let replace = move |known: Option<Organisation>| {
        let known = known.ok_or(DirectoryError::NotFound)?;
        let OrganisationGiven { kind, name, kana, phone, identifiers, active } = given;
        Ok(Organisation { id, kind, name, kana, phone, identifiers, active: active.unwrap_or(known.active) })
    };
    change_organisation(hub, sign_ins, by, id, replace).await
}

/// Enters a person or replaces all that is known of them. Sign-ins in a position that ended close at once.
///
/// # Errors
/// When a field is wrong, a position is at an unknown organisation, nobody would act for the secretariat any more, or the
/// store fails.
pub async fn put_person(hub: &Hub, sign_ins: &SignIns, by: By, person: Person) -> Result<(), DirectoryError> {
    change_person(hub, sign_ins, by, person.id, move |_| Ok(person)).await.map(drop)
}

/// Replaces what is known of a person.
///
/// # Errors
/// As [`put_person`], and when there is none or their positions are others by now.
pub async fn replace_person(
    hub: &Hub,
    sign_ins: &SignIns,
    by: By,
    id: PersonId,
    given: PersonGiven,
) -> Result<Person, DirectoryError> {
    let replace = move |known: Option<Person>| {
        let known = known.ok_or(DirectoryError::NotFound)?;
        let PersonGiven { name, positions, active, positions_before } = given;
        let set = |positions: &[Position]| positions.iter().copied().collect::<HashSet<_>>();
        if positions_before.is_some_and(|before| set(&before) != set(&known.positions)) {
            return Err(DirectoryError::Conflict(Text::fixed(
                "この人の職務は、そのあいだに変わりました。もう一度開いて確かめてください",
                "this person's positions have changed meanwhile: look at them again",
            )));
        }
        Ok(Person { id, name, positions, active: active.unwrap_or(known.active) })
    };
    change_person(hub, sign_ins, by, id, replace).await
}

/// Ends a person's work in the region: no sign-in, no open socket, from this moment.
///
/// # Errors
/// When there is no such person, nobody would act for the secretariat any more, or the store fails.
pub async fn suspend_person(hub: &Hub, sign_ins: &SignIns, by: By, person: PersonId) -> Result<(), DirectoryError> {
    let suspend = |known: Option<Person>| {
        let known = known.ok_or(DirectoryError::NotFound)?;
        Ok(Person { active: false, ..known })
    };
    change_person(hub, sign_ins, by, person, suspend).await.map(drop)
}

/// Ends a person's positions at an office, and what they look after there.
///
/// # Errors
/// When they have none there, nobody would act for the secretariat any more, or the store fails.
pub async fn leave_office(
    hub: &Hub,
    sign_ins: &SignIns,
    by: By,
    organisation: OrganisationId,
    person: PersonId,
) -> Result<(), DirectoryError> {
    let leave = move |known: Option<Person>| {
        let mut known = known.ok_or(DirectoryError::NotFound)?;
        let before = known.positions.len();
        known.positions.retain(|at| at.organisation != organisation);
        if known.positions.len() == before { Err(DirectoryError::NotFound) } else { Ok(known) }
    };
    change_person(hub, sign_ins, by, person, leave).await.map(drop)
}

/// The connected system of an organisation: the person that acts in its place, if there is one. A registered client is not
/// meant: it acts for itself.
#[must_use]
pub fn find_gateway(directory: &Directory, organisation: OrganisationId) -> Option<Actor> {
    let position = Position { role: Role::Gateway, organisation };
    let mut gateways: Vec<PersonId> = directory
        .people
        .values()
        .filter(|person| person.positions.contains(&position) && !directory.clients.contains(&person.id))
        .map(|person| person.id)
        .collect();
    // The same one every time: what it wrote before must be recognised as its own.
    gateways.sort_unstable();
    gateways.into_iter().find_map(|person| directory.actor(person, position))
}

/// Enters the connected system of an organisation.
///
/// # Errors
/// When there is no such organisation or the store fails.
pub async fn put_gateway(
    hub: &Hub,
    sign_ins: &SignIns,
    by: By,
    organisation: OrganisationId,
) -> Result<Actor, DirectoryError> {
    let position = Position { role: Role::Gateway, organisation };
    let id = PersonId(hub.region().draw_id());
    let name = HumanName { kanji: "連携 システム".to_owned(), kana: "レンケイ システム".to_owned() };
    put_person(hub, sign_ins, by, Person { id, name, positions: vec![position], active: true }).await?;
    let actor = hub.region().directory().actor(id, position);
    actor.ok_or_else(|| Invalid::new("organisation", "not_found", no_organisation()).into())
}

fn no_organisation() -> Text {
    Text::fixed("その事業所は登録されていません", "no such organisation in the directory")
}

/// Whether this can be a name.
///
/// # Errors
/// When it is empty, too long, or holds control characters.
pub fn check_name(field: &str, name: &str) -> Result<(), Invalid> {
    if name.trim().is_empty() {
        return Err(Invalid::required(field));
    }
    check_line(field, name, limits::NAME_CHARS_MAX)
}

/// Whether this can stand in a line of the directory, which may be empty.
fn check_line(field: &str, text: &str, chars_max: usize) -> Result<(), Invalid> {
    let chars = text.chars().count();
    if chars > chars_max {
        return Err(Invalid::too_long(field, chars_max, ("文字", "characters"), chars));
    }
    check_plain(field, text)?;
    Ok(())
}

/// Everything that is written of an organisation.
fn check_organisation(organisation: &Organisation) -> Result<(), Invalid> {
    let Organisation { name, kana, phone, identifiers, .. } = organisation;
    check_name("name", name)?;
    check_line("kana", kana, limits::NAME_CHARS_MAX)?;
    check_line("phone", phone, limits::PHONE_CHARS_MAX)?;
    if identifiers.len() > limits::ORGANISATION_NUMBERS_MAX {
        let (max, given) = (limits::ORGANISATION_NUMBERS_MAX, identifiers.len());
        return Err(Invalid::too_long("identifiers", max, ("件", "identifiers"), given));
    }
    for (at, Identifier { system, value }) in identifiers.iter().enumerate() {
        check_line(&format!("identifiers[{at}].system"), system, limits::NUMBER_CHARS_MAX)?;
        check_line(&format!("identifiers[{at}].value"), value, limits::NUMBER_CHARS_MAX)?;
    }
    Ok(())
}

/// A person's name as both are written.
fn check_human_name(field: &str, name: &HumanName) -> Result<(), Invalid> {
    check_name(&format!("{field}.kanji"), &name.kanji)?;
    check_line(&format!("{field}.kana"), &name.kana, limits::NAME_CHARS_MAX)
}
