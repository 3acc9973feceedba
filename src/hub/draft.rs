//! A batch between deciding and committing: what the journal is to write, and who is told what afterwards.

use std::collections::HashMap;
use std::sync::Arc;

use super::fanout::Publication;
use super::notices::{self, Concern};
use super::published::Published;
use super::waking;
use super::work::Outcome;
use crate::domain::ids::{OrganisationId, PatientId, TimelineId};
use crate::domain::state::PatientState;
use crate::domain::time::Timestamp;
use crate::store::{Batch, HeadUpdate, ProjectionChange};

/// One batch on its way to the committer.
#[derive(Debug, Default)]
pub struct Draft {
    /// Increasing number of the batch.
    pub number: u64,
    /// Drafts of an older generation build on a batch that failed.
    pub generation: u64,
    pub batch: Batch,
    pub outcomes: Vec<Outcome>,
    publications: Vec<Publication>,
    by_timeline: HashMap<TimelineId, usize>,
    heads: HashMap<TimelineId, usize>,
    /// The earliest moment at which a timeline of the batch falls due.
    pub falls_due: Option<Timestamp>,
    /// Records that are destroyed with the batch.
    pub destroyed: Vec<PatientId>,
    /// Entries that concern somebody, to be told once they are durable.
    pub(super) concerns: Vec<Concern>,
    /// Whether somebody may be woken by what concerns no duty.
    pub(super) may_wake: bool,
}

impl Draft {
    /// An empty draft.
    #[must_use]
    pub fn new(number: u64, generation: u64) -> Self {
        Self { number, generation, ..Self::default() }
    }

    fn publication(&mut self, timeline: TimelineId) -> &mut Publication {
        let at = *self.by_timeline.entry(timeline).or_insert_with(|| {
            self.publications.push(Publication { timeline, entries: Vec::new(), access: None, office: None });
            self.publications.len() - 1
        });
        &mut self.publications[at]
    }

    /// The timeline grew: one head update per timeline and batch, from where the batch found it.
    pub fn move_head(&mut self, head: HeadUpdate) {
        let at = *self.heads.entry(head.timeline).or_insert(self.batch.heads.len());
        match self.batch.heads.get_mut(at) {
            Some(known) => *known = HeadUpdate { expected: known.expected, ..head },
            None => self.batch.heads.push(head),
        }
    }

    /// When the timeline must be looked at by the duty clock, if ever.
    pub fn fall_due(&mut self, timeline: TimelineId, at: Option<Timestamp>) {
        self.batch.projections.push(ProjectionChange::Due { timeline, at });
        self.falls_due = self.falls_due.into_iter().chain(at).min();
    }

    /// The duty clock looks at every timeline on whose team the organisation is: it can owe nothing there, or owes again.
    pub fn fall_due_where_on_team(&mut self, organisation: OrganisationId, at: Timestamp) {
        self.batch.projections.push(ProjectionChange::DueWhereOnTeam { organisation, at });
        self.falls_due = self.falls_due.into_iter().chain(Some(at)).min();
    }

    /// The duty clock looks at the timelines of these organisations: what they owe each other may have been met.
    pub fn fall_due_of_offices(&mut self, organisations: Vec<OrganisationId>, at: Timestamp) {
        self.batch.projections.push(ProjectionChange::DueOfOffices { organisations, at });
        self.falls_due = self.falls_due.into_iter().chain(Some(at)).min();
    }

    /// Has those told, once it is durable, whom an entry concerns beyond its readers.
    pub(super) fn concern(&mut self, state: &PatientState, entry: &Arc<Published>) {
        if notices::concerns(&entry.entry) || self.may_wake && waking::may_wake(&entry.entry) {
            self.concerns.push(Concern { state: Arc::new(state.clone()), entry: Arc::clone(entry) });
        }
    }

    /// An entry to hand to its readers once it is durable.
    pub fn publish(&mut self, entry: Arc<Published>) {
        self.publication(entry.entry.timeline).entries.push(entry);
    }

    /// The batch changed who may see what of this timeline.
    pub fn change_access(&mut self, state: &PatientState) {
        self.publication(state.timeline).access = Some(Arc::new(state.clone()));
    }

    /// The batch told something of an organisation.
    pub fn change_office(&mut self, state: &PatientState) {
        if let Some(office) = &state.office {
            self.publication(state.timeline).office = Some(Arc::clone(office));
        }
    }

    /// What to publish, in order.
    #[must_use]
    pub fn take_publications(&mut self) -> Vec<Publication> {
        self.by_timeline.clear();
        std::mem::take(&mut self.publications)
    }
}
