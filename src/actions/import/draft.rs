//! From a draft and what the hub knows of its patient to the intents of a row.

use uuid::Uuid;

use super::name_id::Name;
use super::outcome::{Note, Outcome};
use super::patients::PatientDraft;
use super::target::KnownPatient;
use super::vitals::VitalDraft;
use crate::domain::body::Body;
use crate::domain::entry::{Intent, Sensitivity, WrittenReason};
use crate::domain::ids::{EntryId, OrganisationId, PatientId, TimelineId};
use crate::domain::patient::{Identifier, Registration};
use crate::domain::search;
use crate::domain::team::{History, TeamLink};
use crate::domain::text::{Invalid, Text};
use crate::domain::time::Timestamp;

/// A row of either kind of file, once read.
pub trait Draft {
    /// The patient it is about.
    fn identifier(&self) -> &Identifier;

    /// What to ask of the hub, which makes `ids` of names.
    fn plan(&self, known: Option<&KnownPatient>, options: &Options, ids: &dyn Fn(&Name) -> Uuid) -> Plan;
}

/// What the command line adds to the file.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What makes row ids unique.
    pub source: String,
    /// The organisation that new patients are linked to as host.
    pub host: Option<OrganisationId>,
    /// Written for rules that would hold the registrations, such as the taking over of an older register.
    pub reasons: Vec<WrittenReason>,
}

/// What a row asks of the hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plan {
    /// Intents that go in together or not at all; none when everything is there.
    Post(Vec<Intent>, Vec<Note>),
    Wrong(Outcome, Invalid),
}

impl Draft for VitalDraft {
    fn identifier(&self) -> &Identifier {
        &self.patient
    }

    fn plan(&self, known: Option<&KnownPatient>, _: &Options, ids: &dyn Fn(&Name) -> Uuid) -> Plan {
        let Some(known) = known else {
            let number = &self.patient.value;
            let message = Text::new(
                format!("患者番号「{number}」は登録されていません（先に import patients）"),
                format!("no patient with the number `{number}` is registered (import patients first)"),
            );
            return Plan::Wrong(Outcome::UnknownPatient, Invalid::new("patient", "unknown_patient", message));
        };
        let born = known.registration.birth_date;
        if self.date < born {
            let message = Text::new(
                format!("測定日 {} が生年月日 {born} より前です", self.date),
                format!("measured on {}, before the birth date {born}", self.date),
            );
            return Plan::Wrong(Outcome::Invalid, Invalid::new("moment", "before_birth", message));
        }
        Plan::Post(
            vec![intent(EntryId(ids(&self.name)), known.id.into(), Some(self.at), Body::Vital(self.vital.clone()))],
            Vec::new(),
        )
    }
}

impl Draft for PatientDraft {
    fn identifier(&self) -> &Identifier {
        &self.identifier
    }

    fn plan(&self, known: Option<&KnownPatient>, options: &Options, ids: &dyn Fn(&Name) -> Uuid) -> Plan {
        let timeline = known.map_or_else(|| PatientId(ids(&Name::patient(&self.identifier))), |known| known.id).into();
        let id = |kind: &str| EntryId(ids(&Name::entry(kind, &options.source, &self.identifier, "")));
        let mut intents = Vec::new();
        let mut notes = Vec::new();
        match known {
            None => {
                let registration = Body::Registration(Box::new(self.registration.clone()));
                let registered = intent(id("registration"), timeline, None, registration);
                intents.push(Intent { reasons: options.reasons.clone(), ..registered });
            }
            Some(known) if !is_same_person(&known.registration, &self.registration) => {
                notes.push(Note::RegistrationDiffers);
            }
            Some(_) => {}
        }
        // A host that was chosen since the first run stays: the import links, it never moves.
        match (options.host, known.and_then(|known| known.host)) {
            (Some(wanted), None) => {
                let link = TeamLink {
                    organisation: wanted,
                    people: Vec::new(),
                    host: true,
                    history: History::All,
                    // Whose list of patients it is serves them already.
                    relation_confirmed: true,
                };
                intents.push(intent(id(&format!("host {wanted}")), timeline, None, Body::TeamLink(link)));
            }
            (Some(wanted), Some(host)) if wanted != host => notes.push(Note::HostedElsewhere),
            _ => {}
        }
        Plan::Post(intents, notes)
    }
}

fn intent(id: EntryId, timeline: TimelineId, observed_at: Option<Timestamp>, body: Body) -> Intent {
    Intent {
        id,
        timeline,
        observed_at,
        sensitivity: Sensitivity::Normal,
        addressed_to: Vec::new(),
        body,
        reasons: Vec::new(),
        on_behalf_of: None,
    }
}

/// Spelling, width and kana script apart; other numbers of the patient do not matter.
fn is_same_person(known: &Registration, given: &Registration) -> bool {
    let key = |registration: &Registration| {
        let name = &registration.name;
        (search::fold(&name.kanji), search::fold(&name.kana), registration.birth_date, registration.sex)
    };
    key(known) == key(given)
}
