//! A reader's mask and a judgement about each record must never disagree: the fan-out trusts the mask.

use std::sync::OnceLock;

use proptest::prelude::*;

use super::{book, shipped};
use crate::domain::role::{OrganisationType, Role};
use crate::domain::team::ConsentState;
use crate::rulebook::{
    ActorFacts, Known, PatientFacts, PatientStatus, Purpose, RecordClass, Rulebook, RulebookFiles, SourceFile, Verdict,
    ViewerFacts, WithheldFacts,
};

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
                own_office,
            )| {
                ActorFacts {
                    role,
                    organisation_type,
                    on_team,
                    organisation_on_team,
                    organisation_was_on_team,
                    is_host,
                    break_glass,
                    own_office,
                }
            },
        );
    let withheld = [known(FLAGS), known(FLAGS), known(FLAGS), known(FLAGS)].prop_map(WithheldFacts);
    let patient = (known(ConsentState::ALL), withheld, known(PatientStatus::ALL), known(FLAGS), known(FLAGS)).prop_map(
        |(consent, withheld, status, registered, has_host)| PatientFacts {
            consent,
            withheld,
            status,
            registered,
            has_host,
        },
    );
    // Mostly the purpose that opens most, lest nearly every mask be empty.
    let purpose = prop_oneof![3 => Just(Purpose::Care), 1 => prop::sample::select(Purpose::ALL)];
    (actor, patient, purpose).prop_map(|(actor, patient, purpose)| ViewerFacts { actor, patient, purpose })
}

/// Rules whose conditions and exceptions mix the reader's side with the record's in every way.
const MIXED: &str = r#"
[[rule]]
id = "M-1"
effect = "permit"
on = ["view:group:care_records", "view:consent"]
when = [
  { "actor.role" = "group:professions", "actor.on_team" = true, "record.sensitivity" = "normal" },
  { "actor.role" = ["doctor", "nurse"], "record.infection" = ["none", "covid"] },
]
unless = [
  { "patient.consent" = "withdrawn", "record.own" = false },
  { "patient.withholds_family" = true, "actor.role" = "family", "record.own" = false },
  { "record.addressed" = false, "record.infection" = "other" },
  { "actor.is_host" = true, "purpose" = "training" },
]
[[rule]]
id = "M-2"
effect = "permit"
on = "view:group:replies"
when = { "actor.role" = ["group:professions", "family", "secretariat"], "record.addressed" = true }
unless = { "actor.role" = "family", "patient.status" = "closed" }
[[rule]]
id = "M-3"
effect = "forbid"
on = ["view:vital", "view:note", "view:correction"]
when = [
  { "actor.role" = ["nurse", "helper", "family"], "record.sensitivity" = "restricted" },
  { "patient.consent" = ["none", "withdrawn"], "purpose" = { not = "care" } },
]
unless = [
  { "actor.role" = "nurse", "record.own" = true },
  { "patient.consent" = "none", "actor.break_glass" = true },
  { "record.addressed" = true, "record.infection" = "covid" },
  { "patient.consent" = ["none", "withdrawn"], "actor.is_host" = true },
]
[[rule]]
id = "M-4"
effect = "forbid"
on = "view:*"
when = { "actor.organisation_type" = "hospital", "record.own" = false }
unless = { "actor.organisation_on_team" = true }
"#;

fn mixed_book() -> &'static Rulebook {
    static BOOK: OnceLock<Rulebook> = OnceLock::new();
    BOOK.get_or_init(|| {
        let common = "kind = \"share\"\nstrength = \"must\"\norigin = \"design\"\nja = \"題\"\nen = \"Title\"\n\
                      reason = { ja = \"理由\", en = \"reason\" }\neffect";
        let rules = MIXED.replace("effect", common).replace("\"forbid\"", "\"forbid\"\noverrides = []");
        let text = super::local(&rules).replace("layer = \"sharing\"", "layer = \"floor\"");
        let sets = vec![SourceFile { name: "mixed.toml", text: &text }];
        let files = RulebookFiles { vocabulary: shipped::VOCABULARY, sets };
        Rulebook::load(&files, super::digest).unwrap_or_else(|problems| panic!("{problems}"))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn a_mask_allows_exactly_what_a_judgement_permits(viewer in any_viewer()) {
        for book in [book_once(), mixed_book()] {
            let mask = book.view_mask(&viewer);
            for class in RecordClass::all() {
                let (judgement, _) = book.judge_view(&viewer, class);
                prop_assert_eq!(mask.allows(class), judgement.verdict == Verdict::Permit, "{:?} {:?}", viewer, class);
            }
        }
    }
}

fn book_once() -> &'static Rulebook {
    static BOOK: OnceLock<Rulebook> = OnceLock::new();
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
