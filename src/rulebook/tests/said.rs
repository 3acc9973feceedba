//! Every word of the vocabulary about what an entry says is answered by the body of every kind it is for: yes by a
//! body that says so, no by one that does not.

use jiff::civil::date;
use uuid::Uuid;

use super::book;
use crate::domain::attachment::{Attachment, ContentHash, MediaType};
use crate::domain::body::*;
use crate::domain::entry::{Intent, Sensitivity};
use crate::domain::ids::{EntryId, OrganisationId, PersonId, TimelineId};
use crate::domain::kind::Kind;
use crate::domain::patient::{HumanName, Registration, Sex};
use crate::domain::role::{OrganisationType, Role};
use crate::domain::team::{ConsentChange, ConsentGiver, ConsentState, History, TeamLink};
use crate::domain::withheld::WithheldSet;
use crate::rulebook::event::EventFacts;
use crate::rulebook::facts::Known;

const STATION: OrganisationId = OrganisationId(Uuid::from_u128(2));
const CLINIC: OrganisationId = OrganisationId(Uuid::from_u128(3));
const PERSON: PersonId = PersonId(Uuid::from_u128(4));

type Read = fn(&EventFacts) -> Option<bool>;

fn flag(fact: Known<bool>) -> Option<bool> {
    match fact {
        Known::Is(value) => Some(value),
        Known::Unknown => None,
    }
}

/// A choice is said or not; which one, the row of its body shows.
fn said<T>(fact: Known<T>) -> Option<bool> {
    matches!(fact, Known::Is(_)).then_some(true)
}

const FLAGS: &[(&str, Read)] = &[
    ("record.has_document", |facts| flag(facts.has_document)),
    ("record.emergency", |facts| flag(facts.emergency)),
    ("record.urgent", |facts| flag(facts.urgent)),
    ("record.tell_doctor", |facts| flag(facts.tell_doctor)),
    ("record.acp", |facts| flag(facts.mentions_acp)),
    ("record.shared_with_team", |facts| flag(facts.shared_with_team)),
    ("record.on_shared_sheet", |facts| flag(facts.on_shared_sheet)),
    ("registration.doctor_agreed", |facts| flag(facts.doctor_agreed)),
    ("link.relation_confirmed", |facts| flag(facts.relation_confirmed)),
    ("closing.no_further_need", |facts| flag(facts.closing_no_need)),
    ("order.standard_form", |facts| flag(facts.order_standard_form)),
    ("order.changes_drugs", |facts| flag(facts.order_changes_drugs)),
    ("verbal_order.read_back", |facts| flag(facts.read_back)),
    ("station_change.family_request", |facts| flag(facts.family_request)),
    ("instruction.concrete", |facts| flag(facts.instruction_concrete)),
    ("instruction.outlook", |facts| flag(facts.instruction_outlook)),
    ("call.reached", |facts| flag(facts.call_reached)),
    ("call.written_up", |facts| flag(facts.call_written_up)),
    ("visit_plan.nurse_invited", |facts| flag(facts.nurse_invited)),
    ("conference.doctor_attends", |facts| flag(facts.doctor_attends)),
    ("conference.nurse_attends", |facts| flag(facts.nurse_attends)),
    ("infection.contact_dates", |facts| flag(facts.contact_dates)),
    ("care_plan.medical_service", |facts| flag(facts.medical_service)),
    ("consultation.to_doctor", |facts| flag(facts.to_doctor)),
    ("medication_report.for_doctor", |facts| flag(facts.report_for_doctor)),
    ("medication_report.leftovers", |facts| flag(facts.leftovers)),
    ("export.approved", |facts| flag(facts.export_approved)),
    ("export.planned", |facts| flag(facts.export_planned)),
    ("consent.names_form", |facts| flag(facts.consent_names_form)),
];

const CHOICES: &[(&str, Read)] = &[
    ("record.topic", |facts| said(facts.topic)),
    ("consent.to", |facts| said(facts.consent_to)),
    ("device.change", |facts| said(facts.device_change)),
    ("order.type", |facts| said(facts.order_type)),
    ("call.to", |facts| said(facts.call_to)),
];

/// Fields of the record that no body says by itself.
const ELSEWHERE: &[&str] = &[
    // The header of the entry, or the entry it points at.
    "record.sensitivity",
    "record.infection",
    "record.own",
    "record.addressed",
    "record.delay",
    "target.own",
    "target.visible",
    "link.own",
    // Other timelines.
    "export.withheld",
    // The directory.
    "link.brings_doctor",
    // Counted with the region's glossary.
    "instruction.abbreviations",
];

fn paper(yes: bool) -> Vec<Attachment> {
    let paper =
        Attachment { sha256: ContentHash([1; 32]), media_type: MediaType::Pdf, size_bytes: 9, title: "文書".into() };
    if yes { vec![paper] } else { Vec::new() }
}

fn words(yes: bool) -> String {
    if yes { "書いたこと".into() } else { String::new() }
}

/// A body that says yes to whatever it can say, or no.
fn clinical(kind: Kind, yes: bool) -> Option<Body> {
    Some(match kind {
        Kind::Note => Note { tell_doctor: yes, acp: yes, ..Note::default() }.into(),
        Kind::Visit => {
            Box::new(Visit { tell_doctor: yes, acp: yes, off_shared_sheet: !yes, ..Visit::default() }).into()
        }
        Kind::StatusChange => {
            StatusChange { tell_doctor: yes, emergency: yes, urgent: yes, ..StatusChange::default() }.into()
        }
        Kind::InfectionNotice => InfectionNotice {
            infection: Infection::Covid,
            text: String::new(),
            since: None,
            contact_dates: if yes { vec![date(2026, 4, 1)] } else { Vec::new() },
        }
        .into(),
        Kind::Call => Box::new(Call {
            to: CallTo::Doctor,
            reached: yes,
            text: words(yes),
            organisation: None,
            person: None,
            role: None,
            called_at: None,
            about: None,
        })
        .into(),
        Kind::VerbalOrderReceived => VerbalOrderReceived {
            order_type: OrderType::Drip,
            text: String::new(),
            read_back: yes,
            emergency: yes,
            doctor: PERSON,
            organisation: CLINIC,
            received_at: None,
        }
        .into(),
        Kind::Order => {
            let order = Order::new(OrderType::Drip, "指示");
            let attachments = paper(yes);
            Box::new(Order { emergency: yes, standard_form: yes, changes_drugs: yes, attachments, ..order }).into()
        }
        Kind::OrderDocument => OrderDocument {
            order_type: OrderType::Drip,
            order: None,
            standard_form: yes,
            text: String::new(),
            attachments: paper(yes),
        }
        .into(),
        Kind::NursingInstruction => Box::new(NursingInstruction {
            instruction: words(true),
            rehabilitation: words(yes),
            outlook: words(yes),
            attachments: paper(yes),
            ..NursingInstruction::default()
        })
        .into(),
        Kind::DeviceChange => Box::new(DeviceChange {
            device: words(true),
            change: DeviceChangeType::Setting,
            before: Vec::new(),
            after: Vec::new(),
            reason: String::new(),
            emergency: yes,
            on: None,
            contact_dates: Vec::new(),
            attachments: Vec::new(),
        })
        .into(),
        Kind::CarePlan => {
            let services = vec![CareService { medical: yes, ..CareService::default() }];
            Box::new(CarePlan { services, ..CarePlan::default() }).into()
        }
        Kind::MedicationReport => {
            let leftovers = if yes { vec![Leftover::default()] } else { Vec::new() };
            Box::new(MedicationReport { for_doctor: yes, leftovers, ..MedicationReport::default() }).into()
        }
        _ => return None,
    })
}

fn arranged(kind: Kind, yes: bool) -> Option<Body> {
    let participants = |yes: bool| {
        let one = |role| Participant { role, organisation: None, person: None };
        if yes { vec![one(Role::Doctor), one(Role::Nurse)] } else { vec![one(Role::Helper)] }
    };
    Some(match kind {
        Kind::Message => Message { urgent: yes, ..Message::default() }.into(),
        Kind::LabRequest => LabRequest { text: String::new(), urgent: yes }.into(),
        Kind::Consultation => Consultation {
            to: if yes { CLINIC } else { STATION },
            to_role: None,
            text: String::new(),
            topic: Some(Topic::Fall),
            urgent: yes,
            attachments: Vec::new(),
        }
        .into(),
        Kind::StationChange => Box::new(StationChange {
            present: STATION,
            next: None,
            family_request: yes,
            reason: String::new(),
            from: None,
            consultation: None,
            attachments: paper(yes),
        })
        .into(),
        Kind::VisitPlan => {
            let invited = vec![if yes { STATION } else { CLINIC }];
            Box::new(VisitPlan { invited, urgent: yes, ..VisitPlan::default() }).into()
        }
        Kind::Conference => Box::new(Conference {
            state: MeetingState::Planned,
            text: String::new(),
            held_at: None,
            organisations: Vec::new(),
            attendees: participants(yes),
            absent: Vec::new(),
            spoken_for: Vec::new(),
            attachments: Vec::new(),
        })
        .into(),
        Kind::Registration => Box::new(Registration {
            name: HumanName::default(),
            birth_date: date(1940, 1, 1),
            sex: Sex::Unknown,
            identifiers: Vec::new(),
            in_facility: false,
            for_training: false,
            document: words(yes),
            agreed_by: yes.then_some(PERSON),
            agreed_on_paper: String::new(),
            attachments: paper(yes),
        })
        .into(),
        Kind::Consent => ConsentChange {
            state: ConsentState::Team,
            given_by: ConsentGiver::Patient,
            given_on: date(2026, 4, 1),
            document: words(yes),
            one_doctor_wished: false,
            form_version: words(yes),
            withheld: WithheldSet::NONE,
            attachments: Vec::new(),
        }
        .into(),
        Kind::TeamLink => TeamLink {
            organisation: STATION,
            people: Vec::new(),
            host: false,
            history: History::All,
            relation_confirmed: yes,
        }
        .into(),
        Kind::Closing => Closing { reason: ClosingReason::Death, confirmed: yes, text: String::new() }.into(),
        Kind::Export => {
            Box::new(Export { approved_by: yes.then_some(PERSON), planned: yes, ..Export::default() }).into()
        }
        _ => return None,
    })
}

fn facts(body: Body, yes: bool) -> EventFacts {
    let intent = Intent {
        id: EntryId(Uuid::from_u128(10)),
        timeline: TimelineId(Uuid::from_u128(11)),
        observed_at: None,
        sensitivity: if yes { Sensitivity::Normal } else { Sensitivity::Restricted },
        addressed_to: Vec::new(),
        body,
        reasons: Vec::new(),
        on_behalf_of: None,
    };
    EventFacts::said_by(&intent, |organisation| match organisation {
        STATION => Some(OrganisationType::NursingStation),
        CLINIC => Some(OrganisationType::Clinic),
        _ => None,
    })
}

#[test]
fn every_word_about_an_entry_is_answered_by_its_body() {
    let book = book();
    let mut answered = 0;
    for field in &book.vocabulary.fields {
        if field.from != crate::rulebook::words::From::Record || ELSEWHERE.contains(&field.code.as_str()) {
            continue;
        }
        let read = |list: &[(&str, Read)]| list.iter().find(|(code, _)| *code == field.code).map(|(_, read)| *read);
        let (is_flag, read) = match (read(FLAGS), read(CHOICES)) {
            (Some(read), _) => (true, read),
            (None, Some(read)) => (false, read),
            (None, None) => panic!("{} is said by no body and not listed as said elsewhere", field.code),
        };
        for kind in Kind::ALL.iter().copied().filter(|kind| field.kinds >> kind.index() & 1 == 1) {
            let body = |yes| clinical(kind, yes).or_else(|| arranged(kind, yes));
            let body = |yes| body(yes).unwrap_or_else(|| panic!("{} is for {kind}, which has no row", field.code));
            assert_eq!(read(&facts(body(true), true)), Some(true), "{} of {kind}", field.code);
            if is_flag {
                assert_eq!(read(&facts(body(false), false)), Some(false), "{} of {kind}", field.code);
            }
            answered += 1;
        }
    }
    assert!(answered >= 50, "{answered}");
}

#[test]
fn a_correction_says_what_it_corrects_to_and_silence_is_unknown() {
    let body = Box::new(Note { tell_doctor: true, ..Note::default() }.into());
    let target = EntryId(Uuid::from_u128(12));
    let correction = Correction { target, body, reason: String::new() };
    assert_eq!(facts(correction.into(), true).tell_doctor, Known::Is(true));
    let conference = Conference {
        state: MeetingState::Held,
        text: String::new(),
        held_at: None,
        organisations: Vec::new(),
        attendees: Vec::new(),
        absent: Vec::new(),
        spoken_for: Vec::new(),
        attachments: Vec::new(),
    };
    assert_eq!(facts(Box::new(conference).into(), true).doctor_attends, Known::Unknown);
    let text = Acknowledgement { target, text: String::new() };
    assert_eq!(facts(text.into(), true), EventFacts::UNKNOWN);
}
