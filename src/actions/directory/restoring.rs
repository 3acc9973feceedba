//! The way back where nobody acts for the secretariat any more: rows that somebody wrote by hand, or a region of before the hub
//! refused to let the last one go, or suspensions. For `renkei secretariat restore`, on the machine, while no hub runs; whoever is there is
//! never put beside somebody by it.

use jiff::civil::Date;

use super::{DirectoryError, check_name};
use crate::domain::account::InvitationEnd;
use crate::domain::act::{Act, By, Deed};
use crate::domain::directory::{Organisation, Person, Position};
use crate::domain::ids::TimelineId;
use crate::domain::keeping::KeepingDeed;
use crate::domain::role::{OrganisationType, Role};
use crate::domain::secretariat::who_acts;
use crate::domain::text::Text;
use crate::domain::time::Timestamp;
use crate::store::Tx;

/// Who is to act for the secretariat again. Of who is in the directory only the ids are taken from here.
#[derive(Clone, Debug)]
pub struct Restoring {
    pub office: Organisation,
    pub person: Person,
    pub reason: String,
}

/// Who does.
#[derive(Clone, Debug)]
pub struct Restored {
    pub office: Organisation,
    pub person: Person,
    /// Whether they can sign in by what they have.
    pub has_account: bool,
    /// How many suspensions kept them out. Each is lifted by an entry that the hub writes, with its next start at the latest.
    pub lifted_count: usize,
}

/// Enters them again, with their MACs, and ends what kept them out. For the operator of the machine. `today`: in the region.
///
/// # Errors
/// When somebody acts for the secretariat, the person is a system, a name is missing, or the database fails.
pub async fn restore_secretariat(
    tx: &mut Tx,
    given: Restoring,
    now: Timestamp,
    today: Date,
) -> Result<Restored, DirectoryError> {
    let Restoring { office, person, reason } = given;
    tx.lock_directory().await?;
    let directory = tx.load_directory().await?;
    let offices = tx.load_offices().await?;
    let acting = who_acts(&directory, &offices, today);
    if let Some(known) = acting.first().and_then(|actor| directory.people.get(&actor.person)) {
        let name = &known.name.kanji;
        return Err(DirectoryError::Conflict(Text::new(
            format!(
                "{name} が事務局として働いています。サインインできないときは renkei sign-in --person {} --recover 理由",
                known.id
            ),
            format!(
                "{name} acts for the secretariat; who cannot sign in: renkei sign-in --person {} --recover REASON",
                known.id
            ),
        )));
    }
    if directory.clients.contains(&person.id) {
        return Err(DirectoryError::Conflict(Text::fixed(
            "連携システムは事務局になれません",
            "a system is no secretariat",
        )));
    }
    let known = tx.find_organisation(office.id).await?;
    let is_new_office = known.is_none();
    let office = Organisation { kind: OrganisationType::Secretariat, active: true, ..known.unwrap_or(office) };
    let known = tx.find_person(person.id).await?;
    let is_new_person = known.is_none();
    let mut person = Person { active: true, ..known.unwrap_or(person) };
    let position = Position { role: Role::Secretariat, organisation: office.id };
    if !person.positions.contains(&position) {
        person.positions.push(position);
    }
    check_name("office", &office.name)?;
    check_name("name", &person.name.kanji)?;
    // Also what stands already: a row without its MAC gets it by being written.
    match is_new_office {
        true => tx.insert_organisation(&office).await?,
        false => tx.update_organisation(&office).await?,
    };
    match is_new_person {
        true => tx.insert_person(&person).await?,
        false => tx.update_person(&person).await?,
    };
    let (organisation, positions, active) = (office.id, person.positions.clone(), true);
    let restored = KeepingDeed::SecretariatRestored { organisation, person: person.id, reason: reason.clone() };
    let deeds = [
        Deed::Keeping(restored),
        Deed::OrganisationKept { organisation, kind: office.kind, active, is_new: is_new_office },
        Deed::PersonKept { person: person.id, positions, active, is_new: is_new_person },
    ];
    tx.append_acts(now, deeds.map(|deed| Act { by: By::Operator, deed })).await?;
    tx.end_invitations_of(person.id, By::Operator, InvitationEnd::PersonChanged, now).await?;
    let suspensions = offices.shutting_out(person.id, office.id, today);
    for (organisation, whom) in &suspensions {
        let (timeline, reason) = (TimelineId::from(*organisation), reason.clone());
        let deed = KeepingDeed::SuspensionLifted { organisation: *organisation, person: *whom, reason };
        let act = Act { by: By::Operator, deed: Deed::Keeping(deed) };
        tx.append_taking(Some(timeline), now, act, &[timeline]).await?;
    }
    let has_account = tx.find_account(person.id).await?.is_some_and(|account| account.is_set_up());
    Ok(Restored { office, person, has_account, lifted_count: suspensions.len() })
}
