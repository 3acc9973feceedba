//! Posts that become entries all together or not at all: a patient with consent and first link is registered whole.
//!
//! Each is tried on a copy of the state in which those before it have happened; only when all are accepted does the
//! real state move, in one batch.

use super::answer::{Answer, Refused};
use super::deciding::{Picture, Targets};
use super::draft::Draft;
use super::timelines::Hot;
use super::work::Submission;
use crate::rulebook::{Decision, Refusal};

impl Picture {
    /// The answers to `group` in its order. `before`: what was answered when a post came the first time.
    pub fn post_together(
        &self,
        draft: &mut Draft,
        hot: &mut Hot,
        group: &[Submission],
        before: Vec<Option<Answer>>,
        targets: &Targets,
    ) -> Vec<Answer> {
        if let Some(refused) = self.obstacle(draft, hot, group, &before, targets) {
            let same = |submission: &Submission| Refused { id: submission.intent.id, ..refused.clone() };
            return group.iter().map(|submission| Answer::Refused(same(submission))).collect();
        }
        let mut answer = |(submission, before): (&Submission, Option<Answer>)| {
            before.unwrap_or_else(|| self.post(draft, hot, submission, targets))
        };
        group.iter().zip(before).map(&mut answer).collect()
    }

    /// Why the group as a whole is refused, if it is.
    fn obstacle(
        &self,
        draft: &mut Draft,
        hot: &Hot,
        group: &[Submission],
        before: &[Option<Answer>],
        targets: &Targets,
    ) -> Option<Refused> {
        let mut trial = hot.state.clone();
        for (submission, before) in group.iter().zip(before) {
            match before {
                // Its entry is part of the state already.
                Some(Answer::Accepted(_)) => continue,
                Some(Answer::Refused(refused)) => return Some(refused.clone()),
                Some(Answer::Queued(_)) | None => {}
            }
            let refusal = match self.decide(&trial, &submission.intent, &submission.actor, submission.origin, targets) {
                Decision::Accept(acceptance) => {
                    let entry = self.entry(&trial, &submission.intent, &submission.actor, acceptance);
                    trial.apply(&entry);
                    continue;
                }
                Decision::Refuse(refusal) => refusal,
                // A part that would wait for a link cannot become an entry together with the others.
                Decision::Queue(ruling) => Refusal::NotFound(ruling),
            };
            let answer = self.refuse(draft, hot, submission, refusal);
            if let Answer::Refused(refused) = answer {
                return Some(refused);
            }
        }
        None
    }
}
