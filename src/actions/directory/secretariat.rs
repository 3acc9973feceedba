//! The secretariat keeps everything else, so that a region always has somebody who acts for it. Asked by every change of the
//! directory that could take the last one away; `hub/secretariat.rs` asks the same of every record that could, in the same turn.
//!
//! INVARIANT: no change of the directory leaves a region without anybody who acts for its secretariat, or without anybody
//! of them who has an account, where there was somebody before.

use std::collections::HashSet;

use super::DirectoryError;
use crate::domain::directory::{Actor, Person};
use crate::domain::ids::PersonId;
use crate::domain::role::Role;
use crate::domain::secretariat::{Missed, who_acts};
use crate::hub::Hub;
use crate::store::{StoreError, Tx};

/// Whether a change of this person could take somebody from the secretariat.
pub(super) fn is_of_it(person: &Person) -> bool {
    person.active && person.positions.iter().any(|position| position.role == Role::Secretariat)
}

/// Who acts for it, by the directory as the database has it, which must be locked, in the turn to change it: who is shut out
/// is what the hub knows.
pub(super) async fn list_acting(tx: &mut Tx, hub: &Hub) -> Result<Vec<Actor>, StoreError> {
    let region = hub.region();
    Ok(who_acts(&tx.load_directory().await?, &region.offices(), region.date_at(region.now())))
}

/// Whether somebody is left, after a change that is written and not committed. `before`: who acted for it before.
pub(super) async fn check_left(tx: &mut Tx, hub: &Hub, before: &[Actor]) -> Result<(), DirectoryError> {
    if before.is_empty() {
        return Ok(());
    }
    let left = list_acting(tx, hub).await?;
    let people: Vec<PersonId> = before.iter().chain(&left).map(|actor| actor.person).collect();
    let can_sign_in: HashSet<PersonId> = tx.list_set_up_of(&people).await?;
    match Missed::between(before, &left, &can_sign_in) {
        None => Ok(()),
        Some(missed) => Err(DirectoryError::Conflict(missed.text())),
    }
}
