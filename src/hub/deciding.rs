//! Deciding one piece of work onto a draft: ask the rulebook, then make the entry, its seal and its projections.
//!
//! Runs between two awaits of the sequencer: no I/O here, and time is taken once per batch.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;

use super::allowance::{Allowances, Asked};
use super::answer::{Accepted, Answer, Queued, Refused};
use super::audit;
use super::draft::Draft;
use super::exporting::ExportsWithheld;
use super::files::Files;
use super::findings::Findings;
use super::ledger::{Ledger, Waits};
use super::published::Published;
use super::timelines::Hot;
use super::view::View;
use super::work::{Dismissal, Origin, Outcome, Submission, Work};
use crate::codec::{self, Content, QueuedPost};
use crate::domain::directory::{Actor, Directory};
use crate::domain::entry::{Entry, Intent};
use crate::domain::ids::{EntryId, OrganisationId, PersonId};
use crate::domain::kind::Kind;
use crate::domain::offices::Offices;
use crate::domain::ruling::Ruling;
use crate::domain::state::PatientState;
use crate::domain::time::Timestamp;
use crate::limits;
use crate::rulebook::calendar::Calendar;
use crate::rulebook::{self, Acceptance, Decision, Refusal, Rulebook, Situation, Surroundings, Target};
use crate::store::{
    self, ClearHeader, HeadUpdate, NewTimeline, ProjectionChange, QueueState, Resolved, SealedEntry, SealedQueued,
    SealedSnapshot, ShutOut,
};
use crate::vault::{DataKey, Mac};

/// The region as one batch sees it.
pub(super) struct Picture {
    pub rulebook: Arc<Rulebook>,
    pub directory: Arc<Directory>,
    pub offices: Arc<Offices>,
    pub calendar: Arc<Calendar>,
    pub key: Arc<DataKey>,
    pub allowances: Arc<Allowances>,
    pub findings: Arc<Findings>,
    pub now: Timestamp,
    /// The date in the region.
    pub today: Date,
}

/// What deciding one intent may look up: the entries and the files that it names, among others.
#[derive(Clone, Copy)]
pub(super) struct Fetched<'a, 'f> {
    pub entry: &'a dyn Fn(EntryId) -> Option<&'f Published>,
    pub files: &'a Files,
    pub withheld: &'a ExportsWithheld,
    /// Who of the secretariat has an account, where it is asked.
    pub can_sign_in: &'a HashSet<PersonId>,
}

impl Picture {
    /// Answers a post, as before or decided now; on acceptance the entry is on the draft and in the state.
    pub fn post(&self, draft: &mut Draft, hot: &mut Hot, submission: &Submission, ledger: &mut Ledger) -> Answer {
        if let Some(answer) = ledger.answer_given_before(submission) {
            if matches!(answer, Answer::Accepted(_)) {
                self.leave_queue(draft, submission, ledger);
                if submission.is_uncertain {
                    tell_of_stored(draft, hot, submission, ledger);
                }
            }
            return answer;
        }
        let (intent, actor) = (&submission.intent, &submission.actor);
        let around = hot.nearby.around(&hot.state, self);
        let find = |id| ledger.target(id);
        let fetched = fetched(ledger, &find);
        match self.decide(&hot.state, &around, intent, actor, submission.origin, fetched) {
            Decision::Accept(acceptance) => self.accept(draft, hot, submission, acceptance, ledger),
            Decision::Queue(ruling) => self.queue(draft, hot, submission, &ruling, ledger),
            Decision::Refuse(refusal) => Answer::Refused(self.refuse(draft, hot, submission, refusal)),
        }
    }

    /// Does everything that is not a post.
    pub fn serve(&self, draft: &mut Draft, hot: Option<&mut Hot>, work: Work, ledger: &mut Ledger) {
        let outcome = match (work, hot) {
            (Work::DryRun(dry_run), Some(hot)) => {
                let around = hot.nearby.around(&hot.state, self);
                let (intent, actor) = (&dry_run.intent, &dry_run.actor);
                let find = |id| ledger.target(id);
                let decision = self.decide(&hot.state, &around, intent, actor, Origin::Client, fetched(ledger, &find));
                Outcome::DryRun(dry_run, decision)
            }
            (Work::Follow(follow), Some(hot)) => self.follow(draft, hot, follow),
            (Work::Look(look), Some(hot)) => self.look(draft, hot, look),
            (Work::MarkRead(mark), Some(hot)) => self.mark_read(draft, hot, mark),
            (Work::Grants(changes), _) => self.grants(draft, changes),
            (Work::Dismiss(dismissal), Some(hot)) => self.dismiss(draft, hot, dismissal, ledger),
            (Work::Rejudge(rejudge), hot) => {
                hot.into_iter().for_each(|hot| draft.change_access(&hot.state));
                Outcome::Rejudged(rejudge)
            }
            (Work::Tick(tick), Some(hot)) => self.tick(draft, hot, tick, ledger),
            (Work::Destroy(destroy), Some(hot)) => self.destroy(draft, hot, destroy),
            (Work::Tell(tell), Some(hot)) => self.tell(draft, hot, tell, ledger),
            (Work::Post(_) | Work::PostTogether(_), _) | (_, None) => return,
        };
        draft.outcomes.push(outcome);
    }

    /// Asks the rulebook.
    pub(super) fn decide(
        &self,
        state: &PatientState,
        surroundings: &Surroundings,
        intent: &Intent,
        actor: &Actor,
        origin: Origin,
        fetched: Fetched<'_, '_>,
    ) -> Decision {
        let files = fetched.files.nameable(self, state, actor, intent);
        let find = |id: EntryId| self.target(state, actor, (fetched.entry)(id)?);
        let target = intent.body.target().and_then(find);
        let named = intent.body.references().filter_map(|named| Some((named.entry, find(named.entry)?)));
        let named: Vec<_> = named.collect();
        let situation = Situation {
            state,
            rulebook: &self.rulebook,
            directory: &self.directory,
            surroundings,
            offices: &self.offices,
            calendar: &self.calendar,
            actor,
            now: self.now,
            today: self.today,
            target: target.as_ref(),
            named: &named,
            files: &files,
            export_withheld: fetched.withheld.of(intent),
            hub_made_timeline: origin == Origin::Action,
            found_by_search: intent.body.kind() == Kind::EmergencyAccess
                && self.findings.has(actor, state.timeline, self.now),
        };
        let decision = rulebook::decide(&situation, intent);
        self.keep_somebody(decision, state, (intent, actor), fetched.can_sign_in)
    }

    /// The target as deciding sees it; `None` when it is another patient's.
    fn target(&self, state: &PatientState, actor: &Actor, found: &Published) -> Option<Target> {
        if found.entry.timeline != state.timeline {
            return None;
        }
        let visible = View::of(state, &self.rulebook, actor, self.now).is_some_and(|view| view.shows(found));
        let own = found.scope.owner == actor.organisation;
        Some(Target { kind: found.entry.body.kind(), scope: found.scope.clone(), own, visible })
    }

    /// Makes an accepted post an entry.
    pub(super) fn accept(
        &self,
        draft: &mut Draft,
        hot: &mut Hot,
        submission: &Submission,
        acceptance: Acceptance,
        ledger: &mut Ledger,
    ) -> Answer {
        if hot.is_destroyed {
            return Answer::Refused(Refused::not_found(submission.intent.id));
        }
        let entry = self.entry(&hot.state, &submission.intent, &submission.actor, acceptance);
        let entry = Entry { device: submission.device, ..entry };
        let moves_the_clock = self.rulebook.moves_the_clock(&entry);
        let written_for = audit::written_for(&entry, submission.sign_in);
        let answer = self.record(draft, hot, entry, submission.mac, ledger);
        if let Some(written_for) = written_for {
            draft.batch.audits.push(audit::seal(&self.key, hot, answer.recorded_at, written_for));
        }
        self.leave_queue(draft, submission, ledger);
        draft.batch.files.extend(ledger.files().used(&self.key, &submission.intent, &submission.actor));
        if moves_the_clock {
            self.plan_again(draft, hot);
        }
        Answer::Accepted(answer)
    }

    /// Puts an entry on the draft and into the state.
    pub(super) fn record(
        &self,
        draft: &mut Draft,
        hot: &mut Hot,
        entry: Entry,
        mac: Mac,
        ledger: &mut Ledger,
    ) -> Accepted {
        let content = codec::encode_content(&entry);
        self.seal(draft, hot, &entry, &content, mac);
        let epoch = hot.state.access_epoch;
        hot.state.apply(&entry);
        store::project(&hot.state, &entry, &hot.key, &mut draft.batch.projections);
        if hot.state.access_epoch != epoch {
            draft.change_access(&hot.state);
        }
        draft.change_office(&hot.state);
        self.shut_out(draft, &hot.state, &entry);
        self.meet(draft, &hot.state, &entry);
        self.snapshot(draft, hot);
        let answer = Accepted::of(&entry, false);
        let published = Arc::new(Published::new(entry, content));
        ledger.note_accepted(mac, &answer, &published);
        draft.concern(&hot.state, &published);
        draft.publish(published);
        answer
    }

    /// The entry that an accepted intent becomes.
    pub(super) fn entry(&self, state: &PatientState, intent: &Intent, actor: &Actor, acceptance: Acceptance) -> Entry {
        Entry {
            id: intent.id,
            timeline: intent.timeline,
            seq: state.head.next(),
            author: *actor,
            // Found again where deciding found them: in the same picture.
            on_behalf: intent.on_behalf_of.and_then(|named| self.directory.actor(named.person, named.position)),
            device: None,
            observed_at: intent.observed_at,
            recorded_at: self.now.max(state.recorded_at),
            sensitivity: intent.sensitivity,
            addressed_to: intent.addressed_to.clone(),
            body: intent.body.clone(),
            alarms: acceptance.alarms,
            target_scope: acceptance.target_scope,
            ruling: acceptance.ruling,
        }
    }

    fn seal(&self, draft: &mut Draft, hot: &mut Hot, entry: &Entry, content: &Content, mac: Mac) {
        self.begin_timeline(draft, hot);
        let header =
            ClearHeader { id: entry.id, timeline: entry.timeline, seq: entry.seq, recorded_at: entry.recorded_at, mac };
        let stored = codec::encode_stored(entry, content);
        let sealed = SealedEntry::seal(&hot.key, header, &stored, &hot.chain);
        hot.chain = sealed.chain;
        draft.move_head(HeadUpdate {
            timeline: entry.timeline,
            expected: hot.state.head,
            new: entry.seq,
            chain: sealed.chain,
            recorded_at: entry.recorded_at,
            written_at: hot.state.written_at_with(entry),
        });
        draft.batch.entries.push(sealed);
    }

    /// The row that entries, and records of who read them, refer to.
    pub(super) fn begin_timeline(&self, draft: &mut Draft, hot: &mut Hot) {
        if !hot.exists {
            let (timeline, subject) = (hot.state.timeline, hot.state.subject());
            draft.batch.new_timelines.push(NewTimeline::new(&self.key, timeline, subject, &hot.key));
            // Whatever falls due later in the batch comes after it.
            draft.batch.projections.push(ProjectionChange::Due { timeline, at: None });
            hot.exists = true;
        }
    }

    /// The post is an entry, whoever sent it: it waits no longer.
    fn leave_queue(&self, draft: &mut Draft, submission: &Submission, ledger: &mut Ledger) {
        let id = submission.intent.id;
        if ledger.waits(id).is_some_and(|waits| waits.mac == submission.mac) && ledger.note_resolved(id) {
            draft.batch.resolved.push(Resolved { id, state: QueueState::Accepted, resolved_at: self.now });
        }
    }

    /// Where the entry is a suspension, or puts one right: whoever is shut out by it is signed in no longer.
    fn shut_out(&self, draft: &mut Draft, state: &PatientState, entry: &Entry) {
        if entry.scope().kind != Kind::Suspension {
            return;
        }
        let shut_out = state.office.iter().flat_map(|office| office.shut_out(self.today));
        let organisation = state.timeline.as_organisation();
        let shut_out = shut_out.map(|person| ShutOut { organisation, person, by: entry.author, at: entry.recorded_at });
        draft.batch.shut_out.extend(shut_out);
        draft.fall_due_where_on_team(organisation, once_known(self.now));
    }

    /// Where the entry tells of a meeting or puts one right, or an office leaves: those concerned may owe each other a
    /// meeting, which stands on their own timelines.
    fn meet(&self, draft: &mut Draft, state: &PatientState, entry: &Entry) {
        if !self.rulebook.asks_pairs() {
            return;
        }
        let concerned: BTreeSet<OrganisationId> = match entry.scope().kind {
            Kind::JointVisit | Kind::Conference => {
                state.course.meetings.pairs.keys().flat_map(|(one, other)| [*one, *other]).collect()
            }
            Kind::TeamUnlink => state.team.keys().chain(&state.former).copied().collect(),
            _ => return,
        };
        draft.fall_due_of_offices(concerned.into_iter().collect(), once_known(self.now));
    }

    fn snapshot(&self, draft: &mut Draft, hot: &mut Hot) {
        if hot.state.head.0 - hot.snapshot.0 < limits::SNAPSHOT_EVERY_ENTRIES {
            return;
        }
        hot.snapshot = hot.state.head;
        draft.batch.snapshots.push(SealedSnapshot::seal(&hot.key, &hot.state));
    }

    /// Answers a refusal and keeps it in the audit.
    pub fn refuse(&self, draft: &mut Draft, hot: &Hot, submission: &Submission, refusal: Refusal) -> Refused {
        draft.batch.audits.push(audit::refusal(&self.key, hot, submission, &refusal, self.now));
        self.explain(&submission.intent, refusal)
    }

    /// A refusal in words.
    pub fn explain(&self, intent: &Intent, refusal: Refusal) -> Refused {
        match refusal {
            Refusal::Invalid(invalid) => Refused::invalid(intent.id, invalid),
            Refusal::NotFound(_) => Refused::not_found(intent.id),
            Refusal::Rules(ruling) => self.citing(intent, "forbidden", ruling),
            Refusal::Held(ruling) => self.held(intent, ruling),
        }
    }

    /// Why a post would wait in the linking queue, in words.
    pub fn explain_waiting(&self, intent: &Intent, ruling: Ruling) -> Refused {
        self.citing(intent, "queued", ruling)
    }

    fn citing(&self, intent: &Intent, code: &'static str, ruling: Ruling) -> Refused {
        let reasons = self.rulebook.reasons(&intent.body, &ruling);
        Refused { id: intent.id, code, field: None, reasons, cited: ruling.cited, retry: false, holds: Vec::new() }
    }

    fn held(&self, intent: &Intent, ruling: Ruling) -> Refused {
        let holds = self.rulebook.holds(&intent.body, &ruling);
        let reasons = holds.iter().map(|hold| hold.title.clone()).collect();
        Refused { id: intent.id, code: "held", field: None, reasons, cited: ruling.cited, retry: false, holds }
    }

    /// Lets a post wait for its author's link; one that waits already goes on waiting as it is.
    pub(super) fn queue(
        &self,
        draft: &mut Draft,
        hot: &Hot,
        submission: &Submission,
        ruling: &Ruling,
        ledger: &mut Ledger,
    ) -> Answer {
        let Submission { intent, actor, device, mac, attempts, .. } = submission;
        if ledger.waits(intent.id).is_none() {
            if ledger.was_dismissed(intent.id) {
                return Answer::Refused(Refused::dismissed(intent.id));
            }
            let has_room = ledger.count_waiting_of(actor.person) < limits::QUEUED_POSTS_PER_AUTHOR_MAX;
            // Decided again, it was paid for.
            let is_paid = || *attempts > 0 || self.allowances.take(actor.person.0, Asked::Waiting, 1, self.now);
            if !has_room || !is_paid() {
                return Answer::Refused(Refused::overloaded(intent.id));
            }
            let waiting = QueuedPost {
                intent: intent.clone(),
                author: *actor,
                device: *device,
                received_at: self.now,
                ruling: ruling.clone(),
            };
            draft.batch.queued.push(SealedQueued::seal(&self.key, &waiting));
            draft.batch.audits.push(audit::queued(&self.key, hot, submission, self.now));
            let waits = Waits { author: actor.person, mac: *mac };
            ledger.note_waiting(intent.id, waits);
        }
        Answer::Queued(Queued {
            id: intent.id,
            timeline: intent.timeline,
            reasons: self.rulebook.reasons(&intent.body, ruling),
            cited: ruling.cited.clone(),
        })
    }

    fn dismiss(&self, draft: &mut Draft, hot: &Hot, dismissal: Box<Dismissal>, ledger: &mut Ledger) -> Outcome {
        let id = dismissal.post.intent.id;
        let waited = ledger.note_resolved(id);
        if waited {
            draft.batch.resolved.push(Resolved { id, state: QueueState::Dismissed, resolved_at: self.now });
            draft.batch.audits.push(audit::dismissal(&self.key, hot, &dismissal, self.now));
        }
        Outcome::Dismissed(dismissal, waited)
    }
}

fn fetched<'a, 'f>(ledger: &'a Ledger, entry: &'a dyn Fn(EntryId) -> Option<&'f Published>) -> Fetched<'a, 'f> {
    Fetched { entry, files: ledger.files(), withheld: ledger.withheld(), can_sign_in: ledger.can_sign_in() }
}

/// When the clock looks at what a commit, or a change of the directory, brings about elsewhere: once every batch under way
/// knows of it.
pub(super) fn once_known(now: Timestamp) -> Timestamp {
    now.saturating_add(Duration::from_millis(limits::DUTY_LOOK_AFTER_CHANGE_MS))
}

/// The answer to its commit was lost, and it is stored: nobody was told of the entry yet, nor of what it changed.
fn tell_of_stored(draft: &mut Draft, hot: &Hot, submission: &Submission, ledger: &Ledger) {
    let Some(entry) = ledger.stored(submission.intent.id) else { return };
    draft.concern(&hot.state, entry);
    draft.publish(Arc::clone(entry));
    draft.change_access(&hot.state);
    draft.change_office(&hot.state);
}
