//! Posts that become entries all together or not at all: a patient with consent and first link is registered whole.
//!
//! Each is tried on a copy of the state in which those before it have happened; only when all are accepted does the
//! real state move, in one batch.

use super::answer::{Answer, Refused};
use super::deciding::Picture;
use super::draft::Draft;
use super::ledger::Ledger;
use super::timelines::Hot;
use super::trial::{Obstacle, Trial};
use super::work::Submission;
use crate::rulebook::{Acceptance, Refusal};

impl Picture {
    /// The answers to `group` in its order.
    pub fn post_together(
        &self,
        draft: &mut Draft,
        hot: &mut Hot,
        group: &[Submission],
        ledger: &mut Ledger,
    ) -> Vec<Answer> {
        match self.try_all(draft, hot, group, ledger) {
            Ok(tried) => {
                let answer = |(submission, tried)| match tried {
                    Some(acceptance) => self.accept(draft, hot, submission, acceptance, ledger),
                    // Accepted before this group, or by an earlier part of it.
                    None => self.post(draft, hot, submission, ledger),
                };
                group.iter().zip(tried).map(answer).collect()
            }
            Err(refused) => {
                let same = |submission: &Submission| Refused { id: submission.intent.id, ..Refused::clone(&refused) };
                group.iter().map(|submission| Answer::Refused(same(submission))).collect()
            }
        }
    }

    /// What each part was accepted with, `None` for one whose entry is there already; or why the group is refused.
    fn try_all(
        &self,
        draft: &mut Draft,
        hot: &Hot,
        group: &[Submission],
        ledger: &Ledger,
    ) -> Result<Vec<Option<Acceptance>>, Box<Refused>> {
        let mut trial = Trial::new(self, hot.state.clone(), ledger.files(), ledger.withheld());
        let mut tried = Vec::with_capacity(group.len());
        for submission in group {
            match ledger.answer_given_before(submission) {
                Some(Answer::Refused(refused)) => return Err(Box::new(refused)),
                Some(Answer::Accepted(_)) => tried.push(None),
                Some(Answer::Queued(_)) | None if trial.has(submission.intent.id) => tried.push(None),
                Some(Answer::Queued(_)) | None => {
                    let find = |id| ledger.target(id);
                    let refusal = match trial.post(&submission.intent, &submission.actor, submission.origin, &find) {
                        Ok(acceptance) => {
                            tried.push(Some(acceptance));
                            continue;
                        }
                        Err(Obstacle::Refused(refusal)) => refusal,
                        // A part that would wait for a link cannot become an entry together with the others.
                        Err(Obstacle::Waits(ruling)) => Refusal::NotFound(ruling),
                    };
                    return Err(Box::new(self.refuse(draft, hot, submission, refusal)));
                }
            }
        }
        Ok(tried)
    }
}
