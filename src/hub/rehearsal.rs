//! "What would become of all of these?": a list of posts decided one after the other, each as if the accepted ones
//! before it had been written. Asked by imports, which write all of a file or nothing.
//!
//! Decided on what the journal holds, without the sequencer: posts of others that commit meanwhile are not seen.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;

use super::answer::Refused;
use super::exporting::ExportsWithheld;
use super::files::Files;
use super::published::Published;
use super::trial::{Obstacle, Trial};
use super::work::Origin;
use super::{Hub, fingerprint};
use crate::domain::directory::Actor;
use crate::domain::entry::Intent;
use crate::domain::ids::{EntryId, TimelineId};
use crate::domain::state::PatientState;
use crate::store::StoreError;
use crate::vault::Mac;

/// What would become of a post.
#[derive(Clone, Debug, PartialEq)]
pub enum Rehearsed {
    Accepted,
    /// The same post was accepted before.
    AlreadyThere,
    Refused(Refused),
    /// It would wait in the linking queue, for these reasons.
    Queued(Refused),
}

impl Hub {
    /// Decides these posts in order without writing anything. One verdict per intent.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn rehearse(&self, actor: Actor, intents: &[Intent]) -> Result<Vec<Rehearsed>, StoreError> {
        let region = self.journal().region();
        let mac_of = |intent: &Intent| fingerprint(region, intent, &actor);
        let mut known = self.known(intents).await?;
        let targets = self.targets(intents).await?;
        let files = Files::fetch(self.journal(), intents.iter()).await?;
        // Nothing that is rehearsed takes records out.
        let withheld = ExportsWithheld::default();
        let picture = self.region().picture();
        let mut trials: HashMap<TimelineId, Trial<'_>> = HashMap::new();
        let mut verdicts = Vec::with_capacity(intents.len());
        for intent in intents {
            if let Some(mac) = known.get(&intent.id) {
                let same = *mac == mac_of(intent);
                let conflict = || Rehearsed::Refused(Refused::conflict(intent.id));
                verdicts.push(if same { Rehearsed::AlreadyThere } else { conflict() });
                continue;
            }
            let trial = match trials.entry(intent.timeline) {
                Slot::Occupied(known) => known.into_mut(),
                Slot::Vacant(free) => {
                    let state = self.state_of(intent.timeline).await?;
                    free.insert(Trial::new(&picture, state, &files, &withheld))
                }
            };
            verdicts.push(match trial.post(intent, &actor, Origin::Action, &|id| targets.get(&id)) {
                Ok(_) => {
                    known.insert(intent.id, mac_of(intent));
                    Rehearsed::Accepted
                }
                Err(Obstacle::Refused(refusal)) => Rehearsed::Refused(picture.explain(intent, refusal)),
                Err(Obstacle::Waits(ruling)) => Rehearsed::Queued(picture.explain_waiting(intent, ruling)),
            });
        }
        Ok(verdicts)
    }

    async fn known(&self, intents: &[Intent]) -> Result<HashMap<EntryId, Mac>, StoreError> {
        let ids: Vec<EntryId> = intents.iter().map(|intent| intent.id).collect();
        let known = self.journal().find_known_ids(&ids).await?;
        Ok(known.into_iter().map(|known| (known.id, known.mac)).collect())
    }

    async fn targets(&self, intents: &[Intent]) -> Result<HashMap<EntryId, Published>, StoreError> {
        let mut targets = HashMap::new();
        for target in intents.iter().flat_map(|intent| intent.body.names()) {
            if let Some(entry) = self.journal().find_entry(target).await? {
                targets.insert(target, Published::of_stored(entry));
            }
        }
        Ok(targets)
    }

    /// The state of a timeline as the journal has it; empty for one that is not there.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn state_of(&self, timeline: TimelineId) -> Result<PatientState, StoreError> {
        let loaded = self.journal().load(timeline).await?;
        let unborn = || PatientState::empty_of(self.region().directory().subject_of(timeline), timeline);
        Ok(loaded.map_or_else(unborn, |loaded| loaded.state))
    }
}
