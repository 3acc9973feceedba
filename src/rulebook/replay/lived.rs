//! A duty that was opened in the past, lived again under the terms of a draft: whoever owed it owes it, what they answered
//! stands, and the clock's plan is carried out on a ledger of its own. A stay in hospital counts as it was first told.

use super::course::Became;
use super::standing::entry_of;
use crate::domain::body::Body;
use crate::domain::duties::{Duties, Duty, Ended, Standing};
use crate::domain::duty::{DutyId, DutyStep, OpenedDuty, StepDone};
use crate::domain::entry::Entry;
use crate::domain::terms::{Act, Owed};
use crate::domain::time::Timestamp;
use crate::rulebook::book::Rulebook;
use crate::rulebook::calendar::Calendar;
use crate::rulebook::due::remaining;
use crate::rulebook::duty::StepDoes;
use crate::rulebook::judge::RuleRef;

struct Lived<'a> {
    id: DutyId,
    ledger: Duties,
    calendar: &'a Calendar,
    cause: &'a Entry,
    /// When the clock would look next.
    next: Option<Timestamp>,
    /// The devices that are still to be spoken of.
    matters: Vec<String>,
}

/// What would have become of it by `until`. `entries[at]` opened it.
pub(super) fn relive(
    draft: &Rulebook,
    rule: RuleRef,
    opened: &OpenedDuty,
    (entries, at): (&[Entry], usize),
    calendar: &Calendar,
    until: Timestamp,
) -> Became {
    let (Some(terms), Some(debtor)) = (draft.terms(rule), opened.debtors.first()) else { return Became::Undetermined };
    // What a duty was about is kept only where its own terms asked for it.
    if terms.same.is_some() && terms.same != opened.terms.same {
        return Became::Undetermined;
    }
    let cause = &entries[at];
    let schedule = terms.schedule(cause.recorded_at, calendar, debtor.organisation_type);
    let due = schedule.iter().find(|step| step.does == StepDoes::Due).map_or(Timestamp::MAX, |step| step.at);
    let (id, matters) = (opened.id, opened.matters.clone());
    let mut ledger = Duties::default();
    ledger.open_past(&OpenedDuty { due, terms: terms.clone(), ..opened.clone() }, cause);
    let mut lived = Lived { id, ledger, calendar, cause, next: None, matters };
    lived.plan();
    for entry in &entries[at + 1..] {
        lived.pass(|at| at < entry.recorded_at);
        lived.take(entry);
    }
    lived.pass(|at| at <= until);
    lived.became()
}

impl Lived<'_> {
    fn duty(&self) -> Option<&Duty> {
        self.ledger.find(self.id)
    }

    fn plan(&mut self) {
        let steps = self.duty().map(|duty| remaining(duty, self.calendar));
        self.next = steps.and_then(|steps| steps.first().map(|step| step.at));
    }

    /// Time passes, as far as `is_before` says, and the clock does what falls due.
    fn pass(&mut self, is_before: impl Fn(Timestamp) -> bool) {
        while let Some(now) = self.next.filter(|at| is_before(*at)) {
            let Some(duty) = self.duty() else { return };
            let Some(step) = remaining(duty, self.calendar).first().copied() else { return };
            let done = match step.does {
                StepDoes::Remind(number) => StepDone::Reminded(u32::from(number)),
                StepDoes::Due => StepDone::Overdue,
                StepDoes::Escalate(level) => StepDone::Escalated { level: u32::from(level), told: Vec::new() },
            };
            let step = DutyStep { duty: self.id, round: duty.round, step: done };
            self.ledger.relive(&entry_of(step, (self.cause.timeline, self.cause.seq), now), &[]);
            self.plan();
        }
    }

    fn take(&mut self, entry: &Entry) {
        match &entry.body {
            // What the clock wrote then it writes here by itself; who took the place of whom stands.
            Body::DutyStep(step) if step.duty != self.id || !matches!(step.step, StepDone::Inherited { .. }) => return,
            Body::DutyAnswer(answer) if answer.duty != self.id => return,
            // Putting an entry right does not do again what it did.
            Body::Correction(_) => return,
            Body::DutyStep(_) | Body::DutyAnswer(_) | Body::Retraction(_) => self.ledger.relive(entry, &[]),
            Body::Admission(_) | Body::Discharge(_) | Body::Death(_) | Body::Closing(_) => {
                let met = self.is_met_by(entry).then_some(self.id);
                self.ledger.relive(entry, met.as_slice());
            }
            _ if self.is_met_by(entry) => self.ledger.relive(entry, &[self.id]),
            _ => return,
        }
        self.plan();
    }

    fn is_met_by(&mut self, entry: &Entry) -> bool {
        let act = Act::of(&entry.author, &entry.body);
        let Some(duty) = self.ledger.find(self.id).filter(|duty| duty.is_open()) else { return false };
        let (cause, owner) = (Some(self.cause.id), Some(self.cause.author.organisation));
        let opened = &duty.opened;
        let owed = Owed { debtors: &duty.debtors, cause, owner, matters: &opened.matters, since: opened.since };
        if !opened.terms.met_by(&act, &owed) {
            return false;
        }
        // Of several devices each must have been spoken of.
        self.matters.retain(|matter| act.device.as_ref().is_some_and(|device| device != matter));
        self.matters.is_empty()
    }

    fn became(&self) -> Became {
        let Some(duty) = self.duty() else { return Became::Undetermined };
        match (duty.was_overdue(), duty.standing()) {
            // Said in time: what follows is the chain's, and no delay of theirs.
            _ if duty.cannot_go_at.is_some() => Became::Ended,
            (true, _) => Became::Late(duty.steps_told()),
            (false, Standing::Ended(Ended::Met)) => Became::InTime,
            (false, Standing::Ended(_)) => Became::Ended,
            (false, _) => Became::Undetermined,
        }
    }
}
