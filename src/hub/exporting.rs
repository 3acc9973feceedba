//! Whether a patient whom an export names withholds that records are taken out: the one thing that deciding asks of other
//! timelines. Noted by the sequencer before each export is decided. Of somebody whom the author may not know of it says
//! nothing, so that no refusal tells who is a patient.

use std::collections::HashMap;

use super::deciding::Picture;
use super::timelines::Timelines;
use super::view::View;
use crate::domain::body::Body;
use crate::domain::directory::Actor;
use crate::domain::entry::Intent;
use crate::domain::ids::{EntryId, PatientId};
use crate::domain::withheld::WithheldPurpose;
use crate::rulebook::Known;

/// By the export's id.
#[derive(Default)]
pub(super) struct ExportsWithheld {
    noted: HashMap<EntryId, Known<bool>>,
}

impl ExportsWithheld {
    /// What was noted of this export.
    pub(super) fn of(&self, intent: &Intent) -> Known<bool> {
        self.noted.get(&intent.id).copied().unwrap_or(Known::Unknown)
    }
}

/// The patients whom an export, or what puts one right, names.
pub(super) fn named(intent: &Intent) -> impl Iterator<Item = PatientId> + '_ {
    let named: &[PatientId] = match intent.body.corrected().unwrap_or(&intent.body) {
        Body::Export(export) => &export.patients,
        _ => &[],
    };
    named.iter().copied()
}

impl Picture {
    /// Notes it for a post, if it is an export.
    pub(super) fn note_withheld(
        &self,
        timelines: &Timelines,
        intent: &Intent,
        actor: &Actor,
        withheld: &mut ExportsWithheld,
    ) {
        if !matches!(intent.body.corrected().unwrap_or(&intent.body), Body::Export(_)) {
            return;
        }
        let of_one = |patient: PatientId| {
            // One that cannot be read may withhold it.
            let Some(hot) = timelines.find(patient.into()) else { return Known::Unknown };
            let knows = View::of(&hot.state, &self.rulebook, actor, self.now).is_some();
            Known::Is(knows && hot.state.withheld().has(WithheldPurpose::Export))
        };
        let all = named(intent).map(of_one).fold(Known::Is(false), |so_far, one| match (so_far, one) {
            (Known::Is(true), _) | (_, Known::Is(true)) => Known::Is(true),
            (Known::Unknown, _) | (_, Known::Unknown) => Known::Unknown,
            _ => Known::Is(false),
        });
        withheld.noted.insert(intent.id, all);
    }
}
