//! Who owes a duty once those who owed it have gone: the office left the team, closed, or was shut out. Asked by the clock
//! before anything else, so that nobody who may not see the patient is told of what is owed there. Pure.

use super::due_standing::Looked;
use super::duty::{Seat, is_at, member_of};
use super::reach::Reader;
use crate::domain::duties::Duty;
use crate::domain::duty::{CloseReason, Debtor, DutyStep, RoleSet, StepDone};
use crate::domain::ids::OrganisationId;
use crate::domain::role::Role;

impl Looked<'_> {
    /// What becomes of the duties of which debtors have gone. Those that are left owe it still; else another office of the
    /// team that has the role, else the host, else the secretariat. Where each was to act for itself, whoever is left has
    /// a duty of their own already, and this one ends; whoever was meant in person is the secretariat's to reach.
    pub(super) fn successions(&self) -> Vec<DutyStep> {
        let owed = self.state.duties.open();
        owed.filter_map(|duty| {
            let left: Vec<Debtor> = duty.debtors.iter().copied().filter(|debtor| self.is_there(debtor)).collect();
            if left.len() == duty.debtors.len() {
                return None;
            }
            let step = match (left.is_empty(), duty.opened.standing) {
                (false, _) => inherited(duty, left),
                // A state asks anew, whomever there is.
                (true, true) => return None,
                (true, false) => self.pass_on(duty)?,
            };
            Some(DutyStep { duty: duty.opened.id, round: duty.round, step })
        })
        .collect()
    }

    /// Whether the organisation is on the team and may use the system, or the timeline or the region is its own.
    pub(super) fn is_there(&self, debtor: &Debtor) -> bool {
        let around = self.surroundings;
        around.team.iter().chain(&around.subject).chain(&around.region).any(|seat| is_at(Some(seat), debtor))
    }

    /// Of those whom a step of the chain was to tell, those who are there; the secretariat if nobody is.
    pub(super) fn told_now(&self, told: Vec<Debtor>) -> Vec<Debtor> {
        let meant_somebody = !told.is_empty();
        let mut there: Vec<Debtor> = told.into_iter().filter(|debtor| self.is_there(debtor)).collect();
        if there.is_empty() && meant_somebody {
            there.extend(self.secretariat());
        }
        there
    }

    fn sees(&self, debtor: &Debtor, role: Role, duty: &Duty) -> bool {
        Reader::in_role(self.state, self.rulebook, debtor, role, self.now).knows(self.state, duty)
    }

    fn pass_on(&self, duty: &Duty) -> Option<StepDone> {
        let secretariat = || self.secretariat().map(|secretariat| inherited(duty, vec![secretariat]));
        if duty.opened.terms.in_person {
            return secretariat();
        }
        let roles = RoleSet(duty.debtors.iter().fold(0, |roles, debtor| roles | debtor.roles.0));
        let same_role: Vec<Debtor> = self.heirs(duty, |_| true, roles).collect();
        let asked_already = |heir: &Debtor| {
            let same = self.state.duties.iter().filter(|other| {
                other.opened.id != duty.opened.id && other.cause == duty.cause && other.opened.rule == duty.opened.rule
            });
            same.flat_map(|other| &other.debtors).any(|asked| asked.organisation == heir.organisation)
        };
        let others: Vec<Debtor> = same_role.iter().copied().filter(|heir| !asked_already(heir)).collect();
        if !others.is_empty() {
            return Some(inherited(duty, others));
        }
        if !same_role.is_empty() {
            return Some(StepDone::Closed(CloseReason::NoLongerAsked));
        }
        let host: Vec<Debtor> = self.heirs(duty, |seat| seat.host, RoleSet(u64::MAX)).collect();
        if host.is_empty() { secretariat() } else { Some(inherited(duty, host)) }
    }

    /// The offices of the team with people in these roles who may see what opened the duty. Nobody is asked to take note
    /// of what they wrote.
    fn heirs<'a>(
        &'a self,
        duty: &'a Duty,
        is_meant: impl Fn(&Seat) -> bool + 'a,
        roles: RoleSet,
    ) -> impl Iterator<Item = Debtor> + 'a {
        let author: Option<OrganisationId> =
            duty.scope.as_ref().filter(|_| duty.opened.terms.acknowledge).map(|cause| cause.owner);
        let team =
            self.surroundings.team.iter().filter(move |seat| is_meant(seat) && Some(seat.organisation) != author);
        team.filter_map(move |seat| {
            let heir = member_of(seat, seat.roles.and(roles));
            let seeing: Vec<Role> = heir.roles.roles().filter(|role| self.sees(&heir, *role, duty)).collect();
            (!seeing.is_empty()).then(|| Debtor { roles: RoleSet::of(&seeing), ..heir })
        })
    }

    fn secretariat(&self) -> Option<Debtor> {
        self.surroundings.region.as_ref().map(|region| member_of(region, region.roles))
    }
}

const fn inherited(duty: &Duty, to: Vec<Debtor>) -> StepDone {
    StepDone::Inherited { number: duty.inherited, to }
}
