//! An organisation's timeline: what it says of itself, what the secretariat says of it, and what was put right.

use renkei::domain::body::{Body, ContactWindow, RetractionReason, Suspension};
use renkei::domain::entry::Entry;
use renkei::domain::ids::Subject;
use renkei::domain::role::Role;
use renkei::domain::state::PatientState;

use super::care::{Telling, example};
use super::timeline;

/// The whole timeline.
pub fn entries() -> Vec<Entry> {
    let (office, nurse) = (Role::Secretariat, Role::Nurse);
    let state = PatientState::empty_of(Subject::Organisation, timeline());
    let mut told = Telling { state, entries: Vec::new() };
    told.post(office, example("office_entry"));
    let named = told.post(nurse, example("contact_window"));
    let roster = told.post(nurse, example("roster"));
    let change = told.post(nurse, example("roster"));
    told.retract(nurse, change, RetractionReason::Mistake);
    told.post(nurse, example("pledge"));
    let again = told.post(nurse, example("pledge"));
    told.retract(nurse, again, RetractionReason::Mistake);
    told.post(office, example("activation"));
    told.post(nurse, example("export"));
    told.post(nurse, example("incident"));
    told.post(office, example("suspension"));
    let whole = Suspension { reason: "調査のあいだ".to_owned(), ..Suspension::default() };
    told.post(office, Body::Suspension(whole.clone()));
    told.post(office, Body::Suspension(Suspension { lifted: true, ..whole }));
    let contact =
        ContactWindow { phone: "03-5550-0199".to_owned(), around_the_clock: true, ..ContactWindow::default() };
    told.correct(nurse, named, Body::from(Box::new(contact)));
    told.correct(nurse, roster, example("roster"));
    told.entries
}
