//! Which part of the directory somebody sees: everybody knows the region's organisations and who works there, but a
//! home, which names a patient's household, is known only to those on a team with it; and a family knows its own
//! patients' teams, and of the secretariat what it needs to phone it.

use std::collections::HashSet;

use crate::domain::directory::{Actor, Directory, Organisation, Person};
use crate::domain::ids::OrganisationId;
use crate::domain::role::{OrganisationType, Role};
use crate::hub::{Hub, StoreError};

/// A part of the directory, in the order people look for names.
#[derive(Debug, Default)]
pub struct Visible {
    pub organisations: Vec<Organisation>,
    pub people: Vec<Person>,
}

/// What `actor` sees of the directory.
///
/// # Errors
/// When the journal cannot be read.
pub async fn visible_to(hub: &Hub, actor: Actor) -> Result<Visible, StoreError> {
    let directory = hub.region().directory();
    if actor.role == Role::Secretariat {
        return Ok(part_of(&directory, true, |_| true, |_| true));
    }
    let mut near: HashSet<OrganisationId> = hub
        .journal()
        .read(move |tx| Box::pin(async move { tx.list_teammates(actor.organisation, actor.person).await }))
        .await?
        .into_iter()
        .collect();
    near.insert(actor.organisation);
    let knows_all = actor.role != Role::Family;
    let people_known = |organisation: &Organisation| {
        near.contains(&organisation.id) || (knows_all && organisation.kind != OrganisationType::Home)
    };
    let is_known =
        |organisation: &Organisation| people_known(organisation) || organisation.kind == OrganisationType::Secretariat;
    Ok(part_of(&directory, false, is_known, people_known))
}

fn part_of(
    directory: &Directory,
    idle_people: bool,
    is_known: impl Fn(&Organisation) -> bool,
    people_known: impl Fn(&Organisation) -> bool,
) -> Visible {
    let mut organisations: Vec<Organisation> =
        directory.organisations.values().filter(|organisation| is_known(organisation)).cloned().collect();
    organisations.sort_by(|a, b| (&a.kana, &a.name, a.id).cmp(&(&b.kana, &b.name, b.id)));
    let known: HashSet<OrganisationId> = organisations
        .iter()
        .filter(|organisation| people_known(organisation))
        .map(|organisation| organisation.id)
        .collect();
    let in_part = |person: &Person| {
        let positions = person.positions.iter().filter(|position| known.contains(&position.organisation));
        Person { positions: positions.copied().collect(), ..person.clone() }
    };
    let mut people: Vec<Person> = directory.people.values().map(in_part).collect();
    people.retain(|person| idle_people || !person.positions.is_empty());
    people.sort_by(|a, b| (&a.name.kana, &a.name.kanji, a.id).cmp(&(&b.name.kana, &b.name.kanji, b.id)));
    Visible { organisations, people }
}
