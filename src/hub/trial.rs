//! Deciding without doing: posts tried one after the other on a copy of a state, each as if the accepted ones before it
//! had happened. For groups that must all be accepted, and for rehearsing an import.

use std::collections::HashMap;

use super::deciding::{Fetched, Picture};
use super::exporting::ExportsWithheld;
use super::files::Files;
use super::nearby::Nearby;
use super::published::Published;
use super::work::Origin;
use crate::codec;
use crate::domain::directory::Actor;
use crate::domain::entry::Intent;
use crate::domain::ids::EntryId;
use crate::domain::ruling::Ruling;
use crate::domain::state::PatientState;
use crate::rulebook::{Acceptance, Decision, Refusal};

/// A state that only this trial moves.
pub(super) struct Trial<'p> {
    picture: &'p Picture,
    state: PatientState,
    files: &'p Files,
    withheld: &'p ExportsWithheld,
    nearby: Nearby,
    /// What was accepted here, for posts that point back at it.
    accepted: HashMap<EntryId, Published>,
}

/// Why a post would not become an entry.
#[derive(Debug)]
pub(super) enum Obstacle {
    Refused(Refusal),
    /// It would wait in the linking queue.
    Waits(Ruling),
}

impl<'p> Trial<'p> {
    pub(super) fn new(
        picture: &'p Picture,
        state: PatientState,
        files: &'p Files,
        withheld: &'p ExportsWithheld,
    ) -> Self {
        Self { picture, state, files, withheld, nearby: Nearby::default(), accepted: HashMap::new() }
    }

    /// Whether this id was accepted here before.
    pub(super) fn has(&self, id: EntryId) -> bool {
        self.accepted.contains_key(&id)
    }

    /// Decides a post. `stored`: the entries it names, as the journal has them.
    pub(super) fn post<'f>(
        &mut self,
        intent: &Intent,
        actor: &Actor,
        origin: Origin,
        stored: &dyn Fn(EntryId) -> Option<&'f Published>,
    ) -> Result<Acceptance, Obstacle> {
        let around = self.nearby.around(&self.state, self.picture);
        let accepted = &self.accepted;
        let find = |id| accepted.get(&id).or_else(|| stored(id));
        let fetched = Fetched { entry: &find, files: self.files, withheld: self.withheld };
        match self.picture.decide(&self.state, &around, intent, actor, origin, fetched) {
            Decision::Accept(acceptance) => {
                let entry = self.picture.entry(&self.state, intent, actor, acceptance.clone());
                self.state.apply(&entry);
                let content = codec::encode_content(&entry);
                self.accepted.insert(entry.id, Published::new(entry, content));
                Ok(acceptance)
            }
            Decision::Refuse(refusal) => Err(Obstacle::Refused(refusal)),
            Decision::Queue(ruling) => Err(Obstacle::Waits(ruling)),
        }
    }
}
