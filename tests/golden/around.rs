//! A patient's problems and family: said, put right, said anew, taken back.

use renkei::domain::body::{Body, ProblemList, RelatedPersons, RetractionReason};
use renkei::domain::entry::Entry;
use renkei::domain::role::Role;
use renkei::domain::state::PatientState;

use super::care::{Telling, example};
use super::timeline;

/// The whole timeline.
pub fn entries() -> Vec<Entry> {
    let (doctor, nurse) = (Role::Doctor, Role::Nurse);
    let mut told = Telling { state: PatientState::empty(timeline()), entries: Vec::new() };
    told.post(Role::Secretariat, example("registration"));
    let problems = told.post(doctor, example("problem_list"));
    let none = ProblemList { items: Vec::new(), text: "まだ確かめていない".to_owned() };
    told.correct(doctor, problems, Body::ProblemList(none));
    told.post(nurse, example("problem_list"));
    let family = told.post(nurse, example("related_persons"));
    told.correct(nurse, family, Body::RelatedPersons(RelatedPersons { nobody: true, ..RelatedPersons::default() }));
    let again = told.post(nurse, example("related_persons"));
    told.retract(nurse, again, RetractionReason::WrongPatient);
    told.entries
}
