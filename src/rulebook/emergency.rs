//! Whether somebody may declare emergency access at all, whoever the patient is: asked before an emergency search, so
//! that only those look for other people's patients who could act on what they find.

use super::Rulebook;
use super::facts::PostFacts;
use super::judge::Verdict;
use super::situation;
use crate::domain::body::{Body, EmergencyAccess};
use crate::domain::directory::Actor;
use crate::domain::entry::{Intent, Sensitivity};
use crate::domain::ids::{EntryId, TimelineId};
use crate::domain::kind::Kind;
use crate::domain::ruling::Ruling;
use crate::domain::state::PatientState;
use crate::domain::time::Timestamp;

impl Rulebook {
    /// The refusal of a declaration by this actor in front of a patient of others, if the rules refuse it; with a post
    /// that has it explained.
    #[must_use]
    pub fn refuses_emergency_access(&self, actor: &Actor, now: Timestamp) -> Option<(Intent, Ruling)> {
        let (id, timeline) = (EntryId(uuid::Uuid::nil()), TimelineId(uuid::Uuid::nil()));
        let body = Body::EmergencyAccess(EmergencyAccess::default());
        let (sensitivity, addressed_to) = (Sensitivity::Normal, Vec::new());
        let (observed_at, reasons, on_behalf_of) = (None, Vec::new(), None);
        let intent = Intent { id, timeline, observed_at, sensitivity, addressed_to, body, reasons, on_behalf_of };
        let mut viewer = situation::viewer(&PatientState::empty(timeline), actor, now);
        viewer.patient.registered = true.into();
        let record = situation::record(&intent, actor, None, now);
        let slots = self.slots_of_post(&PostFacts { viewer, kind: Kind::EmergencyAccess, record });
        let (_, judgement) = self.judge_body(&intent.body, &slots);
        let refused = judgement.verdict != Verdict::Permit;
        refused.then(|| (intent, self.ruling(&judgement, &slots)))
    }
}
