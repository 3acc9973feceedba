//! One line of facts as the tests write it: `nurse team consent:team` is a nurse on the team of a
//! consenting patient, acting for care.

use crate::domain::body::Infection;
use crate::domain::entry::Sensitivity;
use crate::domain::kind::Kind;
use crate::domain::role::{OrganisationType, Role};
use crate::domain::team::ConsentState;
use crate::domain::withheld::WithheldPurpose;
use crate::rulebook::{
    Action, ActorFacts, EntryClass, Judgement, Known, PatientFacts, PatientStatus, PostFacts, Purpose, RecordFacts,
    Rulebook, Slots, ViewerFacts, WithheldFacts,
};

pub(super) struct Facts {
    pub action: Action,
    pub post: PostFacts,
}

impl Facts {
    pub fn judge(&self, book: &Rulebook) -> (Judgement, Slots) {
        let PostFacts { viewer, kind, record } = &self.post;
        match self.action {
            Action::Post => book.judge_post(&self.post),
            Action::View => {
                let (Known::Is(sensitivity), Known::Is(infection), Known::Is(own), Known::Is(addressed)) =
                    (record.sensitivity, record.infection, record.own, record.addressed)
                else {
                    panic!("a reader asks for a certain record");
                };
                let class = EntryClass::new(*kind, sensitivity, infection).seen_by(own, addressed);
                let (judgement, slots) = book.judge_view(viewer, class);
                assert_eq!(book.view_mask(viewer).allows(class), judgement.verdict == crate::rulebook::Verdict::Permit);
                (judgement, slots)
            }
        }
    }
}

/// `view vital` and `nurse team consent:team` as facts. Unsaid: not linked, no consent, page open,
/// care, a normal record of another organisation (one's own when posting).
pub(super) fn facts(what: &str, words: &str) -> Facts {
    let (action, kind) = what.split_once(' ').expect("action and kind");
    let action = if action == "view" { Action::View } else { Action::Post };
    let kind = Kind::from_code(kind).unwrap_or_else(|| panic!("no kind {kind}"));
    let actor = ActorFacts {
        role: Role::Doctor,
        organisation_type: OrganisationType::Clinic,
        on_team: Known::Is(false),
        organisation_on_team: Known::Is(false),
        organisation_was_on_team: Known::Is(false),
        is_host: Known::Is(false),
        break_glass: Known::Is(false),
        own_office: Known::Is(false),
    };
    let patient = PatientFacts {
        consent: Known::Is(ConsentState::None),
        withheld: WithheldFacts::NOTHING,
        status: Known::Is(PatientStatus::Active),
        registered: Known::Is(true),
        has_host: Known::Is(true),
    };
    let record = RecordFacts {
        sensitivity: Known::Is(Sensitivity::Normal),
        infection: Known::Is(None),
        own: Known::Is(action == Action::Post),
        addressed: Known::Is(false),
        delay_s: Known::Is(0),
        target_own: Known::Is(false),
        target_visible: Known::Is(true),
        link_own: Known::Is(false),
        export_withheld: Known::Is(false),
    };
    let viewer = ViewerFacts { actor, patient, purpose: Purpose::Care };
    let mut post = PostFacts { viewer, kind, record };
    for word in words.split_whitespace() {
        apply(word, &mut post);
    }
    Facts { action, post }
}

fn apply(word: &str, post: &mut PostFacts) {
    let PostFacts { viewer: ViewerFacts { actor, patient, purpose }, record, .. } = post;
    if let Some(role) = Role::from_code(word) {
        actor.role = role;
        return;
    }
    if let Some(given) = Purpose::from_code(word) {
        *purpose = given;
        return;
    }
    if let Some(state) = word.strip_prefix("consent:") {
        patient.consent = ConsentState::from_code(state).map_or(Known::Unknown, Known::Is);
        return;
    }
    if let Some(purpose) = word.strip_prefix("withholds:") {
        let purpose = WithheldPurpose::from_code(purpose);
        purpose.into_iter().for_each(|purpose| patient.withheld.0[purpose.index()] = Known::Is(true));
        if purpose.is_none() {
            patient.withheld = WithheldFacts::UNKNOWN;
        }
        return;
    }
    match word {
        "team" => (actor.on_team, actor.organisation_on_team) = (Known::Is(true), Known::Is(true)),
        "organisation" => actor.organisation_on_team = Known::Is(true),
        "formerly" => actor.organisation_was_on_team = Known::Is(true),
        "host" => (actor.is_host, actor.organisation_on_team) = (Known::Is(true), Known::Is(true)),
        "own-office" => actor.own_office = Known::Is(true),
        "?office" => actor.own_office = Known::Unknown,
        "glass" => actor.break_glass = Known::Is(true),
        "unregistered" => patient.registered = Known::Is(false),
        "?registered" => patient.registered = Known::Unknown,
        "hostless" => patient.has_host = Known::Is(false),
        "closed" => patient.status = Known::Is(PatientStatus::Closed),
        "restricted" => record.sensitivity = Known::Is(Sensitivity::Restricted),
        "covid" => record.infection = Known::Is(Some(Infection::Covid)),
        "scabies" => record.infection = Known::Is(Some(Infection::Other)),
        "own" => record.own = Known::Is(true),
        "addressed" => record.addressed = Known::Is(true),
        "target-own" => record.target_own = Known::Is(true),
        "target-hidden" => record.target_visible = Known::Is(false),
        "export-withheld" => record.export_withheld = Known::Is(true),
        "?export" => record.export_withheld = Known::Unknown,
        "link-own" => record.link_own = Known::Is(true),
        "?link" => {
            (actor.on_team, actor.organisation_on_team) = (Known::Unknown, Known::Unknown);
            actor.organisation_was_on_team = Known::Unknown;
        }
        "?target" => (record.target_own, record.target_visible) = (Known::Unknown, Known::Unknown),
        "?status" => patient.status = Known::Unknown,
        other => panic!("no such fact: {other}"),
    }
}
