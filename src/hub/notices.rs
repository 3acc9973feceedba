//! Telling people what concerns them: who owes a duty, who is reminded, whom a step of the chain tells, for whom advice is.
//! Their open sockets hear of it whatever they subscribe to; who is on call is found at this moment. Called by the committer
//! once an entry is durable. Whoever has no socket finds the same in the list of duties; whom it wakes is `waking.rs`.

use std::sync::Arc;

use super::Region;
use super::published::Published;
use super::view::View;
use crate::domain::body::Body;
use crate::domain::directory::Actor;
use crate::domain::duty::{Answer, Capacity, Debtor, DutyId, OpenedDuty, RoleSet, StepDone};
use crate::domain::entry::Entry;
use crate::domain::ids::{EntryId, PersonId, TimelineId};
use crate::domain::in_words::{NoticeOf, RuleInWords};
use crate::domain::role::Role;
use crate::domain::state::PatientState;
use crate::domain::time::Timestamp;
use crate::rulebook::{Audience, Surroundings};

/// What somebody is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub of: NoticeOf,
    pub timeline: TimelineId,
    /// The entry that brought it about.
    pub entry: EntryId,
    /// `None` for advice.
    pub duty: Option<(DutyId, Timestamp)>,
    pub words: Option<RuleInWords>,
    /// Those on call for it at the reader's organisation.
    pub on_call: Vec<PersonId>,
}

/// Those who may be told.
pub(super) trait Hearers {
    /// Tells those who are meant what `notice` makes for them, if it makes anything.
    fn tell_where(&self, is_meant: impl Fn(&Actor) -> bool, notice: impl Fn(&Actor) -> Option<Notice>);
}

/// An entry that concerns somebody, with the state it left.
#[derive(Clone, Debug)]
pub struct Concern {
    pub(super) state: Arc<PatientState>,
    pub(super) entry: Arc<Published>,
}

/// Whether an entry concerns anybody beyond those who read it.
pub(super) fn concerns(entry: &Entry) -> bool {
    !entry.ruling.opened().is_empty()
        || !entry.ruling.advice().is_empty()
        || entry.on_behalf.is_some()
        || entry.taken_out().is_some()
        || matches!(entry.body, Body::DutyStep(_) | Body::DutyAnswer(_) | Body::EmergencyAccess(_))
}

/// Of a duty: what is told of it, and to whom.
type Told<'a> = (NoticeOf, DutyId, &'a str, Timestamp, Vec<Debtor>);

impl Concern {
    fn of_duties(&self) -> Vec<Told<'_>> {
        let entry = &self.entry.entry;
        let born = |opened: &'_ OpenedDuty| opened.debtors.clone();
        let mut told: Vec<Told<'_>> = entry
            .ruling
            .opened()
            .iter()
            .map(|new| (NoticeOf::Opened, new.id, &*new.rule, new.due, born(new)))
            .collect();
        let (id, of, debtors) = match &entry.body {
            Body::DutyStep(step) => match &step.step {
                StepDone::Opened(opened) => (step.duty, NoticeOf::Opened, Some(opened.debtors.clone())),
                StepDone::Reminded(_) => (step.duty, NoticeOf::Reminded, None),
                StepDone::Overdue => (step.duty, NoticeOf::Overdue, None),
                StepDone::Escalated { told, .. } => (step.duty, NoticeOf::Escalated, Some(told.clone())),
                StepDone::Inherited { to, .. } => (step.duty, NoticeOf::HandedOver, Some(to.clone())),
                StepDone::Closed(_) | StepDone::Met(_) => return told,
            },
            Body::DutyAnswer(answer) => match &answer.answer {
                Answer::HandedOver(to) => (answer.duty, NoticeOf::HandedOver, Some(to.clone())),
                _ => return told,
            },
            _ => return told,
        };
        if let Some(duty) = self.state.duties.find(id) {
            let debtors = debtors.unwrap_or_else(|| duty.debtors.clone());
            told.push((of, id, &duty.opened.rule, duty.due, debtors));
        }
        told
    }

    /// Tells everybody concerned who hears and may know.
    pub(super) fn tell(&self, region: &Region, hearers: &impl Hearers) {
        self.tell_of_duties(region, hearers);
        if let Some(named) = self.entry.entry.on_behalf {
            self.tell_who_sees(region, hearers, NoticeOf::WrittenFor, |actor| actor.person == named.person);
        }
        if let Body::EmergencyAccess(_) = self.entry.entry.body {
            let is_of_the_team = |actor: &Actor| self.state.has_on_team(actor) || actor.role == Role::Secretariat;
            self.tell_who_sees(region, hearers, NoticeOf::AccessOpened, is_of_the_team);
        }
        if let Some(said) = self.entry.entry.taken_out() {
            // Of the whole region the secretariat hears once, on its own timeline; of a training nothing.
            let is_for_the_office = match &self.state.registration {
                Some(known) => !said.patients.is_empty() && !known.for_training,
                None => true,
            };
            self.tell_who_sees(region, hearers, NoticeOf::TakenOut, |actor| {
                self.state.has_on_team(actor) || is_for_the_office && actor.role == Role::Secretariat
            });
        }
        self.tell_of_advice(region, hearers);
    }

    /// Tells those of these who see the entry.
    fn tell_who_sees(&self, region: &Region, hearers: &impl Hearers, of: NoticeOf, is_meant: impl Fn(&Actor) -> bool) {
        let (book, notice) = (region.rulebook(), self.notice(of, None, None));
        hearers.tell_where(is_meant, |actor| {
            let view = View::of(&self.state, &book, actor, region.now())?;
            view.shows(&self.entry).then(|| notice.clone())
        });
    }

    fn tell_of_duties(&self, region: &Region, hearers: &impl Hearers) {
        for (of, id, rule, due, debtors) in self.of_duties() {
            let duty = self.state.duties.find(id);
            let may_know = |view: &View| duty.is_some_and(|duty| view.shows_duty(duty));
            for debtor in debtors {
                let notice = self.notice(of, Some((id, due)), region.in_words(rule));
                self.tell_debtor(region, hearers, &debtor, notice, may_know);
            }
        }
    }

    fn tell_of_advice(&self, region: &Region, hearers: &impl Hearers) {
        let advised = self.entry.entry.ruling.advice().iter().filter_map(|rule| region.in_words(rule));
        let for_others = advised.filter_map(|words| Some((Audience::others(&words.audience)?, words)));
        let for_others: Vec<_> = for_others.collect();
        if for_others.is_empty() {
            return;
        }
        let surroundings = region.surroundings(&self.state);
        for (audience, words) in for_others {
            for debtor in advisers(audience, &surroundings) {
                let notice = self.notice(NoticeOf::Advised, None, Some(words.clone()));
                // Advice says nothing of the entry; the secretariat is told though it does not see charts.
                let may_know = |view: &View| audience == Audience::Secretariat || view.shows(&self.entry);
                self.tell_debtor(region, hearers, &debtor, notice, may_know);
            }
        }
    }

    fn notice(&self, of: NoticeOf, duty: Option<(DutyId, Timestamp)>, words: Option<RuleInWords>) -> Notice {
        let Entry { id, timeline, .. } = self.entry.entry;
        Notice { of, timeline, entry: id, duty, words, on_call: Vec::new() }
    }

    fn tell_debtor(
        &self,
        region: &Region,
        hearers: &impl Hearers,
        debtor: &Debtor,
        notice: Notice,
        may_know: impl Fn(&View) -> bool,
    ) {
        let is_training = self.state.registration.as_ref().is_some_and(|known| known.for_training);
        let on_call = region.on_call(debtor, self.state.team.get(&debtor.organisation));
        let notice = Notice { on_call, ..notice };
        let is_meant = |actor: &Actor| {
            // A manager or liaison is named by the office, in whatever role.
            let in_role = debtor.capacity != Capacity::Member || debtor.roles.has(actor.role);
            // A training is no business of who is not in it, whatever falls late there.
            let is_in_it = !(is_training && actor.role == Role::Secretariat);
            is_in_it && actor.organisation == debtor.organisation && in_role && notice.on_call.contains(&actor.person)
        };
        hearers.tell_where(is_meant, |actor| {
            let view = View::of(&self.state, &region.rulebook(), actor, region.now())?;
            may_know(&view).then(|| notice.clone())
        });
    }
}

/// Whom advice for others is for: the nurses of the team, or the secretariat.
fn advisers(audience: Audience, surroundings: &Surroundings) -> Vec<Debtor> {
    let role = if audience == Audience::Secretariat { Role::Secretariat } else { Role::Nurse };
    let seats: Vec<_> = match audience {
        Audience::Secretariat => surroundings.region.into_iter().collect(),
        _ => surroundings.team.iter().filter(|seat| seat.roles.has(role)).copied().collect(),
    };
    let debtor = |seat: crate::rulebook::Seat| Debtor {
        organisation: seat.organisation,
        organisation_type: seat.organisation_type,
        roles: RoleSet::of(&[role]),
        capacity: Capacity::Member,
        person: None,
    };
    seats.into_iter().map(debtor).collect()
}
