//! One question: may whoever issued an invitation still do so for this person, and whoever made out a device's link for its office?
//! It is asked when a link is opened or accepted, and by every change of the directory, which ends what it takes the ground from. An
//! administrator's old link would else let them act as somebody who has come to be more than their office, or in place of
//! somebody whom nobody took on, and give them a device of an office that they have left.

use super::looking_after::{keeps, looks_after};
use crate::domain::account::{Invitation, InvitationEnd, Issuer};
use crate::domain::act::By;
use crate::domain::device::Enrolment;
use crate::domain::directory::{Actor, Directory};
use crate::domain::ids::{OrganisationId, PersonId};
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

/// The same of the link of a device of this organisation.
pub(super) fn may_still_enrol(
    directory: &Directory,
    enrolment: &Enrolment,
    organisation: OrganisationId,
    is_shut_out: impl Fn(&Actor) -> bool,
) -> bool {
    let Issuer::Person(issuer, position) = enrolment.issuer else { return true };
    let actor = directory.actor(issuer, position);
    actor.is_some_and(|actor| !is_shut_out(&actor) && keeps(directory, actor, organisation))
}

/// Ends the invitations of somebody whose positions changed or who was suspended, everybody's whose issuer may no longer
/// invite them, and the links of devices likewise, after a change of the directory that is written and not committed.
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
    let mut invitations = tx.list_open_invitations(now).await?;
    invitations.retain(|one| matches!(one.issuer, Issuer::Person(..)));
    let mut enrolments = tx.list_open_enrolments().await?;
    enrolments.retain(|one| one.is_open_at(now) && matches!(one.issuer, Issuer::Person(..)));
    if invitations.is_empty() && enrolments.is_empty() {
        return Ok(());
    }
    let directory = tx.load_directory().await?;
    invitations.retain(|one| !may_still_invite(&directory, one, |actor| hub.region().is_shut_out(actor)));
    tx.end_invitations_by_former(&invitations, by, now).await?;
    let mut ended = Vec::new();
    for one in enrolments {
        let device = tx.find_device(one.device).await?;
        let still = |at| may_still_enrol(&directory, &one, at, |actor| hub.region().is_shut_out(actor));
        if !device.is_some_and(|device| still(device.organisation)) {
            ended.push(one);
        }
    }
    tx.end_enrolments_by_former(&ended, by, now).await
}
