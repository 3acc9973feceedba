//! A target in memory for the stories: folds what is accepted and refuses what a story tells it to.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use jiff::civil::{Date, date};
use uuid::Uuid;

use super::name_id::Name;
use super::target::{ImportTarget, KnownPatient, Reason, TargetError, Verdict};
use crate::domain::body::Body;
use crate::domain::directory::Actor;
use crate::domain::entry::{Entry, Intent};
use crate::domain::ids::{EntryId, OrganisationId, PersonId, TimelineId};
use crate::domain::patient::Identifier;
use crate::domain::role::{OrganisationType, Role};
use crate::domain::ruling::Ruling;
use crate::domain::state::PatientState;
use crate::domain::text::Text;
use crate::domain::time::Timestamp;

/// The day on which every story takes place.
pub const TODAY: Date = date(2026, 4, 1);

#[derive(Default, Clone)]
pub struct Records {
    pub entries: HashMap<EntryId, Intent>,
    pub timelines: BTreeMap<TimelineId, PatientState>,
}

/// A hub of one actor, without rules but for those a story sets.
pub struct MemoryTarget {
    pub records: Mutex<Records>,
    /// Refuses these intents.
    pub refuses: fn(&Intent) -> bool,
    /// Submissions left before it no longer answers.
    pub answers: Mutex<usize>,
    /// Run before each submission: what others do between deciding and writing.
    pub meanwhile: fn(&mut Records, &[Intent]),
}

impl Default for MemoryTarget {
    fn default() -> Self {
        Self { records: Mutex::default(), refuses: |_| false, answers: Mutex::new(usize::MAX), meanwhile: |_, _| {} }
    }
}

impl MemoryTarget {
    pub fn entries(&self) -> usize {
        self.records.lock().unwrap().entries.len()
    }

    pub fn state(&self, identifier: &Identifier) -> PatientState {
        self.records.lock().unwrap().find(identifier).expect("the patient is registered").clone()
    }

    fn judge_together(&self, records: &mut Records, group: &[Intent]) -> Vec<Verdict> {
        let before = records.clone();
        let mut verdicts: Vec<Verdict> = group.iter().map(|intent| self.judge(records, intent)).collect();
        let is_bad = |verdict: &Verdict| !matches!(verdict, Verdict::Accepted | Verdict::AlreadyThere);
        if verdicts.iter().any(is_bad) {
            *records = before;
            verdicts.iter_mut().filter(|verdict| !is_bad(verdict)).for_each(|verdict| *verdict = Verdict::HeldBack);
        }
        verdicts
    }

    fn judge(&self, records: &mut Records, intent: &Intent) -> Verdict {
        intent.check(TODAY).expect("an import hands over only what holds");
        match records.entries.get(&intent.id) {
            Some(known) if known == intent => return Verdict::AlreadyThere,
            Some(_) => return Verdict::Conflict,
            None => {}
        }
        let known = records.timelines.contains_key(&intent.timeline);
        let registers = matches!(intent.body, Body::Registration(_));
        if (self.refuses)(intent) || known == registers {
            let message = Text::fixed("この規則により受け付けません", "this rule refuses it");
            return Verdict::Refused(vec![Reason { rule: "story@1".to_owned(), message }]);
        }
        records.take(intent);
        Verdict::Accepted
    }
}

impl Records {
    pub fn find(&self, identifier: &Identifier) -> Option<&PatientState> {
        let has = |state: &&PatientState| {
            state.registration.as_ref().is_some_and(|registration| registration.identifiers.contains(identifier))
        };
        self.timelines.values().find(has)
    }

    pub fn take(&mut self, intent: &Intent) {
        let state = self.timelines.entry(intent.timeline).or_insert_with(|| PatientState::empty(intent.timeline));
        let nobody = Uuid::nil();
        state.apply(&Entry {
            id: intent.id,
            timeline: intent.timeline,
            seq: state.head.next(),
            device: None,
            author: Actor {
                person: PersonId(nobody),
                role: Role::Gateway,
                organisation: OrganisationId(nobody),
                organisation_type: OrganisationType::Clinic,
            },
            observed_at: intent.observed_at,
            // The morning of the day of every story.
            recorded_at: Timestamp::from_secs(1_775_003_400),
            sensitivity: intent.sensitivity,
            addressed_to: intent.addressed_to.clone(),
            body: intent.body.clone(),
            alarms: Vec::new(),
            target_scope: None,
            on_behalf: None,
            ruling: Ruling::default(),
        });
        self.entries.insert(intent.id, intent.clone());
    }
}

impl ImportTarget for MemoryTarget {
    async fn find_patient(&self, identifier: &Identifier) -> Result<Option<KnownPatient>, TargetError> {
        let records = self.records.lock().unwrap();
        let known = |state: &PatientState| KnownPatient {
            id: state.timeline.as_patient(),
            registration: Arc::clone(state.registration.as_ref().expect("found by its registration")),
            host: state.host(),
        };
        Ok(records.find(identifier).map(known))
    }

    async fn decide(&self, intents: &[Intent]) -> Result<Vec<Verdict>, TargetError> {
        let mut tentative = self.records.lock().unwrap().clone();
        Ok(intents.iter().map(|intent| self.judge(&mut tentative, intent)).collect())
    }

    async fn submit(&self, groups: Vec<Vec<Intent>>) -> Result<Vec<Verdict>, TargetError> {
        let mut answers = self.answers.lock().unwrap();
        *answers = answers.checked_sub(1).ok_or_else(|| TargetError("the line is dead".into()))?;
        let mut records = self.records.lock().unwrap();
        (self.meanwhile)(&mut records, &groups.concat());
        Ok(groups.iter().flat_map(|group| self.judge_together(&mut records, group)).collect())
    }

    fn id_of(&self, name: &Name) -> Uuid {
        Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes())
    }
}
