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
use crate::domain::time::Timestamp;

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
    export_withheld: Known::Is(false),
};

impl Rulebook {
    /// See the module.
    #[must_use]
    pub fn may_attach(&self, state: &PatientState, actor: &Actor, now: Timestamp) -> bool {
        let viewer = situation::viewer(state, actor, now);
        let permits = |kind| {
            let (judgement, _) = self.judge_post(&PostFacts { viewer, kind, record: PLAIN });
            judgement.verdict == Verdict::Permit
        };
        let stands_here = |kind: &Kind| kind.is_of_an_organisation() == state.office.is_some();
        let kinds = Kind::ALL.iter().copied().filter(stands_here);
        kinds.filter(|kind| kind.carries_files()).any(permits)
    }
}
