//! Whether somebody may hand in files for a patient, before there is a post to decide: whether the rules would let them
//! post a plain record of some kind that can name one. The post itself is decided like any other.

use super::Rulebook;
use super::facts::{Known, PostFacts, RecordFacts};
use super::judge::Verdict;
use super::situation;
use crate::domain::directory::Actor;
use crate::domain::entry::Sensitivity;
use crate::domain::kind::Kind;
use crate::domain::state::PatientState;

/// A record of today that is about nothing else.
const PLAIN: RecordFacts = RecordFacts {
    sensitivity: Known::Is(Sensitivity::Normal),
    infection: Known::Is(None),
    own: Known::Is(true),
    addressed: Known::Is(false),
    delay_s: Known::Is(0),
    target_own: Known::Is(false),
    target_visible: Known::Is(false),
    link_own: Known::Is(false),
};

impl Rulebook {
    /// See the module.
    #[must_use]
    pub fn may_attach(&self, state: &PatientState, actor: &Actor) -> bool {
        let viewer = situation::viewer(state, actor);
        let permits = |kind| {
            let (judgement, _) = self.judge_post(&PostFacts { viewer, kind, record: PLAIN });
            judgement.verdict == Verdict::Permit
        };
        Kind::ALL.iter().copied().filter(|kind| kind.carries_files() && !kind.awaits_the_hub()).any(permits)
    }
}
