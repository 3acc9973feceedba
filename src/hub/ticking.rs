//! What falls due on a timeline becomes entries of the hub's own: planned on the state as it is decided, under ids that
//! derive from the step, so that a firing happens once whoever fires it. The clock asks for it; see `duty_clock.rs`.

use std::sync::Arc;
use std::time::Duration;

use super::deciding::Picture;
use super::draft::Draft;
use super::fingerprint;
use super::ledger::Ledger;
use super::timelines::Hot;
use super::work::{Outcome, Tick};
use crate::domain::body::Body;
use crate::domain::directory::Actor;
use crate::domain::duty::{DutyStep, StepDone};
use crate::domain::entry::{Intent, Sensitivity};
use crate::domain::ids::{EntryId, TimelineId};
use crate::domain::ruling::Ruling;
use crate::domain::time::Timestamp;
use crate::limits;
use crate::rulebook::{Acceptance, Looked, Partner, Shared, ends_views};

impl Picture {
    /// Writes what is due on the timeline, and when it must be looked at again.
    pub fn tick(&self, draft: &mut Draft, hot: &mut Hot, mut tick: Box<Tick>, ledger: &mut Ledger) -> Outcome {
        // The answer to an earlier commit was lost, and it is stored: nobody was told of these yet.
        for id in std::mem::take(&mut tick.fired) {
            if let Some(entry) = ledger.stored(id) {
                draft.concern(&hot.state, entry);
                draft.publish(Arc::clone(entry));
            }
        }
        if hot.exists {
            self.fire_all(draft, hot, &mut tick, ledger);
            if ends_views(&hot.state, self.now) {
                draft.change_access(&hot.state);
            }
            let next = self.next_due(hot, tick.partners.as_deref()).map(|at| match tick.fired.as_slice() {
                // A step that cannot be taken must not keep the clock from everything else.
                [] if at <= self.now => self.now.saturating_add(Duration::from_secs(limits::DUTY_STUCK_LOOK_S)),
                _ => at,
            });
            // Written whatever is remembered: a rebuild beside this hub may have changed the row.
            hot.due = None;
            note_due(draft, hot, next);
        }
        Outcome::Ticked(tick)
    }

    fn fire_all(&self, draft: &mut Draft, hot: &mut Hot, tick: &mut Tick, ledger: &mut Ledger) {
        loop {
            let before = tick.fired.len();
            for step in self.steps_due(hot, tick.partners.as_deref()) {
                if tick.fired.len() >= limits::DUTY_STEPS_PER_TICK_MAX {
                    return;
                }
                tick.fired.extend(self.fire(draft, hot, step, ledger));
            }
            // What was taken may have brought more: a duty opened late is overdue at once.
            if tick.fired.len() == before {
                return;
            }
        }
    }

    /// The ids of the entries that are due, to be looked up before they are made.
    pub(super) fn ids_due(&self, hot: &mut Hot, tick: &Tick) -> Vec<EntryId> {
        let timeline = hot.state.timeline;
        self.steps_due(hot, tick.partners.as_deref()).iter().map(|step| self.id_of(timeline, step)).collect()
    }

    fn steps_due(&self, hot: &mut Hot, shared: Option<&[Shared]>) -> Vec<DutyStep> {
        let (around, partners) = (hot.nearby.around(&hot.state, self), self.partners(shared));
        let looked = Looked::at(self.now, &hot.state, &around, &self.rulebook, &self.calendar);
        looked.among(partners.as_deref()).steps_due()
    }

    fn next_due(&self, hot: &mut Hot, shared: Option<&[Shared]>) -> Option<Timestamp> {
        let (around, partners) = (hot.nearby.around(&hot.state, self), self.partners(shared));
        let looked = Looked::at(self.now, &hot.state, &around, &self.rulebook, &self.calendar);
        looked.among(partners.as_deref()).next_due()
    }

    fn partners(&self, shared: Option<&[Shared]>) -> Option<Vec<Partner>> {
        shared.map(|shared| Partner::of(shared, &self.directory, &self.offices, self.today))
    }

    /// Notes when the timeline falls due, after an entry that may have brought that forward.
    pub(super) fn plan_again(&self, draft: &mut Draft, hot: &mut Hot) {
        let next = self.next_due(hot, None);
        note_due(draft, hot, next);
    }

    fn id_of(&self, timeline: TimelineId, step: &DutyStep) -> EntryId {
        EntryId(self.key.derive_id(&[b"duty", timeline.0.as_bytes(), step.name().as_bytes()]))
    }

    fn fire(&self, draft: &mut Draft, hot: &mut Hot, step: DutyStep, ledger: &mut Ledger) -> Option<EntryId> {
        let id = self.id_of(hot.state.timeline, &step);
        if ledger.is_known(id) {
            return None;
        }
        let duty = hot.state.duties.find(step.duty);
        let (rule, target_scope) = match (&step.step, duty) {
            (StepDone::Opened(opened), _) => (opened.rule.clone(), None),
            (_, Some(duty)) => (duty.opened.rule.clone(), duty.scope.clone()),
            (_, None) => return None,
        };
        let intent = Intent {
            id,
            timeline: hot.state.timeline,
            observed_at: None,
            sensitivity: Sensitivity::Normal,
            addressed_to: Vec::new(),
            body: Body::DutyStep(Box::new(step)),
            reasons: Vec::new(),
            on_behalf_of: None,
        };
        let ruling = Ruling { cited: vec![rule], ..Ruling::default() };
        let acceptance = Acceptance { ruling, alarms: Vec::new(), target_scope };
        let mac = fingerprint(&self.key, &intent, &Actor::HUB);
        let entry = self.entry(&hot.state, &intent, &Actor::HUB, acceptance);
        self.record(draft, hot, entry, mac, ledger);
        Some(id)
    }
}

fn note_due(draft: &mut Draft, hot: &mut Hot, at: Option<Timestamp>) {
    if hot.due != Some(at) {
        hot.due = Some(at);
        draft.fall_due(hot.state.timeline, at);
    }
}
