//! One question: may whoever issued an invitation still do so for this person? It is asked when a link is opened or accepted,
//! and by every change of the directory, which ends what it takes the ground from. An administrator's old link would else let
//! them act as somebody who has come to be more than their office, or in place of somebody whom nobody took on.

use super::looking_after::looks_after;
use crate::domain::account::{Invitation, InvitationEnd, Issuer};
use crate::domain::act::By;
use crate::domain::directory::{Actor, Directory};
use crate::domain::ids::PersonId;
use crate::domain::time::Timestamp;
use crate::hub::Hub;
use crate::store::{StoreError, Tx};

/// Whether it still stands with its issuer. One of before it was kept who issued which does, until its time is over.
pub(super) fn may_still_invite(
    directory: &Directory,
    invitation: &Invitation,
    is_shut_out: impl Fn(&Actor) -> bool,
) -> bool {
    let Issuer::Person(issuer, position) = invitation.issuer else { return true };
    let (actor, person) = (directory.actor(issuer, position), directory.people.get(&invitation.person));
    let still =
        |actor: &Actor| !is_shut_out(actor) && person.is_some_and(|person| looks_after(directory, *actor, person));
    actor.as_ref().is_some_and(still)
}

/// Ends the invitations of somebody whose positions changed or who was suspended, and everybody's whose issuer may no longer
/// invite them, after a change of the directory that is written and not committed.
///
/// # Errors
/// When the database fails.
pub(in crate::actions) async fn end_overreaching(
    tx: &mut Tx,
    hub: &Hub,
    by: By,
    changed: Option<PersonId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    if let Some(person) = changed {
        tx.end_invitations_of(person, by, InvitationEnd::PersonChanged, now).await?;
    }
    let mut open = tx.list_open_invitations(now).await?;
    open.retain(|one| matches!(one.issuer, Issuer::Person(..)));
    if open.is_empty() {
        return Ok(());
    }
    let directory = tx.load_directory().await?;
    open.retain(|one| !may_still_invite(&directory, one, |actor| hub.region().is_shut_out(actor)));
    tx.end_invitations_by_former(&open, by, now).await
}
