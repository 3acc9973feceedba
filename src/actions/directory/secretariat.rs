//! The secretariat keeps everything else, so that a region always has somebody who acts for it. Asked by every change of the
//! directory that could take the last one away.
//!
//! INVARIANT: no change of the directory leaves a region without anybody who acts for its secretariat, or without anybody
//! of them who has an account, where there was somebody before.

use super::DirectoryError;
use crate::domain::directory::{Actor, Directory, Person};
use crate::domain::role::{OrganisationType, Role};
use crate::domain::text::Text;
use crate::hub::Hub;
use crate::store::{StoreError, Tx};

/// Whether a change of this person could take somebody from the secretariat.
pub(super) fn is_of_it(person: &Person) -> bool {
    person.active && person.positions.iter().any(|position| position.role == Role::Secretariat)
}

/// Who acts for the secretariat of a region.
#[must_use]
pub fn acting_secretariat(directory: &Directory) -> Vec<Actor> {
    let people = directory.people.values().filter(|person| !directory.clients.contains(&person.id));
    let held = people.flat_map(|person| person.positions.iter().map(move |position| (person.id, *position)));
    let acting = held.filter(|(_, position)| position.role == Role::Secretariat);
    let acting = acting.filter_map(|(person, position)| directory.actor(person, position));
    acting.filter(|actor| actor.organisation_type == OrganisationType::Secretariat).collect()
}

/// The same as the database has it, without whom a suspension keeps out.
pub(super) async fn list_acting(tx: &mut Tx, hub: &Hub) -> Result<Vec<Actor>, StoreError> {
    let mut acting = acting_secretariat(&tx.load_directory().await?);
    acting.retain(|actor| !hub.region().is_shut_out(actor));
    Ok(acting)
}

/// Whether somebody is left, after a change that is written and not committed. `before`: who acted for it before.
pub(super) async fn check_left(tx: &mut Tx, hub: &Hub, before: &[Actor]) -> Result<(), DirectoryError> {
    if before.is_empty() {
        return Ok(());
    }
    let left = list_acting(tx, hub).await?;
    let is_gone = |actor: &&Actor| left.iter().all(|one| one.person != actor.person);
    let gone: Vec<Actor> = before.iter().filter(is_gone).copied().collect();
    if gone.is_empty() {
        return Ok(());
    }
    if left.is_empty() {
        return Err(DirectoryError::Conflict(Text::fixed(
            "事務局として働く人がいなくなるため、できません。先にほかの担当者を登録し、アカウントを設定してもらってください",
            "nobody would be left who acts for the secretariat: enter somebody else first and let them set up their account",
        )));
    }
    if has_account(tx, &gone).await? && !has_account(tx, &left).await? {
        return Err(DirectoryError::Conflict(Text::fixed(
            "事務局に残る人のだれもアカウントを設定していないため、できません。先に招待して、設定してもらってください",
            "nobody who is left at the secretariat has set up an account: invite one of them first and let them set it up",
        )));
    }
    Ok(())
}

async fn has_account(tx: &mut Tx, people: &[Actor]) -> Result<bool, StoreError> {
    for actor in people {
        if tx.find_account(actor.person).await?.is_some_and(|account| account.is_set_up()) {
            return Ok(true);
        }
    }
    Ok(false)
}
