//! Random lists of problems and of related persons.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::{date, text};
use crate::domain::body::*;

fn problems() -> impl Strategy<Value = Body> {
    let problem = (text(), text(), select(ProblemStatus::ALL), option::of(date()), text())
        .prop_map(|(name, code, status, since, note)| Problem { name, code, status, since, note });
    (vec(problem, 0..3), text()).prop_map(|(items, text)| Body::ProblemList(ProblemList { items, text }))
}

fn related() -> impl Strategy<Value = RelatedPerson> {
    let phone = (text(), option::of(select(PhoneUse::ALL))).prop_map(|(number, used)| Phone { number, used });
    let holds = (any::<bool>(), any::<bool>(), any::<bool>());
    (text(), select(Relationship::ALL), text(), vec(phone, 0..3), holds, text()).prop_map(
        |(
            name,
            relationship,
            relationship_text,
            phones,
            (key_person, lives_with_patient, decides_for_patient),
            note,
        )| RelatedPerson {
            name,
            relationship,
            relationship_text,
            phones,
            key_person,
            lives_with_patient,
            decides_for_patient,
            note,
        },
    )
}

/// What the patient lives with, and who stands by them.
pub(super) fn around() -> impl Strategy<Value = Body> {
    let family = (any::<bool>(), vec(related(), 0..3), text())
        .prop_map(|(nobody, items, text)| Body::RelatedPersons(RelatedPersons { nobody, items, text }));
    prop_oneof![problems().boxed(), family.boxed()]
}
