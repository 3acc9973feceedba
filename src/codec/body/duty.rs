//! Duties ↔ messages: in a ruling, in the clock's steps, in people's answers.

use std::sync::Arc;

use super::super::field::each;
use super::super::mapped::{Mapped, mapped};
use super::super::proto::v1;
use crate::domain::duty::{Answer, CloseReason, Debtor, DutyAnswer, DutyStep, OpenedDuty, StepDone};
use crate::domain::terms::{ChainStep, OnAdmission, OnDeath, Terms, Timing, Told};
use crate::domain::text::{Invalid, Text};
use crate::domain::time::Timestamp;

mapped! {
    Debtor { organisation, organisation_type, roles, capacity, person, }
}

impl Mapped for OpenedDuty {
    type Sent = v1::Duty;

    fn read(sent: v1::Duty) -> Result<Self, Invalid> {
        Ok(Self {
            id: within("id", Mapped::read(sent.id))?,
            rule: sent.rule.into(),
            debtors: within("debtors", Mapped::read(sent.debtors))?,
            due: Timestamp(sent.due_us),
            confirmed: !sent.unconfirmed,
            standing: sent.standing,
            terms: within("terms", Terms::read(said(sent.terms.unwrap_or_default(), sent.standing))).map(Arc::new)?,
            chain: within("chain", each("", sent.chain, |step| Mapped::read(step.told)))?,
            matters: sent.matters,
            since: sent.since_us.map(Timestamp),
            in_place_of: within("in_place_of", Mapped::read(sent.in_place_of))?,
            with: within("with", Mapped::read(sent.with))?,
        })
    }

    fn sent(&self) -> v1::Duty {
        v1::Duty {
            id: self.id.sent(),
            rule: self.rule.sent(),
            debtors: self.debtors.sent(),
            due_us: self.due.as_micros(),
            unconfirmed: !self.confirmed,
            standing: self.standing,
            terms: Some(self.terms.sent()),
            chain: self.chain.iter().map(|told| v1::duty::Told { told: told.sent() }).collect(),
            matters: self.matters.clone(),
            since_us: self.since.map(Timestamp::as_micros),
            in_place_of: self.in_place_of.sent(),
            with: self.with.sent(),
        }
    }
}

/// The terms of a duty that was born before they said this of admission and death: what held for all then.
fn said(mut terms: v1::Terms, standing: bool) -> v1::Terms {
    if terms.on_admission.is_empty() {
        terms.on_admission = if standing { OnAdmission::Pauses } else { OnAdmission::GoesOn }.sent();
    }
    if terms.on_death.is_empty() {
        terms.on_death = if standing { OnDeath::Closes } else { OnDeath::GoesOn }.sent();
    }
    terms
}

impl Mapped for Timing {
    type Sent = Option<v1::Timing>;

    fn read(sent: Self::Sent) -> Result<Self, Invalid> {
        let sent = sent.ok_or_else(|| Invalid::required(""))?;
        Ok(Self { seconds: sent.seconds, clock: within("clock", Mapped::read(sent.clock))? })
    }

    fn sent(&self) -> Self::Sent {
        Some(v1::Timing { seconds: self.seconds, clock: self.clock.sent() })
    }
}

impl Mapped for ChainStep {
    type Sent = v1::terms::ChainStep;

    fn read(sent: Self::Sent) -> Result<Self, Invalid> {
        let told = Told {
            roles: within("roles", Mapped::read(sent.roles))?,
            capacity: within("capacity", Mapped::read(sent.capacity))?,
            relation: within("of", Mapped::read(sent.of))?,
        };
        Ok(Self { told, after: within("after", Mapped::read(sent.after))? })
    }

    fn sent(&self) -> Self::Sent {
        v1::terms::ChainStep {
            roles: self.told.roles.sent(),
            capacity: self.told.capacity.sent(),
            of: self.told.relation.sent(),
            after: self.after.sent(),
        }
    }
}

impl Mapped for Terms {
    type Sent = v1::Terms;

    fn read(sent: v1::Terms) -> Result<Self, Invalid> {
        Ok(Self {
            acknowledge: sent.acknowledge,
            kinds: within("kinds", Mapped::read(sent.kinds))?,
            answers: sent.answers,
            same: within("same", Mapped::read(sent.same))?,
            within: within("within", Mapped::read(sent.within))?,
            remind: within("remind", each("", sent.remind, |timing| Mapped::read(Some(timing))))?,
            escalate: within("escalate", Mapped::read(sent.escalate))?,
            ways_out: within("ways_out", Mapped::read(sent.ways_out))?,
            on_admission: within("on_admission", Mapped::read(sent.on_admission))?,
            on_death: within("on_death", Mapped::read(sent.on_death))?,
            in_person: sent.in_person,
        })
    }

    fn sent(&self) -> v1::Terms {
        v1::Terms {
            acknowledge: self.acknowledge,
            kinds: self.kinds.sent(),
            answers: self.answers,
            same: self.same.sent(),
            within: self.within.sent(),
            remind: self.remind.iter().filter_map(Mapped::sent).collect(),
            escalate: self.escalate.sent(),
            ways_out: self.ways_out.sent(),
            on_admission: self.on_admission.sent(),
            on_death: self.on_death.sent(),
            in_person: self.in_person,
        }
    }
}

impl Mapped for DutyStep {
    type Sent = v1::DutyStep;

    fn read(sent: v1::DutyStep) -> Result<Self, Invalid> {
        use v1::duty_step::Step;
        let step = match sent.step {
            Some(Step::Opened(opened)) => within("opened", Mapped::read(opened)).map(StepDone::Opened),
            Some(Step::Reminded(number)) => Ok(StepDone::Reminded(number)),
            Some(Step::Overdue(_)) => Ok(StepDone::Overdue),
            Some(Step::Escalated(sent)) => within("escalated.told", Mapped::read(sent.told))
                .map(|told| StepDone::Escalated { level: sent.level, told }),
            Some(Step::Closed(reason)) => within("closed", CloseReason::read(reason)).map(StepDone::Closed),
            Some(Step::Inherited(sent)) => {
                within("inherited.to", Mapped::read(sent.to)).map(|to| StepDone::Inherited { number: sent.number, to })
            }
            Some(Step::MetAtUs(at)) => Ok(StepDone::Met(Timestamp(at))),
            None => Err(one_of("opened, reminded, overdue, escalated, closed, inherited, met_at_us")),
        };
        Ok(Self { duty: within("duty", Mapped::read(sent.duty))?, round: sent.round, step: step? })
    }

    fn sent(&self) -> v1::DutyStep {
        use v1::duty_step::{Escalated, Inherited, Overdue, Step};
        let step = match &self.step {
            StepDone::Opened(opened) => Step::Opened(opened.sent()),
            StepDone::Reminded(number) => Step::Reminded(*number),
            StepDone::Overdue => Step::Overdue(Overdue {}),
            StepDone::Escalated { level, told } => Step::Escalated(Escalated { level: *level, told: told.sent() }),
            StepDone::Closed(reason) => Step::Closed(reason.sent()),
            StepDone::Met(at) => Step::MetAtUs(at.as_micros()),
            StepDone::Inherited { number, to } => Step::Inherited(Inherited { number: *number, to: to.sent() }),
        };
        v1::DutyStep { duty: self.duty.sent(), round: self.round, step: Some(step) }
    }
}

impl Mapped for DutyAnswer {
    type Sent = v1::DutyAnswer;

    fn read(sent: v1::DutyAnswer) -> Result<Self, Invalid> {
        use v1::duty_answer::Answer as Sent;
        let answer = match sent.answer {
            Some(Sent::Declined(_)) => Ok(Answer::Declined),
            Some(Sent::SnoozedUntilUs(until)) => Ok(Answer::Snoozed(Timestamp(until))),
            Some(Sent::Waived(_)) => Ok(Answer::Waived),
            Some(Sent::HandedOver(sent)) => within("handed_over.to", Mapped::read(sent.to)).map(Answer::HandedOver),
            Some(Sent::CannotGo(_)) => Ok(Answer::CannotGo),
            None => Err(one_of("declined, snoozed_until_us, waived, handed_over, cannot_go")),
        };
        Ok(Self { duty: within("duty", Mapped::read(sent.duty))?, answer: answer?, reason: sent.reason })
    }

    fn sent(&self) -> v1::DutyAnswer {
        use v1::duty_answer::{Answer as Sent, HandedOver, Plain};
        let answer = match &self.answer {
            Answer::Declined => Sent::Declined(Plain {}),
            Answer::Snoozed(until) => Sent::SnoozedUntilUs(until.as_micros()),
            Answer::Waived => Sent::Waived(Plain {}),
            Answer::HandedOver(to) => Sent::HandedOver(HandedOver { to: to.sent() }),
            Answer::CannotGo => Sent::CannotGo(Plain {}),
        };
        v1::DutyAnswer { duty: self.duty.sent(), reason: self.reason.clone(), answer: Some(answer) }
    }
}

fn within<T>(field: &'static str, read: Result<T, Invalid>) -> Result<T, Invalid> {
    read.map_err(|invalid| invalid.within(field))
}

fn one_of(expected: &str) -> Invalid {
    Invalid::new(
        "",
        "required",
        Text::new(format!("どれかひとつが必要です: {expected}"), format!("exactly one is expected of: {expected}")),
    )
}
