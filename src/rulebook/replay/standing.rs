//! The standing duties of a timeline's past: its state is folded once, and beside it a ledger for each version, on which
//! the duty clock's own plan is carried out as if the clock had run under that version all along.
//!
//! What people wrote is as it was; which standing duties it met is asked anew. The directory is today's.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::Duration;

use super::Ground;
use super::course::Became;
use super::report::DutyCount;
use crate::domain::body::Body;
use crate::domain::directory::Actor;
use crate::domain::duties::{Duties, Duty, Ended, Standing};
use crate::domain::duty::{DutyId, DutyStep, StepDone};
use crate::domain::entry::{Entry, Sensitivity};
use crate::domain::ids::{EntryId, Seq, TimelineId};
use crate::domain::ruling::{Ruling, rule_id};
use crate::domain::state::{PatientState, Stay};
use crate::domain::time::Timestamp;
use crate::limits;
use crate::rulebook::book::Rulebook;
use crate::rulebook::consequences::met_by;
use crate::rulebook::due_standing::Looked;
use crate::rulebook::duty::Act;
use crate::rulebook::surroundings::Surroundings;

/// By rule.
pub(super) type Counts = BTreeMap<String, DutyCount>;

/// A timeline on its way from its first entry to now.
struct Line<'a> {
    ground: &'a Ground<'a>,
    state: PatientState,
    around: Surroundings,
}

/// What one version asks for along the way.
struct Walk<'a> {
    book: &'a Rulebook,
    duties: Duties,
    /// When the clock would look next.
    next: Option<Timestamp>,
    /// Names of the steps taken: none of them comes twice.
    taken: HashSet<String>,
    escalated: BTreeSet<DutyId>,
}

/// What became of the standing duties that each of these versions opened from `since` on, in their order.
pub(super) fn counts<const N: usize>(
    entries: &[Entry],
    books: [&Rulebook; N],
    ground: &Ground<'_>,
    (since, until): (Timestamp, Timestamp),
) -> [Counts; N] {
    let mut walks = books.map(Walk::new);
    let Some(timeline) = entries.first().map(|entry| entry.timeline) else { return walks.map(|_| Counts::new()) };
    let state = PatientState::empty_of(ground.directory.subject_of(timeline), timeline);
    let mut line = Line { ground, around: ground.around(&state, Timestamp::EPOCH), state };
    for entry in entries {
        walks.iter_mut().for_each(|walk| walk.pass(&mut line, |at| at < entry.recorded_at));
        let moved = line.take(entry);
        walks.iter_mut().for_each(|walk| walk.take(&mut line, entry, moved));
    }
    walks.iter_mut().for_each(|walk| walk.pass(&mut line, |at| at <= until));
    walks.map(|walk| walk.counts(since))
}

impl Ground<'_> {
    fn around(&self, state: &PatientState, at: Timestamp) -> Surroundings {
        Surroundings::of(state, self.directory, self.offices, self.calendar.date_at(at))
    }
}

impl Line<'_> {
    /// The next entry, as the state has it. Where the patient is now, if a record taken back changed that.
    fn take(&mut self, entry: &Entry) -> Option<Stay> {
        let epoch = self.state.access_epoch;
        let moved = self.state.apply_apart(entry);
        if self.state.access_epoch != epoch {
            self.around = self.ground.around(&self.state, entry.recorded_at);
        }
        moved
    }

    fn looked<'l>(&'l self, book: &'l Rulebook, now: Timestamp) -> Looked<'l> {
        Looked::at(now, &self.state, &self.around, book, self.ground.calendar)
    }
}

impl<'a> Walk<'a> {
    fn new(book: &'a Rulebook) -> Self {
        let (taken, escalated) = (HashSet::new(), BTreeSet::new());
        Self { book, duties: Duties::default(), next: None, taken, escalated }
    }

    /// Time passes, as far as `is_before` says, and the clock does what falls due.
    fn pass(&mut self, line: &mut Line<'_>, is_before: impl Fn(Timestamp) -> bool) {
        while let Some(at) = self.next.filter(|at| is_before(*at)) {
            self.look(line, at);
        }
    }

    /// The next entry of the timeline, which the state has taken in.
    fn take(&mut self, line: &mut Line<'_>, entry: &Entry, moved: Option<Stay>) {
        // What the clock wrote then it writes here by itself.
        if matches!(entry.body, Body::DutyStep(_)) {
            return;
        }
        let met = met_by(&line.state, &self.duties, &Act::of(&entry.author, &entry.body));
        self.duties.relive(entry, &met);
        if let Some(stay) = moved {
            self.duties.settle_stay(stay, entry.recorded_at);
        }
        if !met.is_empty() || self.book.moves_standing(entry) {
            self.plan(line, entry.recorded_at);
        }
    }

    /// The clock looks, and does what is due.
    fn look(&mut self, line: &mut Line<'_>, now: Timestamp) {
        std::mem::swap(&mut line.state.duties, &mut self.duties);
        let before = self.taken.len();
        loop {
            let taken = self.taken.len();
            for step in line.looked(self.book, now).steps_due() {
                if self.taken.len() - before < limits::DUTY_STEPS_PER_TICK_MAX && self.taken.insert(step.name()) {
                    if let StepDone::Escalated { .. } = step.step {
                        self.escalated.insert(step.duty);
                    }
                    let place = (line.state.timeline, line.state.head);
                    line.state.duties.relive(&entry_of(step, place, now), &[]);
                }
            }
            // What was taken may have brought more: a duty opened late is overdue at once.
            if self.taken.len() == taken {
                break;
            }
        }
        std::mem::swap(&mut line.state.duties, &mut self.duties);
        self.plan(line, now);
        // A step that cannot be taken must not keep the clock from everything else.
        if self.taken.len() == before && self.next.is_some_and(|next| next <= now) {
            self.next = Some(now.saturating_add(Duration::from_secs(limits::DUTY_STUCK_LOOK_S)));
        }
    }

    fn plan(&mut self, line: &mut Line<'_>, now: Timestamp) {
        std::mem::swap(&mut line.state.duties, &mut self.duties);
        self.next = line.looked(self.book, now).next_planned().map(|at| at.max(now));
        std::mem::swap(&mut line.state.duties, &mut self.duties);
    }

    fn counts(&self, since: Timestamp) -> Counts {
        let mut counts = Counts::new();
        for duty in self.duties.iter().filter(|duty| duty.opened_at >= since) {
            let rule = rule_id(&duty.opened.rule).to_owned();
            counts.entry(rule).or_default().add(duty.opened.confirmed, self.became(duty));
        }
        counts
    }

    fn became(&self, duty: &Duty) -> Became {
        match duty.standing() {
            _ if duty.was_overdue() => Became::Late(u32::from(self.escalated.contains(&duty.opened.id))),
            Standing::Ended(Ended::Met) => Became::InTime,
            Standing::Ended(_) => Became::Ended,
            _ => Became::Undetermined,
        }
    }
}

/// As the hub writes a step of its clock.
pub(super) fn entry_of(step: DutyStep, (timeline, seq): (TimelineId, Seq), now: Timestamp) -> Entry {
    Entry {
        id: EntryId(uuid::Uuid::nil()),
        timeline,
        seq,
        device: None,
        author: Actor::HUB,
        observed_at: None,
        recorded_at: now,
        sensitivity: Sensitivity::Normal,
        addressed_to: Vec::new(),
        body: Body::DutyStep(Box::new(step)),
        alarms: Vec::new(),
        target_scope: None,
        on_behalf: None,
        ruling: Ruling::default(),
    }
}
