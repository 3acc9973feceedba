//! What the duty clock does next on a patient's timeline, and when it must look at it again: the running duties
//! (`due`), what the state asks by itself (`due_standing`), and whatever else falls due there. Pure; asked by the hub.

use super::book::Rulebook;
use super::due;
use super::due_standing::Looked;
use crate::domain::body::Body;
use crate::domain::duties::Duty;
use crate::domain::duty::{DutyStep, StepDone};
use crate::domain::entry::Entry;
use crate::domain::kind::Kind;
use crate::domain::state::PatientState;
use crate::domain::time::Timestamp;
use crate::limits;

impl Looked<'_> {
    /// The steps whose time has come, in order. Once their entries are applied more may be due: a duty opened late is
    /// overdue at once. None of them comes twice.
    #[must_use]
    pub fn steps_due(&self) -> Vec<DutyStep> {
        let now = self.now;
        let implied = self.implied();
        let closings = self.closings(&implied);
        if !closings.is_empty() {
            return closings;
        }
        let successions = self.successions();
        if !successions.is_empty() {
            return successions;
        }
        let running = self.running().flat_map(|duty| {
            due::steps_due(duty, self.calendar, now).into_iter().map(|mut step| {
                if let StepDone::Escalated { told, .. } = &mut step.step {
                    *told = self.told_now(std::mem::take(told));
                }
                step
            })
        });
        let asked = self.asked(&implied);
        let opening = asked.iter().filter(|asked| asked.opens_at <= now);
        running.chain(opening.map(|asked| self.opening(asked))).collect()
    }

    /// When the timeline must be looked at again if nothing is written to it. `None`: never.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        // Whoever is on the team may change without anybody writing so here.
        let again = self.now.saturating_add(std::time::Duration::from_secs(limits::STANDING_LOOK_S));
        let soon = self.now.saturating_add(std::time::Duration::from_millis(limits::DUTY_LOOK_AFTER_CHANGE_MS));
        let again = self.may_ask().then_some(if self.lacks_partners() { soon } else { again });
        self.next_planned().into_iter().chain(again).chain(others_due(self.state, self.now)).min()
    }

    /// When the rules next ask for something if nothing is written and the team stays as it is.
    pub(super) fn next_planned(&self) -> Option<Timestamp> {
        let implied = self.implied();
        if !self.closings(&implied).is_empty() || !self.successions().is_empty() {
            return Some(self.now);
        }
        let steps = self.running().filter_map(|duty| due::next_step(duty, self.calendar));
        let openings = self.asked(&implied).into_iter().map(|asked| asked.opens_at);
        // An instruction runs out and an infection is over without anybody writing so.
        steps.chain(openings).chain(self.turns_at()).min()
    }

    fn running(&self) -> impl Iterator<Item = &Duty> {
        self.state.duties.running()
    }
}

/// What else falls due on a timeline by itself, after `now`. A timeline that is looked at has its readers' views judged
/// again, so that whatever ends by time alone joins here.
fn others_due(state: &PatientState, now: Timestamp) -> impl Iterator<Item = Timestamp> {
    state.accesses.as_slice().iter().map(|access| access.until).filter(move |until| *until > now)
}

/// Whether readers' views may have changed by time alone.
#[must_use]
pub fn ends_views(state: &PatientState, now: Timestamp) -> bool {
    state.accesses.as_slice().iter().any(|access| access.until <= now)
}

impl Rulebook {
    /// Whether this entry may make the timeline fall due earlier than was worked out before. What only puts it off, such
    /// as a fresh record, may not: the clock then looks once too early and finds nothing to do.
    #[must_use]
    pub fn moves_the_clock(&self, entry: &Entry) -> bool {
        entry.ruling.consequences.is_some() || self.moves_standing(entry)
    }

    /// The same of what it says, whatever its ruling opened and met.
    pub(super) fn moves_standing(&self, entry: &Entry) -> bool {
        const ALWAYS: u64 = set(&[
            Kind::Registration,
            Kind::Consent,
            Kind::TeamLink,
            Kind::TeamUnlink,
            Kind::HostChange,
            Kind::Closing,
            Kind::Admission,
            Kind::Discharge,
            Kind::Death,
            Kind::EmergencyAccess,
            Kind::Retraction,
            Kind::DutyStep,
            Kind::DutyAnswer,
        ]);
        let kind = match &entry.body {
            Body::Correction(correction) => correction.body.kind(),
            body => body.kind(),
        };
        kind.is_of_an_organisation() || (ALWAYS | self.standing.moved_by()) >> kind.index() & 1 == 1
    }
}

const fn set(kinds: &[Kind]) -> u64 {
    let (mut set, mut at) = (0, 0);
    while at < kinds.len() {
        set |= 1 << kinds[at].index();
        at += 1;
    }
    set
}
