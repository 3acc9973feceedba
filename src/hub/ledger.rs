//! What the sequencer knows of ids while it decides: which are entries and how they were answered, which wait in the
//! linking queue or were dismissed from it, the entries and the files that posts name.
//!
//! Runs ahead of the journal by the batches that are still committing, as the states in `timelines.rs` do, and is
//! forgotten with them when one of those fails.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::answer::{Accepted, Answer, Refused};
use super::exporting::ExportsWithheld;
use super::files::Files;
use super::published::Published;
use super::unread;
use super::work::{Origin, Submission, Work};
use crate::domain::directory::Actor;
use crate::domain::ids::{EntryId, PersonId, TimelineId};
use crate::vault::Mac;

/// See the module.
#[derive(Default)]
pub(super) struct Ledger {
    batch: u64,
    /// Entries of batches that have not committed yet.
    in_flight: HashMap<EntryId, InFlight>,
    /// Everything that waits in the linking queue, once it was asked for.
    waiting: Option<HashMap<EntryId, Waits>>,
    /// What the journal said for this batch.
    fetched: Fetched,
}

struct InFlight {
    mac: Mac,
    answer: Accepted,
    entry: Arc<Published>,
    batch: u64,
}

/// A post in the linking queue.
#[derive(Clone, Copy)]
pub(super) struct Waits {
    pub author: PersonId,
    pub mac: Mac,
}

/// An id under which an entry is stored.
pub(super) struct Known {
    pub mac: Mac,
    pub first: Option<Arc<Published>>,
}

#[derive(Default)]
struct Fetched {
    known: HashMap<EntryId, Known>,
    targets: HashMap<EntryId, Arc<Published>>,
    dismissed: HashSet<EntryId>,
    files: Files,
    withheld: ExportsWithheld,
    can_sign_in: HashSet<PersonId>,
    missed_timelines: HashSet<TimelineId>,
    missed_entries: HashSet<EntryId>,
    /// Who asks of a missed timeline, and knows nothing of it.
    strangers: HashSet<(Actor, TimelineId)>,
}

/// Before a batch is decided: what the journal says.
impl Ledger {
    pub(super) fn begin_batch(&mut self, batch: u64, done: u64) {
        self.batch = batch;
        self.in_flight.retain(|_, flight| flight.batch > done);
        self.fetched = Fetched::default();
    }

    /// A batch failed: what was noted since may not be so.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    pub(super) const fn knows_who_waits(&self) -> bool {
        self.waiting.is_some()
    }

    pub(super) fn wait(&mut self, waiting: impl Iterator<Item = (EntryId, Waits)>) {
        self.waiting = Some(waiting.collect());
    }

    pub(super) fn know(&mut self, id: EntryId, known: Known) {
        self.fetched.known.insert(id, known);
    }

    pub(super) fn find(&mut self, target: Published) {
        self.fetched.targets.insert(target.entry.id, Arc::new(target));
    }

    pub(super) fn name_files(&mut self, files: Files) {
        self.fetched.files = files;
    }

    pub(super) fn know_who_can_sign_in(&mut self, people: HashSet<PersonId>) {
        self.fetched.can_sign_in = people;
    }

    pub(super) fn dismiss_known(&mut self, id: EntryId) {
        self.fetched.dismissed.insert(id);
    }

    pub(super) fn miss_timeline(&mut self, timeline: TimelineId) {
        self.fetched.missed_timelines.insert(timeline);
    }

    pub(super) fn misses(&self, timeline: TimelineId) -> bool {
        self.fetched.missed_timelines.contains(&timeline)
    }

    pub(super) fn note_stranger(&mut self, actor: Actor, timeline: TimelineId) {
        self.fetched.strangers.insert((actor, timeline));
    }

    pub(super) fn miss_entry(&mut self, entry: EntryId) {
        self.fetched.missed_entries.insert(entry);
    }

    /// Whether this id is an entry or waits already.
    pub(super) fn is_known(&self, id: EntryId) -> bool {
        self.in_flight.contains_key(&id) || self.fetched.known.contains_key(&id) || self.waits(id).is_some()
    }
}

/// While it is decided.
impl Ledger {
    /// Whether what deciding needs is there but cannot be read.
    pub(super) fn lacks_what_it_needs(&self, work: &Work) -> bool {
        let Fetched { missed_timelines, missed_entries, .. } = &self.fetched;
        if missed_timelines.is_empty() && missed_entries.is_empty() {
            return false;
        }
        work.timeline().is_some_and(|timeline| self.misses(timeline)) || self.lacks_entries(work)
    }

    fn lacks_entries(&self, work: &Work) -> bool {
        let is_missed = |id: EntryId| self.fetched.missed_entries.contains(&id);
        work.posts().iter().any(|submission| is_missed(submission.intent.id)) || work.targets().any(is_missed)
    }

    /// Whether all that is lacking is a timeline of which whoever asks knows nothing.
    pub(super) fn is_of_a_stranger(&self, work: &Work) -> bool {
        let is_stranger =
            |(actor, timeline): (&Actor, TimelineId)| self.fetched.strangers.contains(&(*actor, timeline));
        unread::asked_by(work).is_some_and(is_stranger) && !self.lacks_entries(work)
    }

    /// "Once": the first answer again, or a conflict when the same id says something else. `None`: to be decided, be
    /// it because the id is new or because the post waits for a link that there may be now.
    pub(super) fn answer_given_before(&self, submission: &Submission) -> Option<Answer> {
        let id = submission.intent.id;
        let conflict = || Answer::Refused(Refused::conflict(id));
        if let Some(flight) = self.in_flight.get(&id) {
            let again = Accepted { repeated: true, ..flight.answer.clone() };
            return Some(if flight.mac == submission.mac { Answer::Accepted(again) } else { conflict() });
        }
        if let Some(known) = self.fetched.known.get(&id) {
            let first = known.first.as_ref().filter(|_| known.mac == submission.mac);
            return Some(first.map_or_else(conflict, |first| Answer::Accepted(Accepted::of(&first.entry, true))));
        }
        match self.waits(id) {
            Some(waits) => (waits.mac != submission.mac).then(conflict),
            // Dismissed since the releaser read it.
            None => (submission.origin == Origin::Queue).then(conflict),
        }
    }

    /// The entry that is stored under this id, as far as this batch asked.
    pub(super) fn stored(&self, id: EntryId) -> Option<&Arc<Published>> {
        self.fetched.known.get(&id)?.first.as_ref()
    }

    /// An entry that a post of this batch names, if there is one.
    pub(super) fn target(&self, id: EntryId) -> Option<&Published> {
        let in_flight = self.in_flight.get(&id).map(|flight| &flight.entry);
        in_flight.or_else(|| self.fetched.targets.get(&id)).map(AsRef::as_ref)
    }

    /// The files that the posts of this batch name.
    pub(super) const fn files(&self) -> &Files {
        &self.fetched.files
    }

    /// Which exports of this batch name a patient who withholds that.
    pub(super) const fn withheld(&self) -> &ExportsWithheld {
        &self.fetched.withheld
    }

    /// Who of the secretariat has an account, where a post of this batch may shut somebody out.
    pub(super) const fn can_sign_in(&self) -> &HashSet<PersonId> {
        &self.fetched.can_sign_in
    }

    pub(super) const fn withheld_mut(&mut self) -> &mut ExportsWithheld {
        &mut self.fetched.withheld
    }

    /// Until its batch has committed, a post that comes again is recognised here, and one that points at it finds it.
    pub(super) fn note_accepted(&mut self, mac: Mac, answer: &Accepted, entry: &Arc<Published>) {
        let flight = InFlight { mac, answer: answer.clone(), entry: Arc::clone(entry), batch: self.batch };
        self.in_flight.insert(answer.id, flight);
    }

    pub(super) fn waits(&self, id: EntryId) -> Option<&Waits> {
        self.waiting.as_ref()?.get(&id)
    }

    pub(super) fn was_dismissed(&self, id: EntryId) -> bool {
        self.fetched.dismissed.contains(&id)
    }

    /// How many posts of this author wait.
    pub(super) fn count_waiting_of(&self, author: PersonId) -> usize {
        let waiting = self.waiting.iter().flat_map(HashMap::values);
        waiting.filter(|waits| waits.author == author).count()
    }

    pub(super) fn note_waiting(&mut self, id: EntryId, waits: Waits) {
        self.waiting.get_or_insert_default().insert(id, waits);
    }

    /// Whether it waited: it became an entry or was dismissed.
    pub(super) fn note_resolved(&mut self, id: EntryId) -> bool {
        self.waiting.as_mut().is_some_and(|waiting| waiting.remove(&id).is_some())
    }
}
