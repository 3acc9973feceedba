//! A patient's consents with the version of their form and what they withhold: said, put right, withdrawn, said anew.

use renkei::domain::body::Body;
use renkei::domain::entry::Entry;
use renkei::domain::role::Role;
use renkei::domain::state::PatientState;
use renkei::domain::team::{ConsentChange, ConsentState};
use renkei::domain::withheld::{WithheldPurpose, WithheldSet};

use super::care::{Telling, example};
use super::timeline;

/// The whole timeline.
pub fn entries() -> Vec<Entry> {
    let office = Role::Secretariat;
    let mut told = Telling { state: PatientState::empty(timeline()), entries: Vec::new() };
    told.post(office, example("registration"));
    // One of before: it names neither.
    told.post(office, example("consent"));
    let said = told.post(office, example("consent_withheld"));
    told.correct(
        Role::Nurse,
        said,
        withholding(ConsentState::Team, &[WithheldPurpose::Family, WithheldPurpose::Systems]),
    );
    told.post(office, withholding(ConsentState::Withdrawn, &[WithheldPurpose::Export]));
    told.entries
}

fn withholding(state: ConsentState, withheld: &[WithheldPurpose]) -> Body {
    let Body::Consent(consent) = example("consent_withheld") else { unreachable!("an example of a consent") };
    Body::Consent(ConsentChange { state, withheld: WithheldSet::of(withheld), ..consent })
}
