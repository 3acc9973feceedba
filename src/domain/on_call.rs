//! Who is to be told when an organisation owes something: found at the moment of telling, never stored with a duty.

use jiff::civil::Date;

use super::directory::{Directory, Person};
use super::duty::{Capacity, Debtor};
use super::ids::PersonId;
use super::state::Office;
use super::team::Membership;
use super::time::Timestamp;

/// What stands around the question.
#[derive(Clone, Copy, Debug)]
pub struct AskedFor<'a> {
    pub directory: &'a Directory,
    /// The debtor's office; `None` where its timeline says nothing yet.
    pub office: Option<&'a Office>,
    /// Its place on the patient's team, where the duty is about a patient.
    pub linked: Option<&'a Membership>,
    pub at: Timestamp,
}

/// The people to tell, in order: the very person where one is meant; for a manager or liaison the one that the contact
/// window names; else whoever is on duty for the role, else everybody of the role. Where only some people of the office are
/// linked to the patient, only they are meant: the others may not know of the duty. Nobody who left, and nobody who is shut
/// out. `day_of` gives the date in the region.
#[must_use]
pub fn on_call(debtor: &Debtor, asked: &AskedFor<'_>, day_of: impl Fn(Timestamp) -> Date) -> Vec<PersonId> {
    let today = day_of(asked.at);
    let works = |id: PersonId| {
        asked.directory.people.get(&id).is_some_and(|person| person.active)
            && asked.directory.works_at(id, debtor.organisation)
            && !asked.office.is_some_and(|office| office.suspends(id, today))
            // Where only some people of the office serve the patient, the others do not know of the duty.
            && asked.linked.is_none_or(|membership| membership.includes(id))
    };
    let named = match debtor.capacity {
        Capacity::Person => debtor.person,
        Capacity::Manager | Capacity::Contact => {
            asked.office.and_then(Office::contact).and_then(|contact| contact.person)
        }
        Capacity::Member => None,
    };
    if let Some(named) = named.filter(|id| works(*id)) {
        return vec![named];
    }
    let shifts = asked.office.into_iter().flat_map(|office| office.on_duty(asked.at, &day_of));
    let mut on_duty = Vec::new();
    for shift in shifts.filter(|shift| debtor.roles.has(shift.role) && works(shift.person)) {
        if !on_duty.contains(&shift.person) {
            on_duty.push(shift.person);
        }
    }
    if !on_duty.is_empty() && debtor.capacity == Capacity::Member {
        return on_duty;
    }
    let holds = |person: &Person| {
        let is_meant = |position: &super::directory::Position| {
            position.organisation == debtor.organisation && debtor.roles.has(position.role)
        };
        person.positions.iter().any(is_meant) && works(person.id)
    };
    let mut all: Vec<PersonId> =
        asked.directory.people.values().filter(|person| holds(person)).map(|person| person.id).collect();
    all.sort_unstable();
    all
}

#[cfg(test)]
mod tests;
