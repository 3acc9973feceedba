//! Keeping the directory: organisations and people enter, change and leave. Stored first, then seen by all.

use std::collections::hash_map::Entry;

use crate::actions::sign_in::{SignInError, SignIns};
use crate::domain::act::{Act, By, Deed};
use crate::domain::directory::{Actor, Directory, Organisation, Person, Position};
use crate::domain::ids::{OrganisationId, PersonId};
use crate::domain::patient::HumanName;
use crate::domain::role::Role;
use crate::domain::text::{Invalid, Text};
use crate::hub::Hub;
use crate::limits;
use crate::store::StoreError;

/// Why the directory stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<SignInError> for DirectoryError {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Store(error) => Self::Store(error),
            other => {
                Self::Invalid(Invalid::new("person", "not_found", Text::new(other.to_string(), other.to_string())))
            }
        }
    }
}

/// Enters an organisation or replaces what is known of it. When it ends its work, all sign-ins there end at once; when it
/// becomes another type, open sockets come back as that.
///
/// # Errors
/// When a field is wrong or the store fails.
pub async fn put_organisation(
    hub: &Hub,
    sign_ins: &SignIns,
    by: By,
    organisation: Organisation,
) -> Result<(), DirectoryError> {
    check_name("name", &organisation.name)?;
    let (stored, now, look) = (organisation.clone(), hub.region().now(), hub.look_after_change());
    hub.journal()
        .write(move |tx| {
            Box::pin(async move {
                let is_new = tx.insert_organisation(&stored).await?;
                if !is_new {
                    tx.update_organisation(&stored).await?;
                    // What an office that closed owes falls to others.
                    tx.look_where_on_team(stored.id, look).await?;
                }
                let Organisation { id: organisation, kind, active, .. } = stored;
                let deed = Deed::OrganisationKept { organisation, kind, active, is_new };
                tx.append_acts(now, [Act { by, deed }]).await
            })
        })
        .await?;
    hub.region().change_directory(|directory| {
        directory.organisations.insert(organisation.id, organisation.clone());
    });
    hub.note_look(look);
    if !organisation.active {
        sign_ins.revoke_organisation(by, organisation.id).await?;
    }
    sign_ins.renew_organisation(&organisation);
    Ok(())
}

/// Enters a person or replaces what is known of them. Sign-ins in a position that ended close at once.
///
/// # Errors
/// When a field is wrong, a position is at an unknown organisation, or the store fails.
pub async fn put_person(hub: &Hub, sign_ins: &SignIns, by: By, person: Person) -> Result<(), DirectoryError> {
    check_person(&hub.region().directory(), &person)?;
    let (stored, now) = (person.clone(), hub.region().now());
    hub.journal()
        .write(move |tx| {
            Box::pin(async move {
                let is_new = tx.insert_person(&stored).await?;
                if !is_new {
                    tx.update_person(&stored).await?;
                }
                let Person { id: person, positions, active, .. } = stored;
                let deed = Deed::PersonKept { person, positions, active, is_new };
                tx.append_acts(now, [Act { by, deed }]).await
            })
        })
        .await?;
    let mut narrowed = false;
    hub.region().change_directory(|directory| match directory.people.entry(person.id) {
        Entry::Occupied(mut known) => {
            let ended = |position| !person.positions.contains(position);
            narrowed = !person.active || known.get().positions.iter().any(ended);
            known.insert(person.clone());
        }
        Entry::Vacant(free) => {
            free.insert(person.clone());
        }
    });
    if narrowed {
        sign_ins.revoke_person(by, person.id).await?;
    }
    Ok(())
}

/// Ends a person's work in the region: no sign-in, no open socket, from this moment.
///
/// # Errors
/// When there is no such person or the store fails.
pub async fn suspend_person(hub: &Hub, sign_ins: &SignIns, by: By, person: PersonId) -> Result<(), DirectoryError> {
    let known = hub.region().directory().people.get(&person).cloned();
    let known = known.ok_or_else(|| {
        Invalid::new(
            "person",
            "not_found",
            Text::fixed("その人は登録されていません", "no such person in the directory"),
        )
    })?;
    put_person(hub, sign_ins, by, Person { active: false, ..known }).await
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

fn check_person(directory: &Directory, person: &Person) -> Result<(), Invalid> {
    check_name("name.kanji", &person.name.kanji)?;
    for (at, position) in person.positions.iter().enumerate() {
        if !directory.organisations.contains_key(&position.organisation) {
            return Err(Invalid::new(format!("positions[{at}].organisation"), "not_found", no_organisation()));
        }
    }
    Ok(())
}

pub(super) fn check_name(field: &str, name: &str) -> Result<(), Invalid> {
    let chars = name.chars().count();
    if name.trim().is_empty() {
        return Err(Invalid::required(field));
    }
    if chars > limits::NAME_CHARS_MAX {
        return Err(Invalid::too_long(field, limits::NAME_CHARS_MAX, ("文字", "characters"), chars));
    }
    Ok(())
}
