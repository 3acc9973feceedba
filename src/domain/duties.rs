//! The ledger of duties: a fold over a timeline, told by rulings, steps of the clock and answers of people.
//!
//! Kept beside the patient's state by the hub. It never judges whether somebody may answer; what comes for a duty
//! that has ended, or for an earlier round of it, changes nothing.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use super::body::Body;
use super::duty::{Answer, CloseReason, Debtor, DutyAnswer, DutyId, DutyStep, OpenedDuty, StepDone};
use super::entry::{Entry, Scope};
use super::ids::{EntryId, OrganisationId};
use super::ruling::rule_id;
use super::state::Stay;
use super::terms::{OnAdmission, OnDeath};
use super::time::Timestamp;
use crate::limits;

/// How a duty ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Met,
    Declined,
    Waived,
    Closed(CloseReason),
}

/// Where a duty stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Open,
    /// More time was asked for.
    Snoozed,
    Overdue,
    /// As many steps of the chain have been told.
    Escalated(u32),
    /// It rests while the patient is away.
    Paused,
    Ended(Ended),
}

/// A duty and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty {
    /// As it was born. Who owes it now is in `debtors`, when it is due in `due`.
    pub opened: OpenedDuty,
    /// The entry that opened it, also where a correction of it did; `None` for one that a state asked for.
    pub cause: Option<EntryId>,
    /// Who may see what opened it: nothing about the duty is more visible.
    pub scope: Option<Scope>,
    pub opened_at: Timestamp,
    pub debtors: Vec<Debtor>,
    /// Whom the debtors are to reach, or whose place they took: offices that the hub cannot tell.
    pub in_place_of: Vec<OrganisationId>,
    /// How often others took the place of debtors who had gone.
    pub inherited: u32,
    pub due: Timestamp,
    /// How often the due time was moved: the clock plans its steps anew in each round.
    pub round: u32,
    /// Reminders told in this round.
    pub reminded: u32,
    /// When it was first overdue. Never taken back: who acts late has acted, and was late.
    pub overdue_at: Option<Timestamp>,
    /// When whoever owed it said, before it was late, that they cannot: what follows is the chain's, and no delay of theirs.
    pub cannot_go_at: Option<Timestamp>,
    pub paused_since: Option<Timestamp>,
    /// How far it had come: open, snoozed, overdue or escalated, also once it ended. See [`Self::standing`].
    pub(crate) stands: Standing,
    pub(crate) ended: Option<Ended>,
    /// The entry that ended it, and when.
    pub ended_by: Option<(EntryId, Timestamp)>,
}

impl Duty {
    fn new(opened: OpenedDuty, cause: Option<&Entry>, opened_at: Timestamp) -> Self {
        Self {
            scope: cause.map(Entry::scope),
            debtors: opened.debtors.clone(),
            in_place_of: opened.in_place_of.clone(),
            inherited: 0,
            due: opened.due,
            opened,
            cause: cause.map(cause_of),
            opened_at,
            round: 0,
            reminded: 0,
            overdue_at: None,
            cannot_go_at: None,
            paused_since: None,
            stands: Standing::Open,
            ended: None,
            ended_by: None,
        }
    }

    /// Where it stands.
    #[must_use]
    pub const fn standing(&self) -> Standing {
        match (self.ended, self.paused_since) {
            (Some(how), _) => Standing::Ended(how),
            (None, Some(_)) => Standing::Paused,
            (None, None) => self.stands,
        }
    }

    /// Whether it is still owed.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.ended.is_none()
    }

    /// Whether it was overdue at any time, also if it was met since.
    #[must_use]
    pub const fn was_overdue(&self) -> bool {
        self.overdue_at.is_some()
    }

    /// How many steps of its chain were told since its due time was last set.
    #[must_use]
    pub const fn steps_told(&self) -> u32 {
        match self.stands {
            Standing::Escalated(told) => told,
            _ => 0,
        }
    }

    /// Whether the clock has steps to plan: not for one that ended or rests.
    #[must_use]
    pub const fn runs(&self) -> bool {
        self.is_open() && self.paused_since.is_none()
    }

    fn end(&mut self, how: Ended, by: &Entry) {
        if self.is_open() {
            self.ended = Some(how);
            self.paused_since = None;
            self.ended_by = Some((by.id, by.recorded_at));
        }
    }

    /// What ended it was taken back, so that it is owed again. While something else had closed it nobody could act: that
    /// time does not count.
    fn reopen(&mut self, end: EntryId, at: Timestamp) {
        let Some((_, ended_at)) = self.ended_by.filter(|(by, _)| *by == end) else { return };
        let was_closed = matches!(self.ended.take(), Some(Ended::Closed(_)));
        self.ended_by = None;
        if was_closed {
            self.paused_since = Some(ended_at);
            self.resume(at);
        }
    }

    /// Starts the clock anew with another due time.
    fn begin_round(&mut self, due: Timestamp, standing: Standing) {
        self.due = due;
        self.round += 1;
        self.reminded = 0;
        self.stands = standing;
    }

    fn step(&mut self, step: &DutyStep, by: &Entry) {
        if !self.is_open() {
            return;
        }
        // Neither belongs to a round, or waits for a patient to come home.
        match &step.step {
            StepDone::Closed(reason) => return self.end(Ended::Closed(*reason), by),
            StepDone::Met(_) => return self.end(Ended::Met, by),
            StepDone::Inherited { number, to } => return self.inherit(*number, to),
            _ => {}
        }
        if step.round != self.round || self.paused_since.is_some() {
            return;
        }
        match step.step {
            StepDone::Reminded(number) => self.reminded = self.reminded.max(number + 1),
            StepDone::Overdue => self.overdue(by.recorded_at),
            StepDone::Escalated { level, .. } => {
                self.overdue(by.recorded_at);
                let told = level + 1;
                if !matches!(self.stands, Standing::Escalated(before) if before >= told) {
                    self.stands = Standing::Escalated(told);
                }
            }
            StepDone::Opened(_) | StepDone::Closed(_) | StepDone::Met(_) | StepDone::Inherited { .. } => {}
        }
    }

    fn inherit(&mut self, number: u32, to: &[Debtor]) {
        if number != self.inherited {
            return;
        }
        self.inherited += 1;
        let gone = self.debtors.iter().map(|debtor| debtor.organisation);
        let gone = gone.filter(|gone| !to.iter().any(|heir| heir.organisation == *gone));
        let gone: Vec<OrganisationId> = gone.collect();
        self.in_place_of.retain(|known| !gone.contains(known));
        self.in_place_of.extend(gone);
        self.debtors = to.to_vec();
    }

    fn overdue(&mut self, at: Timestamp) {
        self.overdue_at.get_or_insert(at);
        if matches!(self.stands, Standing::Open | Standing::Snoozed) {
            self.stands = Standing::Overdue;
        }
    }

    fn answer(&mut self, answer: &Answer, by: &Entry) {
        if !self.is_open() {
            return;
        }
        match answer {
            Answer::Declined => self.end(Ended::Declined, by),
            Answer::Waived => self.end(Ended::Waived, by),
            // Asking for less time than there is changes nothing.
            Answer::Snoozed(until) if *until > self.due => self.begin_round(*until, Standing::Snoozed),
            Answer::Snoozed(_) => {}
            Answer::HandedOver(to) => {
                self.debtors.clone_from(to);
                self.in_place_of.clear();
            }
            // Due now, so that the chain is told at once. One that is late already is told of anyway.
            Answer::CannotGo if by.recorded_at < self.due => {
                self.cannot_go_at.get_or_insert(by.recorded_at);
                self.begin_round(by.recorded_at, Standing::Open);
            }
            Answer::CannotGo => {}
        }
    }

    fn pause(&mut self, at: Timestamp) {
        if self.is_open() && self.opened.terms.on_admission == OnAdmission::Pauses {
            self.paused_since.get_or_insert(at);
        }
    }

    /// The time away does not count. Business hours within it are not worked out again: it is moved as a whole.
    fn resume(&mut self, at: Timestamp) {
        let Some(since) = self.paused_since.take() else { return };
        let away = Duration::from_micros(u64::try_from(at.as_micros().saturating_sub(since.as_micros())).unwrap_or(0));
        // What was late before stays late; what was reminded of stays so.
        let (standing, reminded) = (self.stands, self.reminded);
        self.begin_round(self.due.saturating_add(away), standing);
        self.reminded = reminded;
    }
}

/// Whoever acknowledges or answers what was put right speaks of the entry that it puts right.
const fn cause_of(entry: &Entry) -> EntryId {
    match &entry.body {
        Body::Correction(correction) => correction.target,
        _ => entry.id,
    }
}

/// The duties of a timeline: all that are open, and the ended ones that ended last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Duties {
    pub(crate) all: BTreeMap<DutyId, Duty>,
    /// The patient is away, so that what is asked for from now on rests too.
    pub(crate) away_since: Option<Timestamp>,
}

impl Duties {
    /// A duty.
    #[must_use]
    pub fn find(&self, id: DutyId) -> Option<&Duty> {
        self.all.get(&id)
    }

    /// Every duty, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Duty> {
        self.all.values()
    }

    /// Those still owed.
    pub fn open(&self) -> impl Iterator<Item = &Duty> {
        self.all.values().filter(|duty| duty.is_open())
    }

    /// Those the clock has to plan for.
    pub fn running(&self) -> impl Iterator<Item = &Duty> {
        self.all.values().filter(|duty| duty.runs())
    }

    /// Takes the next entry of the timeline in.
    pub fn apply(&mut self, entry: &Entry) {
        for opened in entry.ruling.opened() {
            self.insert(opened, Some(entry), entry);
        }
        self.meet(entry.ruling.met(), entry);
        self.take(entry);
        if self.all.len() > limits::DUTIES_ENDED_KEPT_MAX {
            self.forget_long_ended();
        }
    }

    /// Opens a duty that an entry of the past caused, apart from the entry.
    pub(crate) fn open_past(&mut self, opened: &OpenedDuty, cause: &Entry) {
        self.insert(opened, Some(cause), cause);
    }

    /// Takes in what an entry of the past does to the duties of another course than its ruling tells of: under other rules
    /// it met these. Nothing is forgotten.
    pub(crate) fn relive(&mut self, entry: &Entry, met: &[DutyId]) {
        self.meet(met, entry);
        self.take(entry);
    }

    fn meet(&mut self, met: &[DutyId], by: &Entry) {
        for met in met {
            if let Some(duty) = self.all.get_mut(met) {
                duty.end(Ended::Met, by);
            }
        }
    }

    /// What an entry does to duties by what it says.
    fn take(&mut self, entry: &Entry) {
        match &entry.body {
            Body::DutyStep(step) => self.step(step, entry),
            Body::DutyAnswer(answer) => self.answer(answer, entry),
            Body::Admission(_) => {
                let ends = |duty: &Duty| duty.opened.terms.on_admission == OnAdmission::Closes;
                self.end_all(CloseReason::Admission, entry, ends);
                self.settle_stay(Stay::Admitted, entry.recorded_at);
            }
            Body::Discharge(_) => self.settle_stay(Stay::Home, entry.recorded_at),
            Body::Death(_) => {
                self.end_all(CloseReason::Death, entry, |duty| duty.opened.terms.on_death == OnDeath::Closes);
                self.settle_stay(Stay::Deceased, entry.recorded_at);
            }
            Body::Closing(_) => self.end_all(CloseReason::PageClosed, entry, |duty| duty.cause != Some(entry.id)),
            Body::Retraction(retraction) => {
                let cause = Some(retraction.target);
                self.end_all(CloseReason::CauseRetracted, entry, |duty| duty.cause == cause);
                self.all.values_mut().for_each(|duty| duty.reopen(retraction.target, entry.recorded_at));
            }
            _ => {}
        }
    }

    /// The duties that an entry, just taken in, opened, ended or changed.
    #[must_use]
    pub fn touched_by(&self, entry: &Entry) -> Vec<&Duty> {
        let named = entry.ruling.opened().iter().map(|opened| opened.id).chain(entry.ruling.met().iter().copied());
        let mut touched: Vec<DutyId> = named.collect();
        match &entry.body {
            Body::DutyStep(step) => touched.push(step.duty),
            Body::DutyAnswer(answer) => touched.push(answer.duty),
            Body::Admission(_) | Body::Discharge(_) | Body::Death(_) | Body::Closing(_) | Body::Retraction(_) => {
                let changed = |duty: &&Duty| duty.is_open() || duty.ended_by.is_some_and(|(by, _)| by == entry.id);
                touched.extend(self.iter().filter(changed).map(|duty| duty.opened.id));
            }
            _ => {}
        }
        touched.sort_unstable();
        touched.dedup();
        touched.into_iter().filter_map(|id| self.find(id)).collect()
    }

    /// Where the patient is, after that was said or taken back.
    pub(crate) fn settle_stay(&mut self, stay: Stay, at: Timestamp) {
        match stay {
            Stay::Admitted => {
                self.away_since.get_or_insert(at);
                self.all.values_mut().for_each(|duty| duty.pause(at));
            }
            Stay::Home | Stay::Deceased => {
                self.away_since = None;
                self.all.values_mut().for_each(|duty| duty.resume(at));
            }
        }
    }

    /// INVARIANT: the last duty of a standing rule, and with each other of a pair, stays, so that the same period is not asked for again.
    fn forget_long_ended(&mut self) {
        let mut last: HashMap<(&str, Option<OrganisationId>), (Timestamp, DutyId)> = HashMap::new();
        for duty in self.all.values().filter(|duty| duty.opened.standing) {
            let opened = (duty.opened_at, duty.opened.id);
            let newest = last.entry((rule_id(&duty.opened.rule), duty.opened.with)).or_insert(opened);
            *newest = opened.max(*newest);
        }
        let last: HashSet<DutyId> = last.into_values().map(|(_, id)| id).collect();
        let ended = self.all.values().filter(|duty| !last.contains(&duty.opened.id));
        let mut ended: Vec<_> = ended.filter_map(|duty| duty.ended_by.map(|(_, at)| (at, duty.opened.id))).collect();
        ended.sort_unstable();
        let surplus = ended.len().saturating_sub(limits::DUTIES_ENDED_KEPT_MAX);
        for (_, id) in &ended[..surplus] {
            self.all.remove(id);
        }
    }

    fn insert(&mut self, opened: &OpenedDuty, cause: Option<&Entry>, by: &Entry) {
        // The same cause and rule again is the same duty.
        let duty = self.all.entry(opened.id).or_insert_with(|| Duty::new(opened.clone(), cause, by.recorded_at));
        if self.away_since.is_some() {
            duty.pause(by.recorded_at);
        }
    }

    fn step(&mut self, step: &DutyStep, entry: &Entry) {
        if let StepDone::Opened(opened) = &step.step {
            self.insert(opened, None, entry);
        } else if let Some(duty) = self.all.get_mut(&step.duty) {
            duty.step(step, entry);
        }
    }

    fn answer(&mut self, answer: &DutyAnswer, entry: &Entry) {
        if let Some(duty) = self.all.get_mut(&answer.duty) {
            duty.answer(&answer.answer, entry);
        }
    }

    fn end_all(&mut self, reason: CloseReason, by: &Entry, which: impl Fn(&Duty) -> bool) {
        let ended = self.all.values_mut().filter(|duty| which(duty));
        ended.for_each(|duty| duty.end(Ended::Closed(reason), by));
    }
}

#[cfg(test)]
pub(crate) mod tests;
