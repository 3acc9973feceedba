//! What somebody who knows nothing of a record is answered while it cannot be read: as of nobody's, word for word, so that no answer
//! tells that there is such a patient. Whoever knows of it is told that the hub cannot answer. Posts, dry runs and read markers are
//! answered here, from a record that has not begun; looks and subscriptions in `reading.rs` and by the session.

use super::answer::Answer;
use super::deciding::{Fetched, Picture};
use super::draft::Draft;
use super::ledger::Ledger;
use super::published::Published;
use super::timelines::Hot;
use super::view::View;
use super::work::{Origin, Outcome, Submission, Work};
use crate::domain::directory::Actor;
use crate::domain::entry::Intent;
use crate::domain::ids::{EntryId, TimelineId};
use crate::domain::role::Role;
use crate::rulebook::Decision;
use crate::store::{Journal, StoreError};

/// Whether the actor may know that there is this timeline, whose state cannot be asked: by the projection of its team.
pub(super) async fn may_know_of(journal: &Journal, actor: &Actor, timeline: TimelineId) -> Result<bool, StoreError> {
    let is_own = actor.role == Role::Secretariat || TimelineId::from(actor.organisation) == timeline;
    Ok(is_own || journal.list_timelines_of(actor.organisation, actor.person).await?.contains(&timeline))
}

/// Who asks for what is answered here, and of which timeline. What the hub does of its own accord is not.
pub(super) fn asked_by(work: &Work) -> Option<(&Actor, TimelineId)> {
    let actor = match work {
        Work::Post(submission) if submission.origin == Origin::Client => &submission.actor,
        Work::DryRun(dry_run) => &dry_run.actor,
        Work::MarkRead(mark) => &mark.actor,
        _ => return None,
    };
    Some((actor, work.timeline()?))
}

/// Notes of the timelines that could not be read who asks and knows nothing of them.
pub(super) async fn find_strangers(journal: &Journal, ledger: &mut Ledger, works: &[Work]) -> Result<(), StoreError> {
    let asked = works.iter().filter_map(asked_by).filter(|(_, timeline)| ledger.misses(*timeline));
    let asked: Vec<(Actor, TimelineId)> = asked.map(|(actor, timeline)| (*actor, timeline)).collect();
    for (actor, timeline) in asked {
        if !may_know_of(journal, &actor, timeline).await? {
            ledger.note_stranger(actor, timeline);
        }
    }
    Ok(())
}

impl Picture {
    /// Answers as of nobody's record. The work comes back where that would say more, or write on the record.
    pub(super) fn as_of_nobody(&self, draft: &mut Draft, work: Work, ledger: &mut Ledger) -> Result<(), Work> {
        let Some((actor, timeline)) = asked_by(&work) else { return Err(work) };
        let mut hot = Hot::unborn(timeline);
        hot.be_about(self.directory.subject_of(timeline));
        // Who is shown every record, or found this patient by name and birth date, is no stranger to it.
        let sees_all = View::of(&hot.state, &self.rulebook, actor, self.now).is_some();
        if sees_all || self.findings.has(actor, timeline, self.now) {
            return Err(work);
        }
        let outcome = match work {
            Work::Post(submission) => match self.post_to_nobody(draft, &mut hot, &submission, ledger) {
                Some(answer) => Outcome::Answered(submission, answer),
                None => return Err(Work::Post(submission)),
            },
            Work::DryRun(dry_run) => match self.decide_for_nobody(&mut hot, &dry_run.intent, &dry_run.actor, ledger) {
                Decision::Accept(_) => return Err(Work::DryRun(dry_run)),
                decision => Outcome::DryRun(dry_run, decision),
            },
            Work::MarkRead(mark) => self.mark_read(draft, &mut hot, mark),
            other => return Err(other),
        };
        draft.outcomes.push(outcome);
        Ok(())
    }

    /// `None`: it would become an entry.
    fn post_to_nobody(
        &self,
        draft: &mut Draft,
        hot: &mut Hot,
        submission: &Submission,
        ledger: &mut Ledger,
    ) -> Option<Answer> {
        if let Some(answer) = ledger.answer_given_before(submission) {
            return Some(answer);
        }
        match self.decide_for_nobody(hot, &submission.intent, &submission.actor, ledger) {
            Decision::Accept(_) => None,
            Decision::Queue(ruling) => Some(self.queue(draft, hot, submission, &ruling, ledger)),
            Decision::Refuse(refusal) => Some(Answer::Refused(self.refuse(draft, hot, submission, refusal))),
        }
    }

    fn decide_for_nobody(&self, hot: &mut Hot, intent: &Intent, actor: &Actor, ledger: &Ledger) -> Decision {
        let around = hot.nearby.around(&hot.state, self);
        let (files, withheld, can_sign_in) = (ledger.files(), ledger.withheld(), ledger.can_sign_in());
        let fetched = Fetched { entry: &nowhere, files, withheld, can_sign_in };
        self.decide(&hot.state, &around, intent, actor, Origin::Client, fetched)
    }
}

/// What a post on nobody's record names is not there.
const fn nowhere<'f>(_: EntryId) -> Option<&'f Published> {
    None
}
