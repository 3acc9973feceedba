//! Which organisations met about a patient, and when: joint visits and conferences that took place. Part of the course;
//! counted by pairs in the compliance view, never shown of one pair.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::body::{Body, MeetingState};
use crate::domain::ids::{OrganisationId, Seq};
use crate::domain::standing::Standing;
use crate::domain::time::Timestamp;
use crate::limits;

/// Two organisations, the lower id first.
pub type Pair = (OrganisationId, OrganisationId);

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meetings {
    /// When the two met, by the entries that say so.
    pub pairs: BTreeMap<Pair, Standing<Seq, Timestamp>>,
}

impl Meetings {
    /// When each pair met last, as far as is remembered.
    pub fn last(&self) -> impl Iterator<Item = (Pair, Timestamp)> + '_ {
        self.pairs.iter().filter_map(|(pair, kept)| Some((*pair, kept.kept().iter().map(|(_, at)| *at).max()?)))
    }

    /// Takes an entry in. Whoever writes of a meeting was there; nobody met later than it was recorded.
    pub(super) fn take(&mut self, body: &Body, seq: Seq, author: OrganisationId, recorded_at: Timestamp) {
        let (state, at, named): (_, _, Vec<OrganisationId>) = match body {
            Body::JointVisit(visit) => (visit.state, visit.at, visit.organisations.clone()),
            Body::Conference(held) => {
                let attended = held.attendees.iter().filter_map(|attendee| attendee.organisation);
                (held.state, held.held_at, held.organisations.iter().copied().chain(attended).collect())
            }
            _ => return,
        };
        if state != MeetingState::Held {
            return;
        }
        let at = at.map_or(recorded_at, |at| at.min(recorded_at));
        let there: BTreeSet<OrganisationId> = std::iter::once(author).chain(named).collect();
        let there: Vec<OrganisationId> = there.into_iter().take(limits::MEETING_ORGANISATIONS_MAX).collect();
        for (place, one) in there.iter().enumerate() {
            for other in &there[place + 1..] {
                let kept = self.pairs.entry((*one, *other)).or_default();
                kept.put(seq, at, limits::SAYINGS_STANDING_MAX);
            }
        }
    }

    /// The entry at `seq` was taken back, or says something else now.
    pub(super) fn take_back(&mut self, seq: Seq) {
        self.pairs.values_mut().for_each(|kept| kept.take_back(|at| at == seq));
        self.pairs.retain(|_, kept| !kept.kept().is_empty() || kept.dropped().is_some());
    }
}
