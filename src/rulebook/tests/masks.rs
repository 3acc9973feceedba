//! A reader's mask and a judgement about each record must never disagree: the fan-out trusts the mask.

use proptest::prelude::*;

use super::book;
use crate::domain::role::{OrganisationType, Role};
use crate::domain::team::ConsentState;
use crate::rulebook::{ActorFacts, Known, PatientFacts, PatientStatus, Purpose, RecordClass, Verdict, ViewerFacts};

fn known<T: Copy + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = Known<T>> {
    prop_oneof![4 => prop::sample::select(all).prop_map(Known::Is), 1 => Just(Known::Unknown)]
}

const FLAGS: &[bool] = &[false, true];

fn any_viewer() -> impl Strategy<Value = ViewerFacts> {
    let actor = (
        prop::sample::select(Role::ALL),
        prop::sample::select(OrganisationType::ALL),
        known(FLAGS),
        known(FLAGS),
        known(FLAGS),
        known(FLAGS),
        known(FLAGS),
    )
        .prop_map(
            |(
                role,
                organisation_type,
                on_team,
                organisation_on_team,
                organisation_was_on_team,
                is_host,
                break_glass,
            )| {
                ActorFacts {
                    role,
                    organisation_type,
                    on_team,
                    organisation_on_team,
                    organisation_was_on_team,
                    is_host,
                    break_glass,
                }
            },
        );
    let patient = (known(ConsentState::ALL), known(PatientStatus::ALL), known(FLAGS))
        .prop_map(|(consent, status, has_host)| PatientFacts { consent, status, has_host });
    // Mostly the purpose that opens most, lest nearly every mask be empty.
    let purpose = prop_oneof![3 => Just(Purpose::Care), 1 => prop::sample::select(Purpose::ALL)];
    (actor, patient, purpose).prop_map(|(actor, patient, purpose)| ViewerFacts { actor, patient, purpose })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_mask_allows_exactly_what_a_judgement_permits(viewer in any_viewer()) {
        let book = book_once();
        let mask = book.view_mask(&viewer);
        for class in RecordClass::all() {
            let (judgement, _) = book.judge_view(&viewer, class);
            prop_assert_eq!(mask.allows(class), judgement.verdict == Verdict::Permit, "{:?} {:?}", viewer, class);
        }
    }
}

fn book_once() -> &'static crate::rulebook::Rulebook {
    static BOOK: std::sync::OnceLock<crate::rulebook::Rulebook> = std::sync::OnceLock::new();
    BOOK.get_or_init(book)
}

#[test]
fn withdrawing_consent_shrinks_the_mask() {
    let facts = super::rows::facts("view vital", "nurse team consent:team");
    let before = book_once().view_mask(&facts.post.viewer);
    let mut viewer = facts.post.viewer;
    viewer.patient.consent = Known::Is(ConsentState::Withdrawn);
    let after = book_once().view_mask(&viewer);
    assert!(after.is_within(&before) && !before.is_within(&after));
    assert!(!after.is_empty(), "its own records stay visible");
}
