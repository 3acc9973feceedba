//! What the duty clock does next with a duty, and when: planned from where the duty stands in the ledger, under the
//! terms it was born with. Pure. Asked for the duties of any timeline; what a patient's state asks by itself is in
//! `due_standing`.

use super::calendar::Calendar;
use super::duty::{Step, StepDoes};
use crate::domain::duties::{Duty, Standing};
use crate::domain::duty::{DutyStep, StepDone};
use crate::domain::role::OrganisationType;
use crate::domain::terms::{ChainStep, Timing};
use crate::domain::time::Timestamp;

/// The steps of this duty whose time has come, in order. What was missed fires at once and each once; but nobody is
/// reminded of what is overdue already, and of several reminders missed one is enough.
#[must_use]
pub fn steps_due(duty: &Duty, calendar: &Calendar, now: Timestamp) -> Vec<DutyStep> {
    let mut due: Vec<Step> = remaining(duty, calendar).into_iter().filter(|step| step.at <= now).collect();
    let is_late = due.iter().any(|step| step.does == StepDoes::Due);
    let last_reminder = due.iter().rposition(|step| matches!(step.does, StepDoes::Remind(_)));
    let mut at = 0..;
    due.retain(|step| {
        let at = at.next();
        !matches!(step.does, StepDoes::Remind(_)) || !is_late && at == last_reminder
    });
    due.into_iter().map(|step| fire(duty, step.does)).collect()
}

/// When something is next to be done about this duty if nobody acts. `None`: it ended, rests, or its chain is told.
#[must_use]
pub fn next_step(duty: &Duty, calendar: &Calendar) -> Option<Timestamp> {
    remaining(duty, calendar).first().map(|step| step.at)
}

fn fire(duty: &Duty, does: StepDoes) -> DutyStep {
    let step = match does {
        StepDoes::Remind(number) => StepDone::Reminded(u32::from(number)),
        StepDoes::Due => StepDone::Overdue,
        StepDoes::Escalate(level) => {
            StepDone::Escalated { level: u32::from(level), told: duty.opened.told(usize::from(level), &duty.debtors) }
        }
    };
    DutyStep { duty: duty.opened.id, round: duty.round, step }
}

/// Everything the clock still has to do about a duty if nobody acts, in order.
#[must_use]
pub fn remaining(duty: &Duty, calendar: &Calendar) -> Vec<Step> {
    if !duty.runs() {
        return Vec::new();
    }
    let stands = duty.standing();
    let of = duty.debtors.first().map_or(OrganisationType::Home, |debtor| debtor.organisation_type);
    let mut steps = Vec::new();
    // Whoever asked for more time named the day, and is not reminded before it.
    if stands == Standing::Open {
        steps.extend(
            reminders(duty, calendar, of).filter(|(number, _)| !is_reminded(duty, *number)).map(|(_, step)| step),
        );
    }
    if matches!(stands, Standing::Open | Standing::Snoozed) {
        steps.push(Step { at: duty.due, does: StepDoes::Due });
    }
    let told = usize::try_from(duty.steps_told()).unwrap_or(usize::MAX);
    steps.extend(chain(duty, calendar, of).into_iter().skip(told));
    steps
}

/// What the clock has done about a duty since its due time was last set, when it was to.
#[must_use]
pub fn done(duty: &Duty, calendar: &Calendar) -> Vec<Step> {
    let of = duty.debtors.first().map_or(OrganisationType::Home, |debtor| debtor.organisation_type);
    let reminded = reminders(duty, calendar, of).filter(|(number, _)| is_reminded(duty, *number)).map(|(_, step)| step);
    // How far it had come, also once it ended.
    let told = usize::try_from(duty.steps_told()).unwrap_or(usize::MAX);
    reminded.chain(chain(duty, calendar, of).into_iter().take(told)).collect()
}

/// The steps of the chain, the first of them first.
fn chain(duty: &Duty, calendar: &Calendar, of: OrganisationType) -> Vec<Step> {
    let mut at = duty.due;
    let step = |(level, step): (u8, &ChainStep)| {
        // A step of the chain never comes before the one below it.
        at = at.max(if step.after.seconds == 0 { duty.due } else { span(calendar, duty.due, step.after, of) });
        Step { at, does: StepDoes::Escalate(level) }
    };
    (0..).zip(&duty.opened.terms.escalate).map(step).collect()
}

/// At its first reminder a standing duty is opened, which tells the debtor as well.
fn is_reminded(duty: &Duty, number: u8) -> bool {
    u32::from(number) < duty.reminded.max(u32::from(duty.cause.is_none()))
}

/// Each as long before the due time as it was before the first one.
fn reminders(duty: &Duty, calendar: &Calendar, of: OrganisationType) -> impl Iterator<Item = (u8, Step)> {
    let terms = &duty.opened.terms;
    let lead_us = move |remind: Timing| match duty.cause {
        Some(_) => duty.opened.due.0.saturating_sub(span(calendar, duty.opened_at, remind, of).0),
        // A standing duty counts from a record before it was opened.
        None => (terms.within.seconds.saturating_sub(remind.seconds)).saturating_mul(1_000_000),
    };
    let step = move |(number, remind): (u8, &Timing)| {
        let lead = lead_us(*remind);
        // Opening hours may push a reminder to the due time itself: then it is no reminder.
        let at = Timestamp(duty.due.0.saturating_sub(lead));
        (lead > 0).then_some((number, Step { at, does: StepDoes::Remind(number) }))
    };
    (0..).zip(&terms.remind).filter_map(step)
}

fn span(calendar: &Calendar, from: Timestamp, timing: Timing, of: OrganisationType) -> Timestamp {
    calendar.due_at(from, timing.seconds, timing.clock, of)
}
