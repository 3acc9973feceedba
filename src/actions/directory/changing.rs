//! One change of the directory, from the database to everybody who sees it.
//!
//! INVARIANT: whoever is changed is read in the transaction that writes them, while nobody else changes the directory: of two
//! changes at once neither is lost, and what has to hold of the whole directory is judged on what is stored.

use std::collections::HashSet;

use super::{DirectoryError, check_human_name, check_organisation, no_organisation, secretariat};
use crate::actions::accounts::end_overreaching;
use crate::actions::sign_in::{SignIns, end_all, end_all_at};
use crate::domain::account::{AccountDeed, InvitationEnd};
use crate::domain::act::{Act, By, Deed, SignInEnd};
use crate::domain::directory::{Directory, Organisation, Person};
use crate::domain::ids::{OrganisationId, PersonId, SignInId};
use crate::domain::role::OrganisationType;
use crate::domain::text::Invalid;
use crate::domain::time::Timestamp;
use crate::hub::Hub;
use crate::store::Tx;

/// An organisation or a person as they are now, and what ended with the change.
struct Changed<T> {
    now: T,
    sign_ins: Vec<SignInId>,
    /// Offices whose people they no longer look after.
    dismissed: Vec<OrganisationId>,
}

/// Stores what becomes of an organisation, and shows it to all.
pub(super) async fn change_organisation(
    hub: &Hub,
    sign_ins: &SignIns,
    by: By,
    id: OrganisationId,
    change: impl FnOnce(Option<Organisation>) -> Result<Organisation, DirectoryError> + Send + 'static,
) -> Result<Organisation, DirectoryError> {
    let (hub, sign_ins) = (hub.clone(), sign_ins.clone());
    to_its_end(async move {
        let _turn = hub.region().take_directory_turn().await;
        let (within, look) = (hub.clone(), hub.look_after_change());
        let writing = hub
            .journal()
            .write(move |tx| Box::pin(async move { write_organisation(tx, &within, by, id, look, change).await }));
        let Changed { now: organisation, sign_ins: ended, .. } = writing.await?;
        hub.region().change_directory(|directory| {
            directory.organisations.insert(id, organisation.clone());
        });
        hub.note_look(look);
        sign_ins.end(&ended);
        sign_ins.renew_organisation(&organisation);
        Ok(organisation)
    })
    .await
}

async fn write_organisation(
    tx: &mut Tx,
    hub: &Hub,
    by: By,
    id: OrganisationId,
    look: Timestamp,
    change: impl FnOnce(Option<Organisation>) -> Result<Organisation, DirectoryError> + Send,
) -> Result<Changed<Organisation>, DirectoryError> {
    tx.lock_directory().await?;
    let known = tx.find_organisation(id).await?;
    let is_new = known.is_none();
    let may_end_it = known.as_ref().is_some_and(|known| known.active && known.kind == OrganisationType::Secretariat);
    let organisation = change(known)?;
    check_organisation(&organisation)?;
    let acting = if may_end_it { secretariat::list_acting(tx, hub).await? } else { Vec::new() };
    if is_new {
        tx.insert_organisation(&organisation).await?;
    } else {
        tx.update_organisation(&organisation).await?;
        // What an office that closed owes falls to others.
        tx.look_where_on_team(id, look).await?;
    }
    secretariat::check_left(tx, hub, &acting).await?;
    let (now, Organisation { kind, active, .. }) = (hub.region().now(), &organisation);
    let deed = Deed::OrganisationKept { organisation: id, kind: *kind, active: *active, is_new };
    tx.append_acts(now, [Act { by, deed }]).await?;
    let sign_ins = if *active { Vec::new() } else { end_all_at(tx, by, id, now).await? };
    if !*active {
        tx.end_invitations_at(id, by, InvitationEnd::PersonChanged, now).await?;
    }
    end_overreaching(tx, hub, by, None, now).await?;
    Ok(Changed { now: organisation, sign_ins, dismissed: Vec::new() })
}

/// Stores what becomes of a person, and shows it to all.
pub(super) async fn change_person(
    hub: &Hub,
    sign_ins: &SignIns,
    by: By,
    id: PersonId,
    change: impl FnOnce(Option<Person>) -> Result<Person, DirectoryError> + Send + 'static,
) -> Result<Person, DirectoryError> {
    let (hub, sign_ins) = (hub.clone(), sign_ins.clone());
    to_its_end(async move {
        let _turn = hub.region().take_directory_turn().await;
        let within = hub.clone();
        let writing =
            hub.journal().write(move |tx| Box::pin(async move { write_person(tx, &within, by, id, change).await }));
        let Changed { now: person, sign_ins: ended, dismissed } = writing.await?;
        hub.region().change_directory(|directory| {
            directory.people.insert(id, person.clone());
            dismissed.iter().for_each(|organisation| {
                directory.administrators.remove(&(*organisation, id));
            });
        });
        sign_ins.end(&ended);
        Ok(person)
    })
    .await
}

async fn write_person(
    tx: &mut Tx,
    hub: &Hub,
    by: By,
    id: PersonId,
    change: impl FnOnce(Option<Person>) -> Result<Person, DirectoryError> + Send,
) -> Result<Changed<Person>, DirectoryError> {
    tx.lock_directory().await?;
    let known = tx.find_person(id).await?;
    let person = change(known.clone())?;
    check_person(&hub.region().directory(), &person)?;
    // Where nobody can tell of those who act whether they were shut out, whoever comes to them takes their place.
    let takes_over = secretariat::is_of_it(&person) && !hub.region().offices().untold().is_empty();
    let may_end_it = takes_over || known.as_ref().is_some_and(secretariat::is_of_it);
    let acting = if may_end_it { secretariat::list_acting(tx, hub).await? } else { Vec::new() };
    match &known {
        None => tx.insert_person(&person).await?,
        Some(_) => tx.update_person(&person).await?,
    };
    secretariat::check_left(tx, hub, &acting).await?;
    let (now, held) = (hub.region().now(), known.as_ref().map_or(&[][..], |known| &known.positions));
    let left: HashSet<OrganisationId> =
        held.iter().map(|at| at.organisation).filter(|at| !works_at(&person, *at)).collect();
    let mut dismissed = Vec::new();
    for organisation in left {
        if tx.delete_administrator(organisation, id).await? {
            dismissed.push(organisation);
        }
    }
    let lapsed = |&organisation: &OrganisationId| {
        Deed::Account(AccountDeed::AdministratorKept { organisation, person: id, appointed: false })
    };
    let mut deeds: Vec<Deed> = dismissed.iter().map(lapsed).collect();
    let (positions, active, is_new) = (person.positions.clone(), person.active, known.is_none());
    deeds.push(Deed::PersonKept { person: id, positions, active, is_new });
    tx.append_acts(now, deeds.into_iter().map(|deed| Act { by, deed })).await?;
    let narrowed = !person.active || held.iter().any(|position| !person.positions.contains(position));
    // Also by more than they had: an old link was issued to somebody who was less.
    let is_same = known.as_ref().is_some_and(|known| known.active == person.active && holds_the_same(known, &person));
    end_overreaching(tx, hub, by, Some(id).filter(|_| !is_new && !is_same), now).await?;
    let sign_ins = match narrowed && !is_new {
        true => end_all(tx, by, id, SignInEnd::PersonChanged, None, now).await?,
        false => Vec::new(),
    };
    Ok(Changed { now: person, sign_ins, dismissed })
}

fn holds_the_same(one: &Person, other: &Person) -> bool {
    let held = |person: &Person| person.positions.iter().copied().collect::<HashSet<_>>();
    held(one) == held(other)
}

fn works_at(person: &Person, organisation: OrganisationId) -> bool {
    person.positions.iter().any(|position| position.organisation == organisation)
}

/// In a task of its own: whoever asked may hang up, and what is stored is still shown to all and ends what it has to end.
async fn to_its_end<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    match tokio::spawn(work).await {
        Ok(done) => done,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // Nobody aborts it, so the runtime is shutting down and this future is about to be dropped too.
            Err(_cancelled) => std::future::pending().await,
        },
    }
}

fn check_person(directory: &Directory, person: &Person) -> Result<(), Invalid> {
    check_human_name("name", &person.name)?;
    for (at, position) in person.positions.iter().enumerate() {
        if !directory.organisations.contains_key(&position.organisation) {
            return Err(Invalid::new(format!("positions[{at}].organisation"), "not_found", no_organisation()));
        }
    }
    Ok(())
}
